"""Cases for other systems: flat rows in pages, the messages of disaster alerts, and everything about one case.

Read-only. The flat rows name no person and carry no words of a report: they may leave the house.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from actions.ports import Deps, Unit
from models.rules.alerts import Alert, Told, alerts
from models.rules.facts import CaseFacts
from models.rules.states import State, Urgency
from models.store.rows import CaseSearch as CaseSearch

PAGE = 500
"""Cases read in one transaction: a long export holds up no writer and no checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case on one line, without people; places are WGS-84 degrees and times are aware UTC."""

    case_no: str
    kind: str
    state: State
    urgency: Urgency
    grade: str
    district_code: str | None
    district: str | None
    street_code: str | None
    street: str | None
    community_code: str | None
    community: str | None
    unit: str | None
    latitude: float | None
    longitude: float | None
    registered_at: datetime
    dispatched_at: datetime | None
    signed_at: datetime | None
    handled_at: datetime | None
    cleared_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    overdue: bool
    on_time: bool | None
    n_reports: int
    n_returned: int
    n_rework: int
    changed_at: datetime
    """When the last of the times above was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAlert:
    """One message of a disaster case; `earlier` are those that it refers to, oldest first."""

    case: CaseRow
    alert: Alert
    earlier: tuple[Alert, ...]
    accuracy_m: float | None


async def pages(deps: Deps, wanted: CaseSearch) -> AsyncIterator[Sequence[CaseRow]]:
    """Yields everything that fits a search, the newest first, a page at a time.

    Each page is one moment; a case that changes meanwhile is told as it was when its page was read, and none
    comes twice, because the order is that of registering. The search's `limit` bounds the whole.
    """
    left, after = wanted.limit, wanted.after
    while left > 0:
        async with deps.store.read() as unit:
            numbers = await unit.cases.search(replace(wanted, after=after, limit=min(PAGE, left)))
            found = await _rows(unit, numbers)
        if found:
            yield found
            after = (found[-1].registered_at, found[-1].case_no)
        left -= len(numbers)
        if len(numbers) < PAGE:
            return


async def listed(deps: Deps, numbers: Sequence[str]) -> list[CaseRow]:
    """Gives the rows of cases by their numbers, in this order; whoever asks has made sure that they may be seen."""
    async with deps.store.read() as unit:
        return await _rows(unit, numbers)


def narrowed(wanted: CaseSearch) -> CaseSearch:
    """Asks about the asker's own areas where none were named."""
    if wanted.area_codes or wanted.seen_from is None:
        return wanted
    return replace(wanted, area_codes=wanted.seen_from.area_codes)


async def one(deps: Deps, case_no: str) -> CaseRow | None:
    """Gives the row of one case; whose it is to see is asked elsewhere."""
    async with deps.store.read() as unit:
        return next(iter(await _rows(unit, [case_no])), None)


async def told(deps: Deps, wanted: CaseSearch) -> list[CaseAlert]:
    """Lists the messages of the disaster cases that fit a search, the newest message first."""
    kinds = frozenset(deps.catalogue.alert_categories)
    chosen = wanted.kinds & kinds if wanted.kinds else kinds
    found: list[CaseAlert] = []
    if chosen:
        async for page in pages(deps, replace(wanted, kinds=chosen)):
            for case in page:
                found += await of_case(deps, case)
    return sorted(found, key=lambda a: (a.alert.sent_at, a.case.case_no, a.alert.number), reverse=True)


async def of_case(deps: Deps, case: CaseRow) -> list[CaseAlert]:
    """Lists the messages of one case, oldest first; none for a kind that gives no alerts."""
    if case.kind not in deps.catalogue.alert_categories:
        return []
    async with deps.store.read() as unit:
        reports = await unit.reports.of_case(case.case_no)
        events = await unit.cases.events(case.case_no)
    said = [Told(report.created_at, report.figures) for report in reports]
    given = alerts(said, events, deps.catalogue.alert_levels)
    accuracy_m = reports[0].accuracy_m if reports else None
    return [CaseAlert(case=case, alert=a, earlier=given[: a.number - 1], accuracy_m=accuracy_m) for a in given]


async def _rows(unit: Unit, numbers: Sequence[str]) -> list[CaseRow]:
    """Reads cases as rows, in the given order; unknown numbers are left out."""
    cases = await unit.cases.many(numbers)
    points = await unit.cases.points(numbers)
    names = await unit.areas.names({code for facts in cases.values() for code in facts.areas.chain})
    units = await unit.units.names(sorted({f.unit_code for f in cases.values() if f.unit_code is not None}))
    return [_row(facts, points.get(no), names, units) for no, facts in cases.items()]


def _row(facts: CaseFacts, point: tuple[float, float] | None, names: dict[str, str], units: dict[str, str]) -> CaseRow:
    at = facts.areas
    times = (facts.dispatched_at, facts.signed_at, facts.arrived_at, facts.handled_at, facts.checked_at)
    known = [t for t in (facts.registered_at, *times, facts.cleared_at, facts.closed_at) if t is not None]
    return CaseRow(
        case_no=facts.case_no,
        kind=facts.kind,
        state=facts.state,
        urgency=facts.urgency,
        grade=str(facts.grade),
        district_code=at.district,
        district=names.get(at.district) if at.district else None,
        street_code=at.street,
        street=names.get(at.street) if at.street else None,
        community_code=at.community,
        community=names.get(at.community) if at.community else None,
        unit=units.get(facts.unit_code) if facts.unit_code else None,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        registered_at=facts.registered_at,
        dispatched_at=facts.dispatched_at,
        signed_at=facts.signed_at,
        handled_at=facts.handled_at,
        cleared_at=facts.cleared_at,
        closed_at=facts.closed_at,
        due_at=facts.due_at,
        overdue=facts.overdue,
        on_time=facts.on_time,
        n_reports=facts.n_reports,
        n_returned=facts.n_returned,
        n_rework=facts.n_rework,
        changed_at=max(known),
    )
