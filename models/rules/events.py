"""What happened to a case: frozen values in the past tense, and how each changes the facts.

`apply` is the only place where facts change; the case row is the fold of its events.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar

from models.rules.clocks import Clock, ClockName, Limits, Step
from models.rules.facts import AreaCodes, Ask, CaseFacts, Pending
from models.rules.states import Grade, State, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Root of the events. `seq` is the version the case has afterwards; `clocks` are those it changed."""

    tag: ClassVar[str]
    case_no: str
    seq: int
    at: datetime
    actor_id: int | None
    channel: str
    from_state: State | None
    to_state: State
    reason: str | None = None
    words: str | None = None
    clocks: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRegistered(Event):
    """案卷建立."""

    tag: ClassVar[str] = "case:registered"
    report_no: str
    kind: str
    urgency: Urgency
    grade: Grade
    areas: AreaCodes
    edition: str
    limits: Limits
    on_spot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDispatched(Event):
    """任务派遣, by rule or by hand; `rule` is the decision's reason."""

    tag: ClassVar[str] = "case:dispatched"
    unit_code: str | None
    holder_id: int | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDesignated(Event):
    """The district named an owner."""

    tag: ClassVar[str] = "case:designated"
    unit_code: str | None
    holder_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSigned(Event):
    """签收; who signs becomes the holder."""

    tag: ClassVar[str] = "case:signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturned(Event):
    """退单 to the dispatcher, or, after too many, to the district."""

    tag: ClassVar[str] = "case:returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedOver(Event):
    """A colleague holds it now, or for the time being the unit alone."""

    tag: ClassVar[str] = "case:handed_over"
    holder_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderArrived(Event):
    """到场."""

    tag: ClassVar[str] = "case:arrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedIn(Event):
    """处置反馈; `media` are the after-photos."""

    tag: ClassVar[str] = "case:handed_in"
    media: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAssigned(Event):
    """Somebody, or any verifier of the area, is to check on the spot."""

    tag: ClassVar[str] = "case:check_assigned"
    verifier_id: int | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPassed(Event):
    """核查通过, 销号."""

    tag: ClassVar[str] = "case:cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFailed(Event):
    """核查不通过; `supervised` is raised by the rework that the catalogue names."""

    tag: ClassVar[str] = "case:check_failed"
    supervised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Event):
    """A second person is asked."""

    tag: ClassVar[str] = "case:asked"
    ask: Ask
    until: datetime | None = None
    review_on: date | None = None
    measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(Event):
    """The second person said no."""

    tag: ClassVar[str] = "case:declined"
    ask: Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExtended(Event):
    """延期."""

    tag: ClassVar[str] = "case:extended"
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSuspended(Event):
    """挂账, with its review date and interim measure."""

    tag: ClassVar[str] = "case:suspended"
    review_on: date
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResumed(Event):
    """Suspension over."""

    tag: ClassVar[str] = "case:resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVoided(Event):
    """作废, never deleted."""

    tag: ClassVar[str] = "case:voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerged(Event):
    """并案."""

    tag: ClassVar[str] = "case:merged"
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportJoined(Event):
    """Another reporter saw the same."""

    tag: ClassVar[str] = "case:joined"
    report_no: str
    reporter_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(Event):
    """The hazard is back."""

    tag: ClassVar[str] = "case:reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRelocated(Event):
    """It lies elsewhere than was thought; with a point (WGS-84) if the pin was moved."""

    tag: ClassVar[str] = "case:relocated"
    areas: AreaCodes
    edition: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseUrged(Event):
    """催办 by a person."""

    tag: ClassVar[str] = "case:urged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStepped(Event):
    """A ladder step of a clock was taken."""

    tag: ClassVar[str] = "clock:stepped"
    clock: ClockName
    percent: int
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoted(Event):
    """Words or pictures for the history."""

    tag: ClassVar[str] = "case:noted"
    media: tuple[int, ...] = field(default=())


EVENTS: dict[str, type[Event]] = {
    cls.tag: cls
    for cls in (
        CaseRegistered,
        CaseDispatched,
        CaseDesignated,
        CaseSigned,
        CaseReturned,
        CaseHandedOver,
        HolderArrived,
        CaseHandedIn,
        CheckAssigned,
        CheckPassed,
        CheckFailed,
        Asked,
        Declined,
        CaseExtended,
        CaseSuspended,
        CaseResumed,
        CaseVoided,
        CaseMerged,
        ReportJoined,
        CaseReopened,
        CaseRelocated,
        CaseUrged,
        ClockStepped,
        CaseNoted,
    )
}
"""Every event class by its tag; the codec and the documentation read it."""


def fold(events: Iterable[Event]) -> CaseFacts:
    """Replays a case from its first event, which must be `case:registered`; ValueError otherwise."""
    facts: CaseFacts | None = None
    for event in events:
        facts = begin(event) if facts is None else apply(facts, event)
    if facts is None:
        raise ValueError("a case without events is no case")
    return facts


def begin(event: Event) -> CaseFacts:
    """Makes the facts of a case that was just registered."""
    if not isinstance(event, CaseRegistered):
        raise ValueError(f"a case begins with {CaseRegistered.tag}, not {event.tag}")
    return CaseFacts(
        case_no=event.case_no,
        version=event.seq,
        state=event.to_state,
        kind=event.kind,
        urgency=event.urgency,
        grade=event.grade,
        areas=event.areas,
        edition=event.edition,
        limits=event.limits,
        registered_at=event.at,
        reporter_id=event.actor_id,
        on_spot=event.on_spot,
        clocks={c.name: c for c in event.clocks},
    )


def apply(facts: CaseFacts, event: Event) -> CaseFacts:
    """Gives the facts after one more event."""
    if event.seq != facts.version + 1 or event.case_no != facts.case_no:
        raise ValueError(f"event {event.seq} of {event.case_no} does not follow {facts.version}")
    moved = replace(
        facts,
        version=event.seq,
        state=event.to_state,
        clocks={**facts.clocks, **{c.name: c for c in event.clocks}},
    )
    return _effect(moved, facts, event)


def _effect(moved: CaseFacts, before: CaseFacts, event: Event) -> CaseFacts:
    """Adds what the event changes beyond state, version and clocks."""
    match event:
        case CaseDispatched() | CaseDesignated():
            return replace(
                moved,
                unit_code=event.unit_code,
                holder_id=event.holder_id,
                n_dispatched=before.n_dispatched + 1,
                dispatched_at=event.at,
                signed_at=None,
                arrived_at=None,
                pending=None,
                designated=before.designated or isinstance(event, CaseDesignated),
            )
        case CaseSigned():
            return replace(moved, holder_id=event.actor_id, signed_at=event.at)
        case CaseReturned():
            return replace(moved, n_returned=before.n_returned + 1, unit_code=None, holder_id=None, pending=None)
        case CaseHandedOver():
            return replace(moved, holder_id=event.holder_id)
        case HolderArrived():
            return replace(moved, arrived_at=event.at)
        case CaseHandedIn():
            return _handed_in(moved, before, event)
        case CheckAssigned():
            return replace(moved, verifier_id=event.verifier_id)
        case CheckPassed():
            return replace(
                moved,
                n_checked=before.n_checked + 1,
                verifier_id=event.actor_id,
                checked_at=event.at,
                cleared_at=event.at,
                closed_at=event.at,
            )
        case CheckFailed():
            return replace(
                moved,
                n_checked=before.n_checked + 1,
                n_rework=before.n_rework + 1,
                checked_at=event.at,
                verifier_id=event.actor_id,
                supervised=before.supervised or event.supervised,
            )
        case _:
            return _side_effect(moved, before, event)


def _handed_in(moved: CaseFacts, before: CaseFacts, event: CaseHandedIn) -> CaseFacts:
    """Remembers who rectified, for ever; who fixed it on the spot holds it, should it turn out not to be fixed."""
    rectifiers = before.rectifier_ids
    held = before.unit_code is not None or before.holder_id is not None
    if event.actor_id is not None and event.actor_id not in rectifiers:
        rectifiers = (*rectifiers, event.actor_id)
    return replace(
        moved,
        rectifier_ids=rectifiers,
        holder_id=before.holder_id if held else event.actor_id,
        n_handled=before.n_handled + 1,
        handled_at=event.at,
        verifier_id=None,
        pending=None,
    )


def _side_effect(moved: CaseFacts, before: CaseFacts, event: Event) -> CaseFacts:
    """Adds the effects of the events beside the main road."""
    match event:
        case Asked():
            asked = Pending(
                ask=event.ask,
                by=event.actor_id,
                at=event.at,
                reason=event.reason,
                words=event.words,
                until=event.until,
                review_on=event.review_on,
                measure=event.measure,
            )
            return replace(moved, pending=asked)
        case Declined():
            return replace(moved, pending=None)
        case CaseExtended():
            return replace(moved, pending=None, n_extensions=before.n_extensions + 1)
        case CaseSuspended():
            return replace(moved, pending=None, suspended_from=before.state, review_on=event.review_on)
        case CaseResumed():
            return replace(moved, suspended_from=None, review_on=None)
        case CaseVoided():
            return replace(moved, pending=None, closed_at=event.at)
        case CaseMerged():
            return replace(moved, pending=None, closed_at=event.at, merged_into=event.into)
        case ReportJoined():
            return replace(moved, n_reports=before.n_reports + 1)
        case CaseReopened():
            return replace(moved, n_reopened=before.n_reopened + 1, cleared_at=None, closed_at=None, verifier_id=None)
        case CaseRelocated():
            return replace(
                moved, areas=event.areas, edition=event.edition, unit_code=None, holder_id=None, pending=None
            )
        case CaseUrged():
            return replace(moved, urged=True)
        case ClockStepped():
            return _stepped(moved, before, event)
        case _:
            return moved


def _stepped(moved: CaseFacts, before: CaseFacts, event: ClockStepped) -> CaseFacts:
    """Raises the flags of a ladder step."""
    return replace(
        moved,
        urged=before.urged or event.step is Step.URGE,
        escalated=before.escalated or event.step in (Step.OVERDUE, Step.SUPERVISE),
        supervised=before.supervised or event.step is Step.SUPERVISE,
    )
