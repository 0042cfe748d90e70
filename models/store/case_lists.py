"""Which cases wait for whom, lie where, or are late. Reads only; every list is of case numbers."""

from collections.abc import Iterable
from datetime import datetime
from math import asin, cos, degrees, radians, sin, sqrt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, tuple_

from models.rules.clocks import ClockName
from models.rules.roles import PARTY_ROLE, Actor, Role
from models.rules.states import HELD, QUEUED, State
from models.rules.transitions import OFFICE
from models.store.line import Line
from models.store.rows import CaseSearch, DueStep, NearCase, OnEarth, Viewpoint
from models.tables.case import Case, CaseRectifier, Timer
from models.tables.columns import table
from models.tables.report import Report

CASES, TIMERS = table(Case).c, table(Timer).c
REPORTS, RECTIFIERS = table(Report).c, table(CaseRectifier).c
MINE = table(Report).alias("mine").c
"""Reports as a part of a condition, apart from those that a statement lists."""
CHAIN = (CASES.city_code, CASES.district_code, CASES.street_code, CASES.community_code, CASES.grid_code)
EARTH_M = 6_371_008.8
OPEN_CASE = CASES.closed_at.is_(None)
OFFICE_ROLES = frozenset(PARTY_ROLE[party] for party in OFFICE)
OFFICE_STATES = sorted(QUEUED | {State.HANDLED, State.SUSPENDED})
"""States in which a dispatcher, supervisor or district centre may owe the next step."""


def within(area_codes: Iterable[str]) -> ColumnElement[bool]:
    """Tells in SQL whether a case lies in one of the areas, of whatever level."""
    codes = sorted(set(area_codes))
    return or_(*(column.in_(codes) for column in CHAIN))


def _by_due(*conditions: ColumnElement[bool]) -> Select[tuple[str]]:
    """Selects open cases, what is due first in front, those without a due time last."""
    due = CASES.due_at
    found = select(CASES.case_no).where(OPEN_CASE, *conditions)
    return found.order_by(due.is_(None), due, CASES.registered_at, CASES.case_no)


async def concerning(line: Line, actor: Actor, limit: int) -> list[str]:
    """Lists what may wait for an actor: wider than what they owe, never narrower."""
    if actor.person_id is None:
        return []
    parts = [and_(CASES.state.in_(sorted(HELD)), CASES.holder_id == actor.person_id)]
    units = sorted({post.unit_code for post in actor.posts if post.unit_code is not None})
    if units:
        free = and_(CASES.holder_id.is_(None), CASES.unit_code.in_(units))
        parts.append(and_(CASES.state.in_(sorted(HELD)), free))
    verifying = CASES.state == str(State.VERIFYING)
    parts.append(and_(verifying, CASES.verifier_id == actor.person_id))
    checked = {post.area_code for post in actor.posts if post.role is Role.VERIFIER}
    if checked:
        parts.append(and_(verifying, CASES.verifier_id.is_(None), within(checked)))
    office = {post.area_code for post in actor.posts if post.role in OFFICE_ROLES}
    if office:
        waits = or_(CASES.state.in_(OFFICE_STATES), CASES.pending_ask.is_not(None))
        parts.append(and_(waits, within(office)))
    return await line.column(_by_due(or_(*parts)).limit(limit))


def held_by(person_id: int) -> Select[tuple[str]]:
    """Selects the open cases that name somebody as their holder, or as who checks them now."""
    checks = and_(CASES.state == str(State.VERIFYING), CASES.verifier_id == person_id)
    return _by_due(or_(CASES.holder_id == person_id, checks))


async def checks_waiting(line: Line, person_ids: Iterable[int]) -> dict[int, int]:
    """Counts checks by verifier."""
    named = CASES.verifier_id.in_(sorted(set(person_ids)))
    counted = select(CASES.verifier_id, func.count().label("n")).where(
        OPEN_CASE, CASES.state == str(State.VERIFYING), named
    )
    return {row.verifier_id: row.n for row in await line.rows(counted.group_by(CASES.verifier_id))}


def open_in(area_codes: Iterable[str]) -> Select[Any]:
    """Selects the facts of the open cases of the areas."""
    return _by_due(within(area_codes)).with_only_columns(CASES.facts)


async def without_clock(line: Line, limit: int) -> list[str]:
    """Lists open cases whose clocks have all stopped."""
    running = exists().where(TIMERS.case_no == CASES.case_no, TIMERS.stopped_at.is_(None))
    return await line.column(_by_due(~running).limit(limit))


async def reported_by(line: Line, person_id: int, limit: int) -> list[str]:
    """Lists the cases of a reporter."""
    mine = select(REPORTS.case_no).where(REPORTS.person_id == person_id, REPORTS.case_no.is_not(None))
    found = select(CASES.case_no).where(CASES.case_no.in_(mine))
    order = found.order_by(CASES.closed_at.is_not(None), CASES.registered_at.desc(), CASES.case_no.desc())
    return await line.column(order.limit(limit))


async def in_state(line: Line, state: str, limit: int) -> list[str]:
    """Lists open cases in a state, the oldest first."""
    found = select(CASES.case_no).where(OPEN_CASE, CASES.state == state).order_by(CASES.registered_at)
    return await line.column(found.limit(limit))


async def near(line: Line, kind: str, point: OnEarth, radius_m: float, since: datetime) -> list[NearCase]:
    """Lists open cases around a point: a box in SQL, the circle here."""
    reach_lat = degrees(radius_m / EARTH_M)
    reach_lon = reach_lat / max(cos(radians(point.latitude)), 0.01)
    found = select(CASES.case_no, CASES.latitude, CASES.longitude).where(
        OPEN_CASE,
        CASES.kind == kind,
        CASES.latitude.between(point.latitude - reach_lat, point.latitude + reach_lat),
        CASES.longitude.between(point.longitude - reach_lon, point.longitude + reach_lon),
        CASES.registered_at >= since,
    )
    rows = await line.rows(found)
    cases = [NearCase(row.case_no, _apart_m(point, row.latitude, row.longitude)) for row in rows]
    return sorted((c for c in cases if c.distance_m <= radius_m), key=lambda c: (c.distance_m, c.case_no))


def _apart_m(point: OnEarth, other_latitude: float, other_longitude: float) -> float:
    """Gives the distance on the sphere (haversine)."""
    lat, other_lat = radians(point.latitude), radians(other_latitude)
    half = sin((other_lat - lat) / 2) ** 2
    half += cos(lat) * cos(other_lat) * sin(radians(other_longitude - point.longitude) / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(min(half, 1.0)))


async def due_steps(line: Line, now: datetime, limit: int) -> list[DueStep]:
    """Lists the ladder steps that are due."""
    due = select(TIMERS.case_no, TIMERS.clock, TIMERS.next_percent)
    due = due.where(TIMERS.next_at <= now).order_by(TIMERS.next_at, TIMERS.case_no).limit(limit)
    return [DueStep(row.case_no, ClockName(row.clock), row.next_percent) for row in await line.rows(due)]


async def next_step_at(line: Line) -> datetime | None:
    """Finds the earliest ladder step that still waits."""
    found: datetime | None = await line.scalar(select(func.min(TIMERS.next_at)).where(TIMERS.next_at.is_not(None)))
    return found


async def search(line: Line, wanted: CaseSearch) -> list[str]:
    """Lists what fits a search."""
    found = select(CASES.case_no).where(*_limits(wanted))
    if wanted.text:
        found = found.where(_mentions(wanted.text))
    if wanted.after is not None:
        found = found.where(tuple_(CASES.registered_at, CASES.case_no) < tuple_(*wanted.after))
    order = found.order_by(CASES.registered_at.desc(), CASES.case_no.desc())
    return await line.column(order.limit(wanted.limit))


def _limits(wanted: CaseSearch) -> list[ColumnElement[bool]]:
    """Lists the conditions of a search that stand in columns."""
    limits: list[ColumnElement[bool]] = []
    if wanted.area_codes:
        limits.append(within(wanted.area_codes))
    chosen = ((CASES.state, wanted.states), (CASES.kind, wanted.kinds), (CASES.urgency, wanted.urgencies))
    limits += [column.in_(sorted(values)) for column, values in chosen if values]
    if wanted.seen_from is not None:
        limits += seen_from(wanted.seen_from)
    if wanted.is_open is not None:
        limits.append(OPEN_CASE if wanted.is_open else ~OPEN_CASE)
    if wanted.overdue is not None:
        limits.append(CASES.overdue == wanted.overdue)
    if wanted.since is not None:
        limits.append(CASES.registered_at >= wanted.since)
    if wanted.until is not None:
        limits.append(CASES.registered_at < wanted.until)
    return limits


def seen_from(view: Viewpoint) -> list[ColumnElement[bool]]:
    """Says in SQL what `looking.visible` says of one case: a post over its place, or a part in it."""
    ways: list[ColumnElement[bool]] = []
    if view.area_codes:
        ways.append(within(view.area_codes))
    if view.unit_codes:
        ways.append(CASES.unit_code.in_(sorted(view.unit_codes)))
    if view.person_id is not None:
        me = view.person_id
        ways += [CASES.reporter_id == me, CASES.holder_id == me, CASES.verifier_id == me]
        ways.append(exists().where(RECTIFIERS.case_no == CASES.case_no, RECTIFIERS.person_id == me))
        ways.append(exists().where(MINE.case_no == CASES.case_no, MINE.person_id == me))
    limits = [or_(*ways) if ways else false()]
    if view.bound is not None:
        limits.append(within([view.bound]))
    return limits


def _mentions(text: str) -> ColumnElement[bool]:
    """Looks for a text in the number of a case and in the words and address of its reports."""
    said = or_(REPORTS.text.icontains(text, autoescape=True), REPORTS.address_text.icontains(text, autoescape=True))
    return or_(CASES.case_no.icontains(text, autoescape=True), exists().where(REPORTS.case_no == CASES.case_no, said))
