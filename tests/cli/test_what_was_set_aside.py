"""Jobs, messages and updates that could not be handled are listed, tried again, or struck off."""

from collections.abc import Callable

import pytest

from actions.ports import Deps
from models.store import Unit
from tests.cli.conftest import Desk, Prepare
from tests.make import CAST, actor_of

TRACEBACK = "Traceback (most recent call last):\n  File …\nValueError: the depth is no number\n"


async def three_dead(deps: Deps) -> None:
    """A job, two messages and an update that were set aside: J1, M1, M2, U4711."""
    zhao = await actor_of(deps, "zhao")
    assert zhao.person_id is not None
    async with deps.store.begin() as unit:
        await unit.jobs.bury(await unit.jobs.add("route", {"case_no": "TJ-2026-000001"}), TRACEBACK)
        (row,) = await unit.messages.add(person_id=zhao.person_id, body={"template": "notice.audit"})
        await unit.messages.bury(row, "403: blocked by the user")
        await _without_chat(deps, unit)
        await unit.inbox.put("gateway", 4711, "1000", b"{", deps.clock())
        await unit.inbox.poison("gateway", 4711, "unreadable: 1 faults", deps.clock())


async def _without_chat(deps: Deps, unit: Unit) -> None:
    """Adds a message for somebody whom no chat reaches."""
    person = await unit.people.by_staff_no("chen")
    assert person is not None
    await unit.people.unbind("test", 1000 + list(CAST).index("chen"), deps.clock())
    await unit.messages.add(person_id=person.person_id, body={"template": "notice.audit"})


@pytest.fixture
def desk(prepared: Callable[[Prepare], Desk]) -> Desk:
    """Gives an installation in which four things were set aside."""
    return prepared(three_dead)


def test_everything_is_listed_with_its_reference_and_the_last_line_of_its_fault(desk: Desk) -> None:
    said = desk("dead", "list")

    for words in (
        ("J1", "route", "case_no=TJ-2026-000001", "ValueError: the depth is no number"),
        ("M1", "notice.audit", "赵强", "403: blocked by the user"),
        ("M2", "陈静", "no_chat"),
        ("U4711", "gateway 1000", "unreadable"),
    ):
        assert all(word in said for word in words)
    assert "Traceback" not in said


def test_one_sort_can_be_asked_for(desk: Desk) -> None:
    assert "U4711" not in desk("dead", "list", "jobs")
    assert "say jobs, messages or updates" in desk("dead", "list", "letters", code=1)


def test_the_whole_fault_is_shown_on_request(desk: Desk) -> None:
    assert "Traceback" in desk("dead", "show", "J1")
    assert "was not set aside" in desk("dead", "show", "J9", code=1)


def test_the_number_that_the_bot_told_a_person_finds_the_update(desk: Desk) -> None:
    assert "U4711 is tried again" in desk("dead", "retry", "u4711")
    assert "U4711" not in desk("dead", "list")


def test_all_that_can_be_tried_again_is(desk: Desk) -> None:
    said = desk("dead", "retry", "--all")

    assert "1 messages stay: no chat reaches their people" in said
    assert said.count("is tried again") == 3
    assert "M2" in desk("dead", "list")


def test_what_is_struck_off_is_not_listed_and_cannot_be_tried_again(desk: Desk) -> None:
    desk("dead", "drop", "J1", "M1", "U4711", "--yes")

    assert "J1" not in desk("dead", "list")
    for reference in ("J1", "M1", "U4711"):
        assert "was not set aside" in desk("dead", "retry", reference, code=1)


def test_everything_can_be_struck_off_at_once(desk: Desk) -> None:
    desk("dead", "drop", "--all", typed="y\n")

    assert "Nothing was set aside" in desk("dead", "list")


def test_references_that_mean_nothing_are_one_sentence(desk: Desk) -> None:
    for reference in ("X1", "J", "Jx", ""):
        assert "was not set aside" in desk("dead", "retry", reference, code=1)
    assert "say references, or --all" in desk("dead", "retry", code=1)
