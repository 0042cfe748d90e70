"""What somebody wants done to a case. Values only; `workflow.decide` says whether it happens."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from models.rules.clocks import ClockName
from models.rules.facts import AreaCodes, Ask, Picture


class Verb(StrEnum):
    """The verbs of the loop (闭环); each is one row or more of the transitions table."""

    DISPATCH = "dispatch"
    DESIGNATE = "designate"
    SIGN = "sign"
    HAND_BACK = "hand_back"
    HAND_OVER = "hand_over"
    ARRIVE = "arrive"
    HAND_IN = "hand_in"
    ASSIGN_CHECK = "assign_check"
    PASS_CHECK = "pass_check"
    FAIL_CHECK = "fail_check"
    ASK = "ask"
    DECLINE = "decline"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    VOID = "void"
    MERGE = "merge"
    JOIN = "join"
    REOPEN = "reopen"
    RELOCATE = "relocate"
    URGE = "urge"
    STEP = "step"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Root of the commands; `verb` is the row of the table that a command asks for."""

    verb: ClassVar[Verb]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch(Command):
    """派遣: give the case to a unit, and to its person on post if there is one; `rule` tells why."""

    verb: ClassVar[Verb] = Verb.DISPATCH
    unit_code: str | None
    holder_id: int | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Designate(Command):
    """The district centre names an owner who cannot return the case."""

    verb: ClassVar[Verb] = Verb.DESIGNATE
    unit_code: str | None
    holder_id: int | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(Command):
    """签收."""

    verb: ClassVar[Verb] = Verb.SIGN


@dataclass(frozen=True, slots=True, kw_only=True)
class HandBack(Command):
    """退单: reason code and words, inside the return window."""

    verb: ClassVar[Verb] = Verb.HAND_BACK
    reason: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Command):
    """Give the case to a colleague of the same unit, or (the service only) to nobody yet; clocks run on."""

    verb: ClassVar[Verb] = Verb.HAND_OVER
    holder_id: int | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(Command):
    """到场: the holder is on the spot and starts."""

    verb: ClassVar[Verb] = Verb.ARRIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn(Command):
    """处置反馈: after-photos and words. `before` are the pictures that reported the hazard.

    `n_loading` counts after-photos whose bytes have not arrived.
    """

    verb: ClassVar[Verb] = Verb.HAND_IN
    words: str
    after: tuple[Picture, ...] = ()
    before: tuple[Picture, ...] = ()
    n_loading: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignCheck(Command):
    """核查派遣: name who checks on the spot; None leaves it to any verifier of the area."""

    verb: ClassVar[Verb] = Verb.ASSIGN_CHECK
    verifier_id: int | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCheck(Command):
    """核查通过: the hazard is gone."""

    verb: ClassVar[Verb] = Verb.PASS_CHECK
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailCheck(Command):
    """核查不通过: back to handling, with words."""

    verb: ClassVar[Verb] = Verb.FAIL_CHECK
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFor(Command):
    """Ask a second person for an extension, a suspension or the voiding of the case."""

    verb: ClassVar[Verb] = Verb.ASK
    ask: Ask
    words: str
    reason: str | None = None
    until: datetime | None = None
    review_on: date | None = None
    measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(Command):
    """Turn down what was asked."""

    verb: ClassVar[Verb] = Verb.DECLINE
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Command):
    """延期: grant the new deadline that was asked for."""

    verb: ClassVar[Verb] = Verb.EXTEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(Command):
    """挂账: grant the suspension that was asked for."""

    verb: ClassVar[Verb] = Verb.SUSPEND


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Command):
    """End a suspension; clocks run on with what was left."""

    verb: ClassVar[Verb] = Verb.RESUME
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Command):
    """作废: grant the voiding that was asked for."""

    verb: ClassVar[Verb] = Verb.VOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Command):
    """并案: close this case into another one, which goes on."""

    verb: ClassVar[Verb] = Verb.MERGE
    into: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Command):
    """Another report of the same hazard joins the case."""

    verb: ClassVar[Verb] = Verb.JOIN
    report_no: str
    reporter_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    """A cleared hazard is back."""

    verb: ClassVar[Verb] = Verb.REOPEN
    reason: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocate(Command):
    """The dispatcher places the case (anew); it is then routed anew. A point (WGS-84) moves the pin too."""

    verb: ClassVar[Verb] = Verb.RELOCATE
    areas: AreaCodes
    edition: str
    words: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(Command):
    """催办."""

    verb: ClassVar[Verb] = Verb.URGE
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Command):
    """The sweep found that a clock's next ladder step is due."""

    verb: ClassVar[Verb] = Verb.STEP
    clock: ClockName
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Command):
    """Words or pictures added to the history without a change of state."""

    verb: ClassVar[Verb] = Verb.NOTE
    words: str
    media: tuple[int, ...] = field(default=())
