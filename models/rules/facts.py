"""What is true of one case at one moment: the fold of its events, and the judge's only input about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from models.rules.clocks import Clock, ClockName, Limits
from models.rules.states import OPEN, Grade, State, Urgency


@dataclass(frozen=True, slots=True)
class AreaCodes:
    """Where a case lies, level by level; a level is None where nobody knows or the city has none.

    `placed` is False while the codes only say in whose queue it waits.
    """

    city: str
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    placed: bool = True

    @property
    def chain(self) -> tuple[str, ...]:
        """Gives the known codes from the city inwards."""
        levels = (self.city, self.district, self.street, self.community, self.grid)
        return tuple(code for code in levels if code is not None)


class Ask(StrEnum):
    """What a holder can ask of a second person."""

    EXTENSION = "extension"
    SUSPENSION = "suspension"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A request that waits for a second person."""

    ask: Ask
    by: int | None
    at: datetime
    reason: str | None = None
    words: str | None = None
    until: datetime | None = None
    review_on: date | None = None
    measure: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture as the rules see it: its number, exact hash and perceptual hash (512-bit, hex)."""

    media_id: int
    sha256: str
    phash: str


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """One case (案卷). `version` counts its events; nothing here was set except by an event."""

    case_no: str
    version: int
    state: State
    kind: str
    urgency: Urgency
    grade: Grade
    areas: AreaCodes
    edition: str
    limits: Limits
    registered_at: datetime
    reporter_id: int | None
    on_spot: bool = False
    unit_code: str | None = None
    holder_id: int | None = None
    verifier_id: int | None = None
    rectifier_ids: tuple[int, ...] = ()
    clocks: Mapping[ClockName, Clock] = field(default_factory=dict)
    pending: Pending | None = None
    suspended_from: State | None = None
    review_on: date | None = None
    merged_into: str | None = None
    n_reports: int = 1
    n_dispatched: int = 0
    n_returned: int = 0
    n_handled: int = 0
    n_checked: int = 0
    n_rework: int = 0
    n_extensions: int = 0
    n_reopened: int = 0
    designated: bool = False
    urged: bool = False
    supervised: bool = False
    escalated: bool = False
    whistled: bool = False
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    arrived_at: datetime | None = None
    handled_at: datetime | None = None
    checked_at: datetime | None = None
    cleared_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Tells whether somebody still owes a step."""
        return self.state in OPEN

    @property
    def extended(self) -> bool:
        """Tells whether its deadline was moved."""
        return self.n_extensions > 0

    @property
    def overdue(self) -> bool:
        """Tells whether a clock that still runs has run out."""
        return self.open and any(c.running and c.ran_out for c in self.clocks.values())

    @property
    def due_at(self) -> datetime | None:
        """Gives when the hazard must be gone: the due time of the `done` clock, if it ever ran."""
        done = self.clocks.get(ClockName.DONE)
        return done.due_at if done else None

    @property
    def on_time(self) -> bool | None:
        """Tells whether the hazard was handled by its due time; None while that is not decided."""
        done = self.clocks.get(ClockName.DONE)
        if done is None:
            return True if self.on_spot and self.state is State.CLEARED else None
        if done.stopped_at is None:
            return False if done.ran_out else None
        return done.stopped_at <= done.due_at

    @property
    def signed_in_limit(self) -> bool | None:
        """Tells whether the latest dispatch was signed within its limit; None while that is open."""
        clock = self.clocks.get(ClockName.ACKNOWLEDGE)
        if clock is None:
            return None
        if clock.stopped_at is None:
            return False if clock.ran_out else None
        return self.signed_at is not None and clock.stopped_at <= clock.due_at

    def clock(self, name: ClockName) -> Clock | None:
        """Finds a clock that was ever started."""
        return self.clocks.get(name)

    def returnable(self, now: datetime) -> bool:
        """Tells whether the return window that opened at dispatch is still open; its last moment counts."""
        window = self.clocks.get(ClockName.RETURNING)
        return window is not None and window.stopped_at is None and now <= window.due_at
