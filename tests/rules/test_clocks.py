"""A clock is due when its limit has passed, its ladder never goes back, and only a pause stops it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules import clocks
from models.rules.clocks import Clock, ClockName, LadderStep, Limit, Limits, Step
from tests.rules.seeded import catalogue

NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)
"""Nine o'clock on a Tuesday in Tianjin."""
CALENDAR = catalogue().calendar
HOUR = Limit(
    ClockName.DONE,
    100,
    False,
    (
        LadderStep(50, Step.REMIND),
        LadderStep(80, Step.URGE),
        LadderStep(100, Step.OVERDUE),
        LadderStep(150, Step.SUPERVISE),
    ),
)
MOMENTS = st.integers(0, 330 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
LIMITS = st.sampled_from(sorted(set(catalogue().limits.values()), key=repr))
SPANS = st.floats(0, 10_000).map(lambda minutes: timedelta(minutes=minutes))


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def walk(clock: Clock, limit: Limit) -> list[tuple[int, datetime]]:
    """Fires every step at its time and lists what fired."""
    fired = []
    while clock.next_percent is not None and clock.next_at is not None:
        fired.append((clock.next_percent, clock.next_at))
        clock = clocks.fire(clock, clock.next_percent, limit, CALENDAR)
    return fired


def test_the_steps_come_at_their_share_of_the_limit() -> None:
    assert walk(clocks.start(HOUR, NINE, CALENDAR), HOUR) == [
        (50, after(50)),
        (80, after(80)),
        (100, after(100)),
        (150, after(150)),
    ]


def test_a_limit_in_working_time_waits_for_the_morning() -> None:
    limit = replace(HOUR, minutes=CALENDAR.day_minutes, working=True)
    evening = datetime(2026, 11, 27, 11, tzinfo=UTC)
    assert clocks.start(limit, evening, CALENDAR).due_at == datetime(2026, 11, 30, 10, tzinfo=UTC)


def test_a_clock_ran_out_when_its_hundredth_percent_fired() -> None:
    clock = clocks.start(HOUR, NINE, CALENDAR)
    assert not clock.ran_out
    assert not clocks.fire(clock, 80, HOUR, CALENDAR).ran_out
    assert clocks.fire(clock, 100, HOUR, CALENDAR).ran_out


def test_a_stopped_clock_waits_for_no_step_and_a_false_done_buys_no_time() -> None:
    clock = clocks.fire(clocks.start(HOUR, NINE, CALENDAR), 50, HOUR, CALENDAR)
    stopped = clocks.stop(clock, after(60))
    assert (stopped.running, stopped.next_at) == (False, None)

    again = clocks.restart(stopped, HOUR, CALENDAR)
    assert (again.due_at, again.next_percent) == (after(100), 80)


def test_a_pause_keeps_what_was_left() -> None:
    paused = clocks.pause(clocks.start(HOUR, NINE, CALENDAR), after(30), CALENDAR)
    assert (paused.left_minutes, paused.next_at) == (70, None)

    resumed = clocks.resume(paused, HOUR, after(1000), CALENDAR)
    assert resumed.due_at == after(1070)
    assert resumed.next_at == after(1020)


def test_a_clock_paused_overdue_is_still_overdue_afterwards() -> None:
    late = clocks.fire(clocks.start(HOUR, NINE, CALENDAR), 100, HOUR, CALENDAR)
    resumed = clocks.resume(clocks.pause(late, after(120), CALENDAR), HOUR, after(500), CALENDAR)
    assert resumed.due_at == after(480)
    assert resumed.next_percent == 150


def test_an_extension_moves_the_steps_and_repeats_none() -> None:
    clock = clocks.fire(clocks.start(HOUR, NINE, CALENDAR), 80, HOUR, CALENDAR)
    longer = clocks.extend(clock, HOUR, after(200), after(90), CALENDAR)
    assert (longer.limit_minutes, longer.due_at) == (200, after(200))
    assert (longer.next_percent, longer.next_at) == (50, after(100)), "half of the longer span is still ahead"
    later = clocks.extend(clock, HOUR, after(200), after(110), CALENDAR)
    assert later.next_percent == 80


def test_a_limit_without_a_ladder_disturbs_nobody() -> None:
    clock = clocks.start(replace(HOUR, ladder=()), NINE, CALENDAR)
    assert clock.next_at is None
    assert clock.running


def test_a_clock_without_a_row_does_not_run() -> None:
    assert Limits((HOUR,)).of(ClockName.REVIEW) is None
    assert Limits((HOUR,)).of(ClockName.DONE) is HOUR


@settings(deadline=None)
@given(LIMITS, MOMENTS)
def test_every_limit_of_the_seed_fires_its_ladder_once_in_order(limit: Limit, now: datetime) -> None:
    clock = clocks.start(limit, now, CALENDAR)
    fired = walk(clock, limit)

    assert [percent for percent, _ in fired] == [step.percent for step in limit.ladder]
    assert [at for _, at in fired] == sorted(at for _, at in fired)
    assert clock.due_at > now
    for percent, at in fired:
        gone = clocks.apart(clock.due_at, at, limit.working, CALENDAR)
        assert gone == pytest.approx((percent - 100) / 100 * limit.minutes, abs=1e-3)


@settings(deadline=None)
@given(LIMITS, MOMENTS, SPANS, SPANS)
def test_a_pause_costs_and_gives_nothing(limit: Limit, now: datetime, until: timedelta, pause: timedelta) -> None:
    clock = clocks.start(limit, now, CALENDAR)
    paused_at = now + until
    resumed_at = paused_at + pause
    resumed = clocks.resume(clocks.pause(clock, paused_at, CALENDAR), limit, resumed_at, CALENDAR)

    left = clocks.apart(paused_at, clock.due_at, limit.working, CALENDAR)
    assert clocks.apart(resumed_at, resumed.due_at, limit.working, CALENDAR) == pytest.approx(left, abs=1e-3)
    assert resumed.running


@settings(deadline=None)
@given(LIMITS, MOMENTS, SPANS, st.integers(1, 20_000))
def test_an_extension_never_aims_at_a_step_behind(limit: Limit, now: datetime, wait: timedelta, more: int) -> None:
    clock = clocks.start(limit, now, CALENDAR)
    asked_at = min(now + wait, clock.due_at)
    until = clocks.later(clock.due_at, more, limit.working, CALENDAR)
    longer = clocks.extend(clock, limit, until, asked_at, CALENDAR)

    assert longer.due_at == until
    assert longer.limit_minutes >= clock.limit_minutes
    assert longer.next_at is None or longer.next_at > asked_at


@settings(deadline=None)
@given(LIMITS, MOMENTS, SPANS)
def test_stop_and_restart_leave_the_due_time(limit: Limit, now: datetime, wait: timedelta) -> None:
    clock = clocks.start(limit, now, CALENDAR)
    assert clocks.restart(clocks.stop(clock, now + wait), limit, CALENDAR) == clock
