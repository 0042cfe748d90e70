"""Files what one person sent: a new case, a report that joins one, or an observation without a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from actions import looking
from actions.cases import change, pictures, queue_job
from actions.ports import Deps, Unit
from actions.telling import tell
from actions.text import clean
from actions.views import CaseLine, Filed, Nearby
from geo.datum import Point
from models.rules import commands as c
from models.rules.catalogue import FieldValue, Kind
from models.rules.disaster import check
from models.rules.errors import FieldMissing, FiguresDisagree, NoSuchItem, PlaceMissing, SamePicture, UnknownCase
from models.rules.evidence import repeats
from models.rules.facts import AreaCodes
from models.rules.fields import check as check_fields
from models.rules.roles import Actor, Party
from models.rules.states import Grade, State
from models.rules.workflow import Decision, Registration, register

MAX_TEXT = 4000
OBSERVATION = "observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceGiven:
    """Where the reporter says it is.

    Raw numbers stay in their own datum; `latitude` and `longitude` are WGS-84. `areas.placed` is False
    when nobody knows and only the queue is known. `method` says how it was given: phone, live, pin, words,
    own_area, chosen_at_border, nobody_knows; `reason` is the locator's code.
    """

    areas: AreaCodes
    edition: str
    method: str
    reason: str
    latitude: float | None = None
    longitude: float | None = None
    raw_latitude: float | None = None
    raw_longitude: float | None = None
    coord_sys: str | None = None
    accuracy_m: float | None = None
    by_hand: bool = False
    address_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRequest:
    """A complete report. (channel, update_id) makes it one: filed again, it gives the first receipt."""

    kind: str
    text: str
    place: PlaceGiven | None
    channel: str
    update_id: int
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    figures: Mapping[str, float | None] = field(default_factory=dict)
    grade: Grade | None = None
    life_danger: bool = False
    danger: tuple[str, ...] = ()
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    joins: str | None = None
    phase: str | None = None


async def file(deps: Deps, actor: Actor, request: FilingRequest) -> Filed:
    """Files a report; the receipt holds once the transaction is committed.

    Raises `NoSuchItem` for an unknown kind, `FieldMissing`, `FiguresDisagree`, `PlaceMissing`, and what
    joining a case refuses.
    """
    kind = deps.catalogue.kinds.get(request.kind)
    if kind is None:
        raise NoSuchItem(what="kind", name=request.kind)
    _complete(deps, kind, request)
    async with deps.store.begin() as unit:
        await _fixed_truly(unit, request)
        known = await unit.reports.by_update(request.channel, request.update_id)
        if known is not None:
            return Filed(known.report_no, known.case_no, repeated=True, joined=request.joins is not None)
        if kind.group == OBSERVATION:
            report_id, report_no = await _insert(deps, unit, actor, request, case_no=None)
            for media_id in request.before:
                await unit.media.attach_report(report_id, media_id, "before")
            return Filed(report_no, None, repeated=False, joined=False)
        if request.joins is not None:
            return await _join(deps, unit, actor, request)
        return await _open(deps, unit, actor, kind, request)


def _complete(deps: Deps, kind: Kind, request: FilingRequest) -> None:
    """Refuses a report that lacks what its kind asks for, whatever door it came through."""
    if request.place is None and request.joins is None:
        raise PlaceMissing()
    refusal = check_fields(kind, request.grade or kind.grade, request.fields, deps.clock())
    if refusal is not None and not (request.joins and isinstance(refusal, FieldMissing)):
        raise refusal
    faults = check(request.figures, deps.catalogue.figure_checks)
    if faults:
        raise FiguresDisagree(check=faults[0].check.code, **dict(faults[0].facts))


async def _fixed_truly(unit: Unit, request: FilingRequest) -> None:
    """Refuses an on-spot fix whose after-photo is the before-photo; raises `SamePicture`."""
    if request.after:
        given = await unit.media.many((*request.before, *request.after))
        before, after = (pictures([given[m] for m in ids if m in given]) for ids in (request.before, request.after))
        twin = repeats(after, before)
        if twin is not None:
            raise SamePicture(media_id=twin.media_id)


async def _open(deps: Deps, unit: Unit, actor: Actor, kind: Kind, request: FilingRequest) -> Filed:
    """Registers a new case with its first report."""
    assert request.place is not None
    now = deps.clock()
    urgency = kind.urgency_at(request.grade or kind.grade, request.life_danger)
    case_no = await unit.cases.next_no(deps.city.prefix, now.astimezone(deps.setting.calendar.zone).year)
    _, report_no = await _insert(deps, unit, actor, request, case_no=case_no)
    registration = Registration(
        case_no=case_no,
        report_no=report_no,
        kind=kind.code,
        urgency=urgency,
        grade=request.grade or kind.grade,
        areas=request.place.areas,
        edition=request.place.edition,
        limits=deps.catalogue.limits_for(kind.code, urgency),
        words=clean(request.text, MAX_TEXT) or None,
        after=request.after,
    )
    decision = register(registration, actor, now, deps.setting)
    await unit.cases.insert(decision)
    await _evidence(unit, case_no, request, decision)
    await tell(deps, unit, decision.events[:1], decision.facts)
    verb = "assign_check" if decision.facts.state is State.HANDLED else "route"
    await queue_job(deps, unit, verb, decision.facts)
    return Filed(report_no, case_no, repeated=False, joined=False)


async def _join(deps: Deps, unit: Unit, actor: Actor, request: FilingRequest) -> Filed:
    """Adds the report to an open case of the same kind; its reporter hears of the end."""
    assert request.joins is not None
    facts = await unit.cases.facts(request.joins)
    if facts is None or facts.kind != request.kind:
        raise UnknownCase(case_no=request.joins)
    _, report_no = await _insert(deps, unit, actor, request, case_no=request.joins)
    command = c.Join(report_no=report_no, reporter_id=actor.person_id)
    decision = await change(deps, unit, actor, request.joins, command)
    await _evidence(unit, request.joins, request, decision)
    return Filed(report_no, request.joins, repeated=False, joined=True)


async def _evidence(unit: Unit, case_no: str, request: FilingRequest, decision: Decision) -> None:
    for role, media in (("before", request.before), ("after", request.after)):
        for media_id in media:
            await unit.media.attach(case_no, media_id, role, decision.facts.version)


async def _insert(
    deps: Deps, unit: Unit, actor: Actor, request: FilingRequest, *, case_no: str | None
) -> tuple[int, str]:
    place = request.place
    return await unit.reports.insert(
        case_no=case_no,
        person_id=actor.person_id,
        channel=request.channel,
        update_id=request.update_id,
        kind=request.kind,
        text=clean(request.text, MAX_TEXT),
        fields=dict(request.fields),
        figures=dict(request.figures),
        danger=list(request.danger),
        phase=request.phase,
        latitude=place.latitude if place else None,
        longitude=place.longitude if place else None,
        raw_latitude=place.raw_latitude if place else None,
        raw_longitude=place.raw_longitude if place else None,
        coord_sys=place.coord_sys if place else None,
        accuracy_m=place.accuracy_m if place else None,
        by_hand=place.by_hand if place else False,
        place_method=place.method if place else "joined",
        place_reason=place.reason if place else "joined",
        edition=place.edition if place else "",
        address_text=clean(place.address_text, 500) if place and place.address_text else None,
        street_code=place.areas.street if place else None,
        created_at=deps.clock(),
    )


async def nearby(deps: Deps, actor: Actor, kind_code: str, point: Point, limit: int = 3) -> tuple[Nearby, ...]:
    """Finds open cases of the kind within its radius and time window, nearest first.

    Any worker may learn of them: the same hazard seen by two workers of two streets is one hazard.
    """
    kind = deps.catalogue.kinds.get(kind_code)
    if kind is None or not kind.duplicate_radius_m:
        return ()
    now = deps.clock()
    async with deps.store.read() as unit:
        since = now - timedelta(hours=kind.duplicate_hours)
        found = await unit.cases.near(kind_code, point, kind.duplicate_radius_m, since)
        lines = []
        for case_no, distance_m in found[:limit]:
            facts = await unit.cases.facts(case_no)
            if facts is None:
                continue
            pictures = [m.media_id for m in await unit.media.of_case(case_no) if m.role == "before"]
            age = (now - facts.registered_at) / timedelta(minutes=1)
            lines.append(
                Nearby(
                    case_no,
                    facts.kind,
                    distance_m,
                    facts.state,
                    age,
                    pictures[0] if pictures else None,
                    facts.n_reports,
                )
            )
    return tuple(lines)


async def mine(deps: Deps, actor: Actor, limit: int = 10) -> tuple[CaseLine, ...]:
    """Lists the cases that the actor reported or joined, newest first."""
    if actor.person_id is None:
        return ()
    async with deps.store.read() as unit:
        numbers = await unit.cases.reported_by(actor.person_id, limit)
        return await looking.lines(unit, numbers, Party.REPORTER)
