"""The operator replays cases: history is shown, and a row that was changed by hand is found."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from actions import cases
from actions.ports import Deps
from tests.cli.conftest import Desk, Prepare
from tests.make import actor_of, filed, verifying


async def two_cases(deps: Deps) -> None:
    """One case that waits, and one that went through the whole loop."""
    await filed(deps)
    case_no = await verifying(deps)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no, words="已核查")


@pytest.fixture
def desk(prepared: Callable[[Prepare], Desk]) -> Desk:
    """Gives an installation with two cases."""
    return prepared(two_cases)


def change(desk: Desk, statement: str) -> None:
    """Changes the database behind the back of the service."""
    with closing(sqlite3.connect(desk.data / "whistle.sqlite3")) as connection, connection:
        connection.execute(statement)


def test_the_history_of_a_case_is_shown_and_agrees(desk: Desk) -> None:
    said = desk("replay", "TJ-2026-000002", "--check")

    for tag in ("case:registered", "case:dispatched", "case:signed", "case:handed_in", "case:cleared"):
        assert tag in said
    assert "李建国" in said
    assert "verifying → cleared" in said
    assert "✓ TJ-2026-000002: the row is the fold of its 6 events, and their chain holds" in said


def test_all_cases_are_replayed(desk: Desk) -> None:
    assert "✓ 2 cases with 7 events replayed, 0 differ" in desk("replay", "--all", "--check")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update cases set urgency = 'U4' where case_no = 'TJ-2026-000001'", ("columns", "urgency")),
        (
            "update cases set facts = json_set(facts, '$.kind', 'gas') where case_no = 'TJ-2026-000001'",
            ("facts", "kind"),
        ),
        (
            "update timer set due_at = '2030-01-01 00:00:00.000000' where case_no = 'TJ-2026-000001'",
            ("clock", "due_at"),
        ),
        ("delete from case_rectifier", ("people", "rectifiers")),
    ],
)
def test_a_row_changed_by_hand_is_found(desk: Desk, statement: str, found: tuple[str, str]) -> None:
    change(desk, statement)

    said = desk("replay", "--all", code=1)

    assert all(word in said for word in found)
    assert "2 cases with 7 events replayed, 1 differ" in said


def test_an_unknown_case_and_a_command_without_a_number_are_one_sentence(desk: Desk) -> None:
    assert "there is no case TJ-2026-000099" in desk("replay", "TJ-2026-000099", code=1)
    assert "say the number of a case, or --all" in desk("replay", code=1)


def test_the_figures_are_counted_anew_from_the_cases(desk: Desk) -> None:
    assert "days were counted anew" in desk("rollup", "rebuild")


def test_the_self_audit_finds_a_step_that_nobody_took(desk: Desk) -> None:
    said = desk("audit", code=1)

    assert "cases whose next step is late" in said
    assert "TJ-2026-000001" in said


def test_the_self_audit_of_a_quiet_city_is_clean(prepared: Callable[[Prepare], Desk]) -> None:
    assert "every open case has a clock" in prepared(lambda _: asyncio.sleep(0))("audit")
