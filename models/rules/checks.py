"""The needs of the transitions table, one small function each: None when met, else the refusal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.rules import commands as c
from models.rules import errors as e
from models.rules.evidence import repeats
from models.rules.facts import Ask, CaseFacts
from models.rules.parties import plays
from models.rules.roles import Actor, Party
from models.rules.states import Urgency
from models.rules.transitions import Need, Policy


@dataclass(frozen=True, slots=True)
class Question:
    """Everything a check may look at."""

    facts: CaseFacts
    command: c.Command
    actor: Actor
    now: datetime
    policy: Policy


Check = Callable[[Question], e.Refusal | None]


def reason(q: Question) -> e.Refusal | None:
    """A reason code is given; the door offers only those of the catalogue."""
    return None if getattr(q.command, "reason", None) else e.ReasonMissing()


def words(q: Question) -> e.Refusal | None:
    """Some words are given."""
    return None if str(getattr(q.command, "words", "")).strip() else e.WordsMissing()


def target(q: Question) -> e.Refusal | None:
    """The command names somebody or something other than what is."""
    match q.command:
        case c.Dispatch() | c.Designate() if q.command.unit_code is None and q.command.holder_id is None:
            return e.NoTarget()
        case c.HandOver() if q.command.holder_id == q.facts.holder_id:
            return e.NoTarget()
        case c.Merge() if q.command.into == q.facts.case_no:
            return e.NoTarget()
        case c.Relocate() if not q.command.areas.placed or q.command.areas.street is None:
            return e.NoTarget()
    return None


def after_photo(q: Question) -> e.Refusal | None:
    """An after-photo is here, and none is the picture that reported the hazard."""
    assert isinstance(q.command, c.HandIn)
    if q.command.n_loading:
        return e.PhotoStillLoading(n=q.command.n_loading)
    if not q.command.after:
        return e.ProofMissing()
    twin = repeats(q.command.after, q.command.before)
    return e.SamePicture(media_id=twin.media_id) if twin else None


def in_return_window(q: Question) -> e.Refusal | None:
    """The window that opened at dispatch is still open."""
    return None if q.facts.returnable(q.now) else e.TooLate()


def not_designated(q: Question) -> e.Refusal | None:
    """The district did not name this owner."""
    return e.DesignatedStays() if q.facts.designated else None


def district_after_bounces(q: Question) -> e.Refusal | None:
    """After too many returns, or once designated, only the district decides."""
    stuck = q.facts.n_returned >= q.policy.n_returns_to_district or q.facts.designated
    if stuck and not plays(q.actor, Party.DISTRICT, q.facts):
        return e.DistrictDecides(n=q.facts.n_returned)
    return None


def not_rectifier(q: Question) -> e.Refusal | None:
    """Nobody checks a hazard that they ever rectified."""
    return e.OwnWork() if q.actor.person_id in q.facts.rectifier_ids else None


def checker_not_rectifier(q: Question) -> e.Refusal | None:
    """Nobody is named to check what they rectified."""
    assert isinstance(q.command, c.AssignCheck)
    return e.OwnWork() if q.command.verifier_id in q.facts.rectifier_ids else None


def complete_ask(q: Question) -> e.Refusal | None:
    """What is asked can be granted at all."""
    assert isinstance(q.command, c.AskFor)
    match q.command.ask:
        case Ask.EXTENSION:
            return _holders_only(q) or _extension(q, q.command.until)
        case Ask.SUSPENSION:
            return _holders_only(q) or _suspension(q, q.command)
        case Ask.VOID:
            return None if q.command.reason else e.ReasonMissing()


def _holders_only(q: Question) -> e.Refusal | None:
    """Only who owes the work can ask for time."""
    if q.facts.unit_code is None and q.facts.holder_id is None:
        return e.WrongState(state=q.facts.state, verb=q.command.verb)
    return None if plays(q.actor, Party.HOLDER, q.facts) else e.NotYourCase()


def _extension(q: Question, until: datetime | None) -> e.Refusal | None:
    if q.facts.urgency is Urgency.U1:
        return e.NoExtensionForLifeDanger()
    if q.facts.n_extensions >= q.policy.n_extensions:
        return e.ExtensionsUsed(n=q.facts.n_extensions)
    if until is None or q.facts.due_at is None or until <= q.facts.due_at or until <= q.now:
        return e.DeadlineNotLater()
    return None


def _suspension(q: Question, command: c.AskFor) -> e.Refusal | None:
    if not command.reason:
        return e.ReasonMissing()
    if not (command.measure or "").strip():
        return e.MeasureMissing()
    if command.review_on is None or command.review_on <= q.now.date():
        return e.ReviewDateMissing()
    return None


def _asked(ask: Ask) -> Check:
    """Builds the check that this very thing is waiting for a second person."""

    def check(q: Question) -> e.Refusal | None:
        return None if q.facts.pending and q.facts.pending.ask is ask else e.NothingAsked()

    return check


def something_asked(q: Question) -> e.Refusal | None:
    """Anything waits for a second person."""
    return None if q.facts.pending else e.NothingAsked()


def second_person(q: Question) -> e.Refusal | None:
    """Who asked does not grant."""
    if q.facts.pending and q.facts.pending.by == q.actor.person_id:
        return e.SecondPersonNeeded()
    return None


def extension_left(q: Question) -> e.Refusal | None:
    """Still lawful now; the first is the street's to give, the second the district's."""
    pending = q.facts.pending
    refusal = _extension(q, pending.until if pending else None)
    if refusal is None and q.facts.n_extensions and not plays(q.actor, Party.DISTRICT, q.facts):
        return e.ExtensionsUsed(n=q.facts.n_extensions)
    return refusal


CHECKS: dict[Need, Check] = {
    Need.REASON: reason,
    Need.WORDS: words,
    Need.TARGET: target,
    Need.AFTER_PHOTO: after_photo,
    Need.IN_RETURN_WINDOW: in_return_window,
    Need.NOT_DESIGNATED: not_designated,
    Need.DISTRICT_AFTER_BOUNCES: district_after_bounces,
    Need.NOT_RECTIFIER: not_rectifier,
    Need.CHECKER_NOT_RECTIFIER: checker_not_rectifier,
    Need.COMPLETE_ASK: complete_ask,
    Need.EXTENSION_ASKED: _asked(Ask.EXTENSION),
    Need.SUSPENSION_ASKED: _asked(Ask.SUSPENSION),
    Need.VOID_ASKED: _asked(Ask.VOID),
    Need.SOMETHING_ASKED: something_asked,
    Need.SECOND_PERSON: second_person,
    Need.EXTENSION_LEFT: extension_left,
}
