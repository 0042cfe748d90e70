"""The questions that are asked all day are answered from an index, however many closed cases there are."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from models.rules.roles import Role
from models.store import Store, Unit
from models.store.rows import CaseSearch
from tests.cast import SUN, WANG, ZHAO
from tests.clock import MONDAY, Clock
from tests.store.filled import UNDERPASS, on_post

SOON = MONDAY + timedelta(hours=1)


@pytest.fixture
async def asked(sqlite_url: str, clock: Clock) -> AsyncIterator[Store]:
    """Opens a store on SQLite, whose plans are the same on every machine."""
    store = await Store.open(sqlite_url, clock=clock)
    await on_post(store)
    yield store
    await store.close()


async def due_steps(unit: Unit, now: datetime) -> None:
    await unit.cases.due_steps(now, 100)


async def next_step(unit: Unit, _: datetime) -> None:
    await unit.cases.next_step_at()


async def facts(unit: Unit, _: datetime) -> None:
    await unit.cases.facts("TJ-2026-000001")
    await unit.cases.events("TJ-2026-000001")


async def how_it_does(unit: Unit, now: datetime) -> None:
    await unit.pulse.jobs()
    await unit.pulse.jobs_by_verb()
    await unit.pulse.messages(now)
    await unit.pulse.inbox()
    await unit.pulse.latest_update_at()
    await unit.pulse.beats(now, now)


async def todo_of_a_dispatcher(unit: Unit, _: datetime) -> None:
    await unit.cases.concerning(WANG, 100)


async def todo_of_a_unit(unit: Unit, _: datetime) -> None:
    await unit.cases.concerning(ZHAO, 100)


async def todo_of_a_verifier(unit: Unit, _: datetime) -> None:
    await unit.cases.concerning(SUN, 100)


async def duplicates(unit: Unit, now: datetime) -> None:
    await unit.cases.near("ponding", UNDERPASS, 100, now)


async def own_reports(unit: Unit, _: datetime) -> None:
    await unit.cases.reported_by(1, 10)
    await unit.reports.by_person(1)


async def reports(unit: Unit, _: datetime) -> None:
    await unit.reports.of_case("TJ-2026-000001")
    await unit.reports.by_update("telegram", 1)
    await unit.reports.reporters("TJ-2026-000001")


async def newest(unit: Unit, _: datetime) -> None:
    await unit.cases.search(CaseSearch(limit=10))


async def inbox(unit: Unit, now: datetime) -> None:
    await unit.inbox.ready(10, channel="telegram", now=now)
    await unit.inbox.counts()
    await unit.inbox.get("telegram", 1)


async def messages(unit: Unit, now: datetime) -> None:
    await unit.messages.waiting(now)
    await unit.messages.claim("w", 10, now, 30)
    await unit.messages.n_waiting()
    await unit.messages.supersede("telegram", 100, "draft:1")
    await unit.messages.undelivered(now, now, now, 10)
    await unit.messages.buried()


async def jobs(unit: Unit, now: datetime) -> None:
    await unit.jobs.claim("w", ["route"], 10, now, 30)
    await unit.jobs.waiting()


async def people(unit: Unit, _: datetime) -> None:
    await unit.people.actor(1, "bot")
    await unit.people.by_chat("telegram", 100)
    await unit.people.with_post(Role.VERIFIER, ["120103001"])
    await unit.people.on_post("u-drainage")
    await unit.people.take_invite("hash", MONDAY)


async def pictures(unit: Unit, _: datetime) -> None:
    await unit.media.of_case("TJ-2026-000001")
    await unit.media.loading()
    await unit.cards.people_of(["case:TJ-2026-000001"])


QUESTIONS = (
    how_it_does,
    due_steps,
    next_step,
    facts,
    todo_of_a_dispatcher,
    todo_of_a_unit,
    todo_of_a_verifier,
    duplicates,
    own_reports,
    reports,
    newest,
    inbox,
    messages,
    jobs,
    people,
    pictures,
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
async def test_no_table_is_read_from_end_to_end(asked: Store, question: Any) -> None:
    statements: list[tuple[str, Any]] = []
    async with asked.begin() as unit:
        engine = unit.line.connection.sync_engine

        def note(_: Any, __: Any, statement: str, parameters: Any, ___: Any, many: bool) -> None:
            if not many and not statement.startswith(("EXPLAIN", "BEGIN", "PRAGMA")):
                statements.append((statement, parameters))

        event.listen(engine, "before_cursor_execute", note)
        await question(unit, SOON)
        event.remove(engine, "before_cursor_execute", note)
        plans = [
            (statement, str(step.detail))
            for statement, parameters in statements
            for step in await unit.line.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    whole = [(detail, statement) for statement, detail in plans if reads_everything(detail)]
    assert whole == []


def reads_everything(detail: str) -> bool:
    """Tells whether a step of a plan reads a table of cases, reports, updates or messages without an index."""
    if not detail.startswith("SCAN"):
        return False
    return "USING" not in detail
