"""GET /api/v1/cases and /api/v1/cases/{case_no}: what is worked on, with its history and evidence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from actions import browse
from actions.browse import Evidence
from actions.exports import CaseRow
from actions.views import CaseView, HistoryLine
from models.rules.clocks import ClockName
from models.rules.commands import Verb
from models.rules.facts import Ask
from models.rules.redaction import redacted
from models.rules.roles import Party
from models.rules.states import Grade, State, Urgency
from web import case_query
from web.api import paging
from web.api.operation import Call, Nothing, Operation, Shape
from web.api.paging import PageQuery


class CasesQuery(PageQuery):
    """Filters; `state`, `kind`, `urgency` and `area` take several values with commas, days are local."""

    state: str | None = None
    kind: str | None = None
    urgency: str | None = None
    area: str | None = None
    open: Literal["true", "false"] | None = None
    overdue: Literal["true", "false"] | None = None
    since: date | None = Field(default=None, alias="from")
    to: date | None = None
    q: str | None = Field(default=None, max_length=200)


class Point(Shape):
    """A point in WGS-84."""

    latitude: float
    longitude: float


class Named(Shape):
    """A code with its name."""

    code: str
    name: str | None


class CaseItem(Shape):
    """A case on one line."""

    case_no: str
    href: str
    kind: Named
    state: State
    urgency: Urgency
    grade: Grade
    district: Named | None
    street: Named | None
    community: Named | None
    unit: str | None
    point: Point | None
    registered_at: datetime
    due_at: datetime | None
    cleared_at: datetime | None
    closed_at: datetime | None
    changed_at: datetime
    overdue: bool
    on_time: bool | None
    n_reports: int
    n_returned: int
    n_rework: int


class CasePage(Shape):
    """Some cases, the newest first; `next` is the cursor of the next page."""

    items: list[CaseItem]
    next: str | None


class ClockOut(Shape):
    """A clock of a case."""

    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None


class PendingOut(Shape):
    """What was asked of a second person and is not answered yet."""

    ask: Ask
    by: int | None
    at: datetime
    reason: str | None
    words: str | None
    until: datetime | None
    review_on: date | None
    measure: str | None


class HistoryOut(Shape):
    """One event. Names are for people of the roster only."""

    seq: int
    at: datetime
    tag: str
    actor_id: int | None
    actor: str | None
    channel: str
    from_state: State | None
    to_state: State
    reason: str | None
    words: str | None
    media: list[int]
    clock: ClockName | None
    area: str | None
    edition: str | None
    moved_to: Point | None


class EvidenceOut(Shape):
    """A picture. `sha256` is of the file behind `href`, `received_sha256` of what was sent to us."""

    media_id: int
    href: str
    role: str
    event_seq: int
    status: str
    sha256: str | None
    received_sha256: str | None
    width: int | None
    height: int | None


class CaseOut(Shape):
    """A case as the caller may see it; `verbs` are what the caller may do now."""

    case_no: str
    href: str
    version: int
    kind: Named
    state: State
    urgency: Urgency
    grade: Grade
    areas: dict[str, Named]
    placed: bool
    point: Point | None
    accuracy_m: float | None
    address: str | None
    text: str
    fields: dict[str, Any]
    figures: dict[str, float | None]
    danger: list[str]
    unit: Named | None
    holder_id: int | None
    holder: str | None
    verifier_id: int | None
    verifier: str | None
    reporters: list[str]
    n_reports: int
    n_returned: int
    n_rework: int
    n_extensions: int
    n_reopened: int
    overdue: bool
    on_time: bool | None
    extended: bool
    designated: bool
    urged: bool
    supervised: bool
    escalated: bool
    whistled: bool
    merged_into: str | None
    registered_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    returnable_until: datetime | None
    clocks: dict[ClockName, ClockOut]
    pending: PendingOut | None
    history: list[HistoryOut]
    evidence: list[EvidenceOut]
    verbs: list[Verb]
    parties: list[Party]


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="list_cases",
            tag="cases",
            method="GET",
            path="/api/v1/cases",
            handler=on_cases,
            query=CasesQuery,
            answer=CasePage,
        ),
        Operation(
            name="get_case",
            tag="cases",
            method="GET",
            path="/api/v1/cases/{case_no}",
            handler=on_case,
            answer=CaseOut,
            refuses={404: "no_such_case"},
        ),
    ]


async def on_cases(call: Call[CasesQuery, None]) -> CasePage:
    """Answers with the cases that fit and that the caller may see."""
    seen_from = browse.viewpoint(call.actor, call.bound)
    wanted = case_query.read(call.deps, call.request.query, seen_from, limit=call.query.limit + 1)
    wanted = replace(wanted, after=paging.by_time(call.query.cursor))
    rows = await browse.cases(call.deps, wanted)
    shown = rows[: call.query.limit]
    more = paging.pack(shown[-1].registered_at, shown[-1].case_no) if len(rows) > len(shown) else None
    return CasePage(items=[item(call, row) for row in shown], next=more)


async def on_case(call: Call[Nothing, None]) -> CaseOut:
    """Answers with one case."""
    seen, evidence = await browse.case(call.deps, call.actor, call.bound, call.path("case_no"))
    return shown(call, seen, evidence)


def href(case_no: str) -> str:
    """Gives the address of a case."""
    return f"/api/v1/cases/{case_no}"


def kind_of(call: Call[Any, Any], code: str) -> Named:
    """Names a kind in the caller's language."""
    kind = call.deps.catalogue.kinds.get(code)
    return Named(code=code, name=kind.label.in_(call.said.language) if kind is not None else None)


def item(call: Call[Any, Any], row: CaseRow) -> CaseItem:
    """Shows a case as a line."""
    point = None
    if row.latitude is not None and row.longitude is not None:
        point = Point(latitude=row.latitude, longitude=row.longitude)
    return CaseItem(
        case_no=row.case_no,
        href=href(row.case_no),
        kind=kind_of(call, row.kind),
        state=row.state,
        urgency=row.urgency,
        grade=Grade(row.grade),
        district=_named(row.district_code, row.district),
        street=_named(row.street_code, row.street),
        community=_named(row.community_code, row.community),
        unit=row.unit,
        point=point,
        registered_at=row.registered_at,
        due_at=row.due_at,
        cleared_at=row.cleared_at,
        closed_at=row.closed_at,
        changed_at=row.changed_at,
        overdue=row.overdue,
        on_time=row.on_time,
        n_reports=row.n_reports,
        n_returned=row.n_returned,
        n_rework=row.n_rework,
    )


def _named(code: str | None, name: str | None) -> Named | None:
    return Named(code=code, name=name) if code is not None else None


def shown(call: Call[Any, Any], seen: CaseView, evidence: Sequence[Evidence]) -> CaseOut:
    """Shows a case whole; to who is no person of the roster without names and numbers of people."""
    facts, people = seen.facts, call.caller.sees_names
    names = seen.known_names

    def said(words: str | None) -> str | None:
        return words if people or words is None else redacted(words, names)

    pending = facts.pending
    place = seen.place
    return CaseOut(
        case_no=seen.case_no,
        href=href(seen.case_no),
        version=facts.version,
        kind=kind_of(call, facts.kind),
        state=facts.state,
        urgency=facts.urgency,
        grade=facts.grade,
        areas=_areas(seen),
        placed=facts.areas.placed,
        point=Point(latitude=place.latitude, longitude=place.longitude) if place else None,
        accuracy_m=place.accuracy_m if place else None,
        address=said(seen.address_text),
        text=said(seen.text) or "",
        fields={code: said(value) if isinstance(value, str) else value for code, value in seen.fields.items()},
        figures=dict(seen.figures),
        danger=list(seen.danger),
        unit=_named(facts.unit_code, seen.unit_name),
        holder_id=facts.holder_id if people else None,
        holder=seen.holder_name if people else None,
        verifier_id=facts.verifier_id if people else None,
        verifier=seen.verifier_name if people else None,
        reporters=[name for name in seen.reporters if name] if people else [],
        n_reports=facts.n_reports,
        n_returned=facts.n_returned,
        n_rework=facts.n_rework,
        n_extensions=facts.n_extensions,
        n_reopened=facts.n_reopened,
        overdue=facts.overdue,
        on_time=facts.on_time,
        extended=facts.extended,
        designated=facts.designated,
        urged=facts.urged,
        supervised=facts.supervised,
        escalated=facts.escalated,
        whistled=facts.whistled,
        merged_into=facts.merged_into,
        registered_at=facts.registered_at,
        due_at=facts.due_at,
        closed_at=facts.closed_at,
        returnable_until=seen.returnable_until,
        clocks={
            name: ClockOut(started_at=k.started_at, due_at=k.due_at, stopped_at=k.stopped_at)
            for name, k in facts.clocks.items()
        },
        pending=PendingOut(
            ask=pending.ask,
            by=pending.by if people else None,
            at=pending.at,
            reason=pending.reason,
            words=said(pending.words),
            until=pending.until,
            review_on=pending.review_on,
            measure=said(pending.measure),
        )
        if pending is not None
        else None,
        history=[_event(line, said(line.words), people=people) for line in seen.history],
        evidence=[_evidence(picture) for picture in evidence],
        verbs=list(seen.verbs),
        parties=sorted(seen.parties),
    )


def _areas(seen: CaseView) -> dict[str, Named]:
    found = {}
    for level in ("city", "district", "street", "community", "grid"):
        code = getattr(seen.facts.areas, level)
        if code is not None:
            found[level] = Named(code=code, name=getattr(seen.areas, level))
    return found


def _event(line: HistoryLine, words: str | None, *, people: bool) -> HistoryOut:
    moved = Point(latitude=line.moved_to[0], longitude=line.moved_to[1]) if line.moved_to else None
    return HistoryOut(
        seq=line.seq,
        at=line.at,
        tag=line.tag,
        actor_id=line.actor_id if people else None,
        actor=line.actor_name if people else None,
        channel=line.channel,
        from_state=line.from_state,
        to_state=line.to_state,
        reason=line.reason,
        words=words,
        media=list(line.media),
        clock=line.clock,
        area=line.area_name,
        edition=line.edition,
        moved_to=moved,
    )


def _evidence(picture: Evidence) -> EvidenceOut:
    return EvidenceOut(
        media_id=picture.media_id,
        href=f"/api/v1/photos/{picture.media_id}",
        role=picture.role,
        event_seq=picture.event_seq,
        status=picture.status,
        sha256=picture.sha256,
        received_sha256=picture.received_sha256,
        width=picture.width,
        height=picture.height,
    )
