"""Every role, verb and area: what docs/rights.csv decides is what the actions do, and no pair is left undecided."""

import csv
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from actions import cases, reports
from actions.ports import Deps, Unit
from models.rules import commands as c
from models.rules.clocks import ClockName
from models.rules.commands import Verb
from models.rules.errors import NotYourCase, OwnWork, UnknownCase
from models.rules.facts import Ask
from models.rules.rights import Deed, may
from models.rules.roles import Actor, Role, system
from models.store.rows import RosterRow
from tests.clock import Clock
from tests.fakes import small_city
from tests.make import (
    CITY,
    DISTRICT,
    NEIGHBOUR,
    STREET,
    actor_of,
    dispatched,
    filed,
    in_days,
    make_place,
    make_request,
    picture,
    verifying,
)

DECIDED = Path(__file__).parents[2] / "docs" / "rights.csv"
OTHER_DISTRICT, UNIT = "120104", f"DR-{DISTRICT}"
PLACES = {
    "own_street": STREET,
    "other_street": NEIGHBOUR,
    "own_district": DISTRICT,
    "other_district": OTHER_DISTRICT,
    "city": CITY,
    "none": None,
}
"""Where the post lies, seen from the case; `none`: no post (any more)."""
PARTS = ("reporter", "holder", "deputy", "checker", "rectifier", "left", "service")
"""Parts that no post makes; where a post would lie is no question then."""
HIDDEN, NO, YES = "hidden", "no", "yes"


class Undone(Exception):
    """Takes a try back."""


@dataclass
class City:
    """The cases that verbs are tried on, and the people who try."""

    deps: Deps
    clock: Clock
    cases: dict[str, str]
    photos: tuple[int, ...]


@pytest.fixture
async def city(deps: Deps, clock: Clock) -> City:
    """Prepares one case for each state that a verb starts in; Zhao's unit holds them, Li reported them."""
    zhao, zhou, sun = [await actor_of(deps, who) for who in ("zhao", "zhou", "sun")]
    made = {"registered": await filed(deps, kind="other_hazard", fields={}), "dispatched": await dispatched(deps)}
    made["signed"] = await dispatched(deps)
    await cases.sign(deps, zhao, made["signed"])
    until = clock() + timedelta(days=3)
    for ask in Ask:
        made[ask] = await dispatched(deps)
        await cases.ask(
            deps,
            zhao,
            made[ask],
            ask=ask,
            words="等泵",
            reason="engineering",
            until=until,
            review_on=in_days(clock, 20),
            measure="围挡",
        )
    made["suspended"] = await dispatched(deps)
    await cases.ask(
        deps,
        zhao,
        made["suspended"],
        ask=Ask.SUSPENSION,
        words="等泵",
        reason="engineering",
        review_on=in_days(clock, 20),
        measure="围挡",
    )
    await cases.suspend(deps, zhou, made["suspended"])
    made["verifying"], made["cleared"] = await verifying(deps), await verifying(deps)
    await cases.pass_check(deps, sun, made["cleared"])
    made["other"] = await dispatched(deps)
    shots = (await picture(deps, "zhao", 40), await picture(deps, "zhao", 41))
    return City(deps, clock, made, shots)


Try = Callable[[City, Actor], Awaitable[object]]


def _verb(at: str, do: Callable[..., Awaitable[object]], **given: object) -> Try:
    async def tried(city: City, actor: Actor) -> object:
        return await do(city.deps, actor, city.cases[at], **given)

    return tried


def _command(at: str, command: c.Command) -> Try:
    async def tried(city: City, actor: Actor) -> object:
        return await cases.act(city.deps, actor, city.cases[at], command)

    return tried


async def _hand_in(city: City, actor: Actor) -> object:
    return await cases.hand_in(city.deps, actor, city.cases["signed"], words="已抽排", media=city.photos[:1])


async def _hand_over(city: City, actor: Actor) -> object:
    feng = await actor_of(city.deps, "feng")
    assert feng.person_id is not None
    return await cases.hand_over(city.deps, actor, city.cases["dispatched"], holder_id=feng.person_id)


async def _merge(city: City, actor: Actor) -> object:
    return await cases.merge(city.deps, actor, city.cases["dispatched"], into=city.cases["other"])


async def _file(city: City, actor: Actor) -> object:
    return await reports.file(city.deps, actor, make_request(place=make_place()))


async def _team(city: City, actor: Actor) -> object:
    return _allowed(actor, Deed.LEAD_TEAM)


async def _confirm(city: City, actor: Actor) -> object:
    return _allowed(actor, Deed.CONFIRM_BINDING)


def _allowed(actor: Actor, deed: Deed) -> None:
    if not may(actor, deed, (CITY, DISTRICT, STREET)):
        raise NotYourCase


TRIES: dict[str, Try] = {
    Verb.DISPATCH: _verb("registered", cases.dispatch, unit_code=UNIT),
    Verb.DESIGNATE: _verb("registered", cases.designate, unit_code=UNIT),
    Verb.SIGN: _verb("dispatched", cases.sign),
    Verb.HAND_BACK: _verb("dispatched", cases.hand_back, reason="wrong_duty", words="不归我们"),
    Verb.HAND_OVER: _hand_over,
    Verb.ARRIVE: _verb("signed", cases.arrive),
    Verb.HAND_IN: _hand_in,
    Verb.ASSIGN_CHECK: _command("verifying", c.AssignCheck(verifier_id=2, rule="by_hand")),
    Verb.PASS_CHECK: _verb("verifying", cases.pass_check),
    Verb.FAIL_CHECK: _verb("verifying", cases.fail_check, words="还有水"),
    Verb.ASK: _verb("dispatched", cases.ask, ask=Ask.VOID, words="重复", reason="other"),
    Verb.DECLINE: _verb(Ask.VOID, cases.decline),
    Verb.EXTEND: _verb(Ask.EXTENSION, cases.extend),
    Verb.SUSPEND: _verb(Ask.SUSPENSION, cases.suspend),
    Verb.RESUME: _verb("suspended", cases.resume),
    Verb.VOID: _verb(Ask.VOID, cases.void),
    Verb.MERGE: _merge,
    Verb.JOIN: _command("dispatched", c.Join(report_no="R-1", reporter_id=2)),
    Verb.REOPEN: _verb("cleared", cases.reopen, reason="other", words="又积水了"),
    Verb.RELOCATE: _verb("registered", cases.relocate, area_code=small_city.NORTH),
    Verb.URGE: _verb("dispatched", cases.urge),
    Verb.STEP: _command("dispatched", c.TakeStep(clock=ClockName.ACKNOWLEDGE, percent=50)),
    Verb.NOTE: _verb("dispatched", cases.note, words="看过了"),
    Deed.SEE_CASE: _verb("dispatched", cases.view),
    Deed.FILE_REPORT: _file,
    Deed.LEAD_TEAM: _team,
    Deed.CONFIRM_BINDING: _confirm,
}


async def outcome(city: City, deed: str, actor: Actor) -> str:
    """Lets an actor try a deed, takes it back, and tells how it ended."""
    try:
        async with city.deps.store.begin():
            await TRIES[deed](city, actor)
            raise Undone
    except Undone:
        return YES
    except UnknownCase:
        return HIDDEN
    except (NotYourCase, OwnWork):
        return NO


async def post(unit: Unit, role: Role, area_code: str | None, *, elsewhere: bool) -> Actor:
    """Gives somebody new this post alone; without an area, one whose post has ended."""
    number = f"{role}-{area_code}-{elsewhere}"
    units = {True: f"DR-{OTHER_DISTRICT}", False: UNIT}
    unit_code = units[elsewhere] if role is Role.RESPONSIBLE_UNIT else None
    row = RosterRow(staff_no=number, name=number, role=role, area_code=area_code or STREET, unit_code=unit_code)
    await unit.people.import_roster([row])
    person = await unit.people.by_staff_no(number)
    assert person is not None
    if area_code is None:
        await unit.people.end_posts(person.person_id, unit.line.clock())
    return await unit.people.actor(person.person_id, "test")


async def part(city: City, name: str) -> Actor:
    """Gives somebody whom the case itself concerns."""
    if name == "service":
        return system("test")
    who = {"reporter": "li", "holder": "zhao", "deputy": "feng", "checker": "sun", "rectifier": "zhao", "left": "zhao"}
    actor = await actor_of(city.deps, who[name])
    if name == "reporter":
        return Actor(actor.person_id, (), actor.channel)
    if name == "rectifier":
        # Who rectified does not check, even with a verifier's post over the place.
        async with city.deps.store.begin() as unit:
            extra = RosterRow(staff_no="zhao", name="赵强", role=Role.VERIFIER, area_code=STREET, unit_code=None)
            await unit.people.import_roster([extra])
        return await actor_of(city.deps, "zhao")
    if name == "left":
        async with city.deps.store.begin() as unit:
            assert actor.person_id is not None
            await unit.people.end_posts(actor.person_id, city.clock())
        city.clock.forward(seconds=1)
        return await actor_of(city.deps, "zhao")
    return actor


async def table(city: City) -> list[list[str]]:
    """Tries everything."""
    found: list[list[str]] = []
    roles = [role for role in Role if role is not Role.SYSTEM]
    rows = [(str(role), role, False) for role in roles] + [("other_unit", Role.RESPONSIBLE_UNIT, True)]
    async with city.deps.store.begin() as unit:
        for name, role, elsewhere in rows:
            actors = [await post(unit, role, area, elsewhere=elsewhere) for area in PLACES.values()]
            found += [[name, deed, *[await outcome(city, deed, actor) for actor in actors]] for deed in TRIES]
        for name in PARTS:
            actor = await part(city, name)
            found += [[name, deed, *["-"] * 5, await outcome(city, deed, actor)] for deed in TRIES]
    return found


def decided() -> dict[tuple[str, str], list[str]]:
    """Reads what was decided."""
    with DECIDED.open(encoding="utf-8", newline="") as file:
        return {(row["who"], row["deed"]): [row[place] for place in PLACES] for row in csv.DictReader(file)}


def test_no_pair_of_role_and_verb_is_left_undecided() -> None:
    who = [*(role for role in Role if role is not Role.SYSTEM), "other_unit", *PARTS]

    assert set(decided()) == {(str(one), str(deed)) for one in who for deed in (*Verb, *Deed)}
    assert {cell for row in decided().values() for cell in row} <= {YES, NO, HIDDEN, "-"}


async def test_every_role_verb_and_area_ends_as_it_was_decided(city: City) -> None:
    found = {(row[0], row[1]): row[2:] for row in await table(city)}

    wrong = {pair: (found[pair], cells) for pair, cells in decided().items() if found[pair] != cells}
    assert wrong == {}


async def test_who_moves_a_case_out_of_their_sight_has_done_so_rightly(deps: Deps) -> None:
    case_no = await filed(deps, kind="other_hazard", fields={})
    wang = await actor_of(deps, "wang")
    view = await cases.relocate(deps, wang, case_no, area_code=NEIGHBOUR)

    assert view.facts.areas.street == NEIGHBOUR
    with pytest.raises(UnknownCase):
        await cases.view(deps, wang, case_no)
