"""The cases: their facts, their events, and the one guarded update by which they change."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Update, bindparam, select, update

from models.rules import codec
from models.rules.clocks import Clock
from models.rules.events import CaseHandedIn, Event
from models.rules.facts import CaseFacts
from models.rules.parties import Guard
from models.rules.roles import Actor, Party
from models.rules.states import State
from models.rules.workflow import Decision
from models.store import bulk, case_lists, chain, counters, frozen
from models.store import guard as guard_sql
from models.store.line import Line
from models.store.rows import CaseSearch, DueStep, NearCase, OnEarth, Stored
from models.tables.case import Case, CaseEvent, CaseRectifier, Timer
from models.tables.columns import table
from models.tables.report import Report

CASES, EVENTS = table(Case), table(CaseEvent)
TIMERS, RECTIFIERS = table(Timer), table(CaseRectifier)
REPORTS = table(Report)
POINT = ("latitude", "longitude")
BATCH = 500
"""How many numbers are asked for at once; both databases limit the variables of a statement."""
AREA_LEVELS = ("city", "district", "street", "community", "grid")
COPIED = [
    "version",
    "state",
    "kind",
    "urgency",
    "grade",
    "edition",
    "reporter_id",
    "unit_code",
    "holder_id",
    "verifier_id",
    "suspended_from",
    "review_on",
    "merged_into",
    "on_spot",
    "n_reports",
    "n_dispatched",
    "n_returned",
    "n_handled",
    "n_checked",
    "n_rework",
    "n_extensions",
    "n_reopened",
    "designated",
    "urged",
    "supervised",
    "escalated",
    "whistled",
    "registered_at",
    "dispatched_at",
    "signed_at",
    "arrived_at",
    "handled_at",
    "checked_at",
    "cleared_at",
    "closed_at",
    "overdue",
    "on_time",
    "signed_in_limit",
    "due_at",
]
"""Columns that carry the fact of the same name."""


class Cases:
    """Reads and changes cases. Every change is judged by the rules first; here it is only written."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._heads: dict[str, tuple[int, bytes]] = {}
        """The last hash of the cases read here, with the version it belongs to."""

    async def next_no(self, prefix: str, year: int) -> str:
        """Takes the next number of a year, as `TJ-2026-000123`; a number may be lost, none comes twice."""
        number = await counters.take(self._line, f"case:{prefix}:{year}")
        return f"{prefix}-{year}-{number:06d}"

    async def insert(self, decision: Decision) -> None:
        """Writes a case that was just registered; its point is that of its first report, which is written before."""
        number = decision.facts.case_no
        events = chain.linked(chain.ORIGIN, decision.events)
        names = {"case_no": number, "b_case_no": number, "head": events[-1]["hash"]}
        await self._line.run(_REGISTER, columns(decision.facts) | names)
        self._heads[number] = (decision.facts.version, events[-1]["hash"])
        await self._follow(decision.events, events, decision.facts.registered_at, before=())

    async def change(self, before: CaseFacts, decision: Decision, guard: Guard | None) -> bool:
        """Writes a decision in one guarded update; False when the case or the right changed meanwhile.

        None as the guard is for the service itself. A decision without events changes nothing and is True.
        """
        if not decision.events:
            return True
        prev = await self._head(before)
        if prev is None:
            return False
        events = chain.linked(prev, decision.events)
        values = columns(decision.facts) | {"b_case_no": before.case_no, "b_version": before.version}
        values["head"] = events[-1]["hash"]
        if guard is None:
            statement = _CHANGE
        else:
            statement = _changing(guard.parties, guard.not_rectifier)
            values |= guard_sql.values(guard, decision.events[-1].at)
        if await self._line.run(statement, values) != 1:
            return False
        self._heads[before.case_no] = (decision.facts.version, events[-1]["hash"])
        await self._follow(decision.events, events, before.registered_at, before.rectifier_ids)
        return True

    async def change_all(self, changes: Sequence[tuple[CaseFacts, Decision]]) -> set[str]:
        """Writes decisions of the service itself about different cases: one guarded update each, in few statements.

        Gives the numbers of those written; the others changed meanwhile and are to be judged anew.
        """
        links: dict[str, list[dict[str, Any]]] = {}
        for before, decision in changes:
            head = await self._head(before) if decision.events else None
            if head is not None:
                links[before.case_no] = chain.linked(head, decision.events)
        pairs = [(b, d) for b, d in changes if b.case_no in links]
        rows = [_guarded(b, d.facts) | {"head": links[b.case_no][-1]["hash"]} for b, d in pairs]
        written = await bulk.change(self._line, CASES, _changed(pairs, rows))
        done = [(b, d) for b, d in pairs if b.case_no in written]
        self._heads |= {b.case_no: (d.facts.version, links[b.case_no][-1]["hash"]) for b, d in done}
        events = [{**row, "registered_at": b.registered_at} for b, _ in done for row in links[b.case_no]]
        await bulk.add(self._line, EVENTS, events)
        timers = [row for b, d in done for row in _timers(b.case_no, d.events)]
        await bulk.add(self._line, TIMERS, timers, over=("case_no", "clock"))
        fresh = [row for b, d in done for row in _rectifiers(b.case_no, d.events, b.rectifier_ids)]
        await bulk.add(self._line, RECTIFIERS, fresh)
        return written

    async def set_point(self, case_no: str, latitude: float, longitude: float) -> None:
        """Moves the point of a case, in WGS-84; its areas change by an event."""
        where = update(CASES).where(CASES.c.case_no == case_no)
        await self._line.run(where.values(latitude=latitude, longitude=longitude))

    async def facts(self, case_no: str) -> CaseFacts | None:
        """Finds a case."""
        row = await self._line.one(_FACTS, {"b_case_no": case_no})
        return None if row is None else self._read(row)

    async def many(self, case_nos: Iterable[str]) -> dict[str, CaseFacts]:
        """Finds several cases, in the order asked for; unknown numbers are left out."""
        numbers = list(case_nos)
        found: dict[str, CaseFacts] = {}
        for start in range(0, len(numbers), BATCH):
            some = numbers[start : start + BATCH]
            rows = await self._line.rows(select(*_READ).where(CASES.c.case_no.in_(some)))
            found |= {row.case_no: self._read(row) for row in rows}
        return {number: found[number] for number in numbers if number in found}

    async def point(self, case_no: str) -> tuple[float, float] | None:
        """Gives latitude and longitude (WGS-84) of a case, if it has a point."""
        row = await self._line.one(select(CASES.c.latitude, CASES.c.longitude).where(CASES.c.case_no == case_no))
        return None if row is None or row.latitude is None else (row.latitude, row.longitude)

    async def points(self, case_nos: Iterable[str]) -> dict[str, tuple[float, float]]:
        """Gives latitude and longitude (WGS-84) of several cases; those without a point are left out."""
        numbers = list(case_nos)
        found: dict[str, tuple[float, float]] = {}
        for start in range(0, len(numbers), BATCH):
            some = CASES.c.case_no.in_(numbers[start : start + BATCH])
            asked = select(CASES.c.case_no, CASES.c.latitude, CASES.c.longitude)
            rows = await self._line.rows(asked.where(some, CASES.c.latitude.is_not(None)))
            found |= {row.case_no: (row.latitude, row.longitude) for row in rows}
        return found

    async def events(self, case_no: str) -> list[Event]:
        """Gives the whole history of a case, oldest first."""
        rows = await self._line.rows(_EVENTS, {"b_case_no": case_no})
        return [codec.load_event(row.tag, row.data) for row in rows]

    async def links(self, case_no: str) -> list[chain.Link]:
        """Gives the events of a case as they lie in the table, oldest first; `replay` checks their chain."""
        rows = await self._line.rows(_LINKS, {"b_case_no": case_no})
        return [chain.Link(**row._asdict()) for row in rows]

    async def stored(self, case_no: str) -> Stored | None:
        """Gives what the tables hold of a case beside its events; `replay` compares it with their fold."""
        row = await self._line.one(select(CASES).where(CASES.c.case_no == case_no))
        if row is None:
            return None
        timers = await self._line.rows(select(TIMERS).where(TIMERS.c.case_no == case_no).order_by(TIMERS.c.clock))
        people = await self._line.column(select(RECTIFIERS.c.person_id).where(RECTIFIERS.c.case_no == case_no))
        held = {name: value for name, value in row._asdict().items() if name not in (*POINT, "head")}
        return Stored(held, {t.clock: t._asdict() for t in timers}, frozenset(people), row.head)

    async def near(self, kind: str, point: OnEarth, radius_m: float, since: datetime) -> list[NearCase]:
        """Lists open cases of a kind within a radius that were registered since then, nearest first."""
        return await case_lists.near(self._line, kind, point, radius_m, since)

    async def held_by(self, person_id: int) -> list[str]:
        """Lists the open cases that name somebody as holder or as who checks them now."""
        return await self._line.column(case_lists.held_by(person_id))

    async def concerning(self, actor: Actor, limit: int) -> list[str]:
        """Lists open cases in which the actor may owe the next step, what is due first in front."""
        return await case_lists.concerning(self._line, actor, limit)

    async def checks_waiting(self, person_ids: Iterable[int]) -> dict[int, int]:
        """Counts the checks that wait for each of these people; those without any are left out."""
        return await case_lists.checks_waiting(self._line, person_ids)

    async def reported_by(self, person_id: int, limit: int) -> list[str]:
        """Lists the cases that the person's reports joined, open ones first, then the newest."""
        return await case_lists.reported_by(self._line, person_id, limit)

    async def open_in(self, area_codes: Iterable[str]) -> list[CaseFacts]:
        """Gives the open cases of the areas, what is due first in front."""
        return [frozen.load_facts(data) for data in await self._line.column(case_lists.open_in(area_codes))]

    async def in_state(self, state: State, limit: int) -> list[str]:
        """Lists cases in a state, the oldest first; work whose job was lost is found this way."""
        return await case_lists.in_state(self._line, state, limit)

    async def due_steps(self, now: datetime, limit: int) -> list[DueStep]:
        """Lists the ladder steps that are due, the longest waiting first."""
        return await case_lists.due_steps(self._line, now, limit)

    async def late_steps(self, before: datetime, limit: int = 500) -> list[DueStep]:
        """Lists the ladder steps that were due before that moment and still wait."""
        return await case_lists.due_steps(self._line, before, limit)

    async def next_step_at(self) -> datetime | None:
        """Tells when the next ladder step of any case is due."""
        return await case_lists.next_step_at(self._line)

    async def without_clock(self, limit: int = 500) -> list[str]:
        """Lists open cases on which no clock runs; a paused one counts as running."""
        return await case_lists.without_clock(self._line, limit)

    async def search(self, wanted: CaseSearch) -> list[str]:
        """Lists the numbers of cases that fit, newest first."""
        return await case_lists.search(self._line, wanted)

    async def all_nos(self, after: str, limit: int) -> list[str]:
        """Pages through every case number; `replay` walks them."""
        found = select(CASES.c.case_no).where(CASES.c.case_no > after).order_by(CASES.c.case_no)
        return await self._line.column(found.limit(limit))

    def _read(self, row: Row[Any]) -> CaseFacts:
        """Builds the facts of a row, and remembers what the next event follows."""
        if row.head is not None:
            self._heads[row.case_no] = (row.version, row.head)
        return frozen.load_facts(row.facts)

    async def _head(self, before: CaseFacts) -> bytes | None:
        """Gives the hash of the event that made the case what it was; None when there is no such event.

        It is read with the facts in most transactions; facts that came from an earlier one are looked up.
        """
        version, head = self._heads.get(before.case_no, (0, None))
        if version == before.version:
            return head
        found: bytes | None = await self._line.scalar(_HASH, {"b_case_no": before.case_no, "b_seq": before.version})
        return found

    async def _follow(
        self,
        happened: Sequence[Event],
        events: list[dict[str, Any]],
        registered_at: datetime,
        before: Sequence[int],
    ) -> None:
        """Writes what belongs to the change: events, clocks, rectifiers."""
        await self._line.add_many(EVENTS, [{**event, "registered_at": registered_at} for event in events])
        case_no = happened[0].case_no
        await self._line.upsert(TIMERS, _timers(case_no, happened), ("case_no", "clock"))
        await self._line.add_many(RECTIFIERS, _rectifiers(case_no, happened, before))


_FIRST = select(REPORTS).where(REPORTS.c.case_no == bindparam("b_case_no")).order_by(REPORTS.c.report_id).limit(1)
_REGISTER = CASES.insert().values({name: _FIRST.with_only_columns(REPORTS.c[name]).scalar_subquery() for name in POINT})
_CHANGE = update(CASES).where(CASES.c.case_no == bindparam("b_case_no"), CASES.c.version == bindparam("b_version"))
_READ = (CASES.c.case_no, CASES.c.version, CASES.c.facts, CASES.c.head)
_FACTS = select(*_READ).where(CASES.c.case_no == bindparam("b_case_no"))
_REGISTERED = select(CASES.c.registered_at).where(CASES.c.case_no == bindparam("b_case_no")).scalar_subquery()
"""With it PostgreSQL looks into the one part in which the events of a case lie."""
_OF_CASE = (EVENTS.c.case_no == bindparam("b_case_no"), EVENTS.c.registered_at == _REGISTERED)
_LINKS = select(*(EVENTS.c[f.name] for f in fields(chain.Link))).where(*_OF_CASE).order_by(EVENTS.c.seq)
_HASH = select(EVENTS.c.hash).where(*_OF_CASE, EVENTS.c.seq == bindparam("b_seq"))
_EVENTS = select(EVENTS.c.tag, EVENTS.c.data).where(*_OF_CASE).order_by(EVENTS.c.seq)


@cache
def _changing(parties: frozenset[Party], not_rectifier: bool) -> Update:
    return _CHANGE.where(guard_sql.condition(parties, not_rectifier))


def _guarded(before: CaseFacts, after: CaseFacts) -> dict[str, Any]:
    return {"b_case_no": before.case_no, "b_version": before.version} | columns(after)


def _changed(pairs: Sequence[tuple[CaseFacts, Decision]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leaves out the columns that none of the changes touches."""
    same = [n for n in COPIED if all(getattr(b, n) == getattr(d.facts, n) for b, d in pairs)]
    if all(b.areas == d.facts.areas for b, d in pairs):
        same += ["placed", *(f"{level}_code" for level in AREA_LEVELS)]
    return [{name: value for name, value in row.items() if name not in same} for row in rows]


def _timers(case_no: str, happened: Sequence[Event]) -> list[dict[str, Any]]:
    """Gives the rows of the clocks that events changed."""
    changed: dict[str, Clock] = {clock.name: clock for event in happened for clock in event.clocks}
    return [_timer_row(case_no, clock) for clock in changed.values()]


def _rectifiers(case_no: str, happened: Sequence[Event], before: Sequence[int]) -> list[dict[str, Any]]:
    fresh = {e.actor_id for e in happened if isinstance(e, CaseHandedIn)} - {None, *before}
    return [{"case_no": case_no, "person_id": person} for person in fresh]


def columns(facts: CaseFacts) -> dict[str, Any]:
    """Gives the row of a case: every column that follows from its facts and can change."""
    values: dict[str, Any] = {name: getattr(facts, name) for name in COPIED}
    values |= {f"{level}_code": getattr(facts.areas, level) for level in AREA_LEVELS}
    steps = [clock.next_at for clock in facts.clocks.values() if clock.next_at is not None]
    return values | {
        "placed": facts.areas.placed,
        "pending_ask": facts.pending.ask if facts.pending else None,
        "next_at": min(steps, default=None),
        "facts": frozen.dump_facts(facts),
    }


def to_store(facts: CaseFacts) -> Stored:
    """Gives what the tables must hold of a case with these facts."""
    timers = {str(clock.name): _timer_row(facts.case_no, clock) for clock in facts.clocks.values()}
    return Stored(columns(facts) | {"case_no": facts.case_no}, timers, frozenset(facts.rectifier_ids))


def _timer_row(case_no: str, clock: Clock) -> dict[str, Any]:
    names = ("started_at", "due_at", "working", "next_percent", "next_at", "stopped_at", "paused_at")
    return {"case_no": case_no, "clock": clock.name} | {name: getattr(clock, name) for name in names}
