"""What a clock of a case is: when it started, when it is due, which step of its ladder comes next.

Values only. The limits come from the catalogue and are frozen on the case when it starts.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.calendars import WorkCalendar
from models.rules.roles import Party


class ClockName(StrEnum):
    """The clocks of a case; each runs at most once at a time."""

    DISPATCHING = "dispatching"
    ACKNOWLEDGE = "acknowledge"
    RETURNING = "returning"
    ON_SCENE = "on_scene"
    DONE = "done"
    CHECKING = "checking"
    REVIEW = "review"


class Step(StrEnum):
    """What a step of the ladder does beside telling people."""

    REMIND = "remind"
    URGE = "urge"
    OVERDUE = "overdue"
    SUPERVISE = "supervise"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """At this percentage of the limit, this happens and these parties are told."""

    percent: int
    step: Step
    tell: tuple[Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock may run: minutes of the day, or of working time, and its ladder in rising order."""

    clock: ClockName
    minutes: int
    working: bool
    ladder: tuple[LadderStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits that a case started with; a clock without a row does not run."""

    rows: tuple[Limit, ...] = ()

    def of(self, clock: ClockName) -> Limit | None:
        """Finds the limit of a clock."""
        return next((row for row in self.rows if row.clock is clock), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of one case at one moment of its history.

    `limit_minutes` is the span the percentages refer to; `left_minutes` is set only while paused;
    `next_percent` and `next_at` name the ladder step that the sweep waits for.
    """

    name: ClockName
    started_at: datetime
    due_at: datetime
    limit_minutes: float
    working: bool
    fired_percent: int = 0
    next_percent: int | None = None
    next_at: datetime | None = None
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    left_minutes: float | None = None

    @property
    def running(self) -> bool:
        """Tells whether time passes on it: neither stopped nor paused."""
        return self.stopped_at is None and self.paused_at is None

    @property
    def ran_out(self) -> bool:
        """Tells whether it was let run past its due time, as the ladder noticed."""
        return self.fired_percent >= 100


def start(limit: Limit, now: datetime, calendar: WorkCalendar) -> Clock:
    """Starts a clock now."""
    due_at = later(now, limit.minutes, limit.working, calendar)
    fresh = Clock(
        name=limit.clock,
        started_at=now,
        due_at=due_at,
        limit_minutes=limit.minutes,
        working=limit.working,
    )
    return aim(fresh, limit, calendar)


def stop(clock: Clock, now: datetime) -> Clock:
    """Stops a clock for good or until rework restarts it."""
    return replace(clock, stopped_at=now, next_percent=None, next_at=None)


def restart(clock: Clock, limit: Limit, calendar: WorkCalendar) -> Clock:
    """Lets a stopped clock run on to its old due time: a false "done" buys no time."""
    return aim(replace(clock, stopped_at=None), limit, calendar)


def pause(clock: Clock, now: datetime, calendar: WorkCalendar) -> Clock:
    """Pauses a running clock and keeps what was left of it, in its own minutes."""
    left = apart(now, clock.due_at, clock.working, calendar)
    return replace(clock, paused_at=now, left_minutes=left, next_percent=None, next_at=None)


def resume(clock: Clock, limit: Limit, now: datetime, calendar: WorkCalendar) -> Clock:
    """Lets a paused clock run again with what was left of it."""
    due_at = later(now, clock.left_minutes or 0.0, clock.working, calendar)
    return aim(replace(clock, due_at=due_at, paused_at=None, left_minutes=None), limit, calendar)


def extend(clock: Clock, limit: Limit, due_at: datetime, now: datetime, calendar: WorkCalendar) -> Clock:
    """Moves the due time; percentages refer to the longer span, and steps already behind do not repeat."""
    span = apart(clock.started_at, due_at, clock.working, calendar)
    longer = replace(clock, due_at=due_at, limit_minutes=span)
    passed = [s.percent for s in limit.ladder if step_at(longer, s.percent, calendar) <= now]
    return aim(replace(longer, fired_percent=max(passed, default=0)), limit, calendar)


def fire(clock: Clock, percent: int, limit: Limit, calendar: WorkCalendar) -> Clock:
    """Marks a step as done and aims at the next one."""
    return aim(replace(clock, fired_percent=percent), limit, calendar)


def aim(clock: Clock, limit: Limit, calendar: WorkCalendar) -> Clock:
    """Sets which step comes next, or none after the last one."""
    ahead = [s.percent for s in limit.ladder if s.percent > clock.fired_percent]
    if not ahead:
        return replace(clock, next_percent=None, next_at=None)
    return replace(clock, next_percent=ahead[0], next_at=step_at(clock, ahead[0], calendar))


def step_at(clock: Clock, percent: int, calendar: WorkCalendar) -> datetime:
    """Gives the moment at which that share of the limit has passed, counted from the due time.

    The due time itself is never moved: the end of Friday's work is not the beginning of Monday's.
    """
    if percent == 100:
        return clock.due_at
    return later(clock.due_at, (percent - 100) / 100 * clock.limit_minutes, clock.working, calendar)


def later(moment: datetime, minutes: float, working: bool, calendar: WorkCalendar) -> datetime:
    """Adds minutes of the day or of working time."""
    return calendar.add(moment, minutes) if working else moment + timedelta(minutes=minutes)


def apart(earlier: datetime, later_: datetime, working: bool, calendar: WorkCalendar) -> float:
    """Counts minutes of the day or of working time between two moments."""
    if working:
        return calendar.between(earlier, later_)
    return (later_ - earlier) / timedelta(minutes=1)
