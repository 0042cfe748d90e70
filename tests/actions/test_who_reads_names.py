"""People who work a case are named to those who have a part in it, and to nobody who only happens to see it."""

import pytest

from actions import cases, reports
from actions.looking import view
from actions.ports import Deps
from models.rules.errors import UnknownCase
from tests.make import actor_of, make_request, picture, verifying

PEOPLE = {"李建国", "赵强", "孙丽"}


async def named(deps: Deps, who: str, case_no: str) -> set[str]:
    """Lists the people whom somebody reads of in a case."""
    seen = await view(deps, await actor_of(deps, who), case_no)
    history = {line.actor_name for line in seen.history}
    return {name for name in {*seen.reporters, seen.holder_name, seen.verifier_name, *history} if name}


@pytest.mark.parametrize("who", ["li", "wang", "zhou", "zhao", "sun", "qian", "admin"])
async def test_who_has_a_part_reads_the_names(deps: Deps, who: str) -> None:
    case_no = await verifying(deps)

    assert await named(deps, who, case_no) >= {"李建国", "赵强"}


async def test_who_only_saw_the_same_hazard_reads_no_name_but_their_own(deps: Deps) -> None:
    case_no = await verifying(deps)
    request = make_request(joins=case_no, before=(await picture(deps, "lin", 44),))
    await reports.file(deps, await actor_of(deps, "lin"), request)

    assert await named(deps, "lin", case_no) <= {"林小燕"}
    assert await named(deps, "wang", case_no) >= PEOPLE - {"孙丽"}


async def test_a_street_that_has_nothing_to_do_with_it_sees_nothing(deps: Deps) -> None:
    case_no = await verifying(deps)

    with pytest.raises(UnknownCase):
        await cases.view(deps, await actor_of(deps, "chen"), case_no)
