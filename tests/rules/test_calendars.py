"""Working time passes on work days within working hours, on make-up days too, and on no holiday."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.calendars import SHANGHAI, Window, WorkCalendar
from tests.rules.seeded import catalogue

MORNINGS = WorkCalendar((Window(time(8, 30), time(12)), Window(time(14), time(18))))
"""A calendar without holidays, 450 minutes a day."""
EDGES = st.lists(st.integers(0, 24 * 4 - 1), min_size=2, max_size=6, unique=True).map(sorted)
WINDOWS = EDGES.map(
    lambda edges: tuple(Window(_quarter(a), _quarter(b)) for a, b in zip(edges[::2], edges[1::2], strict=False))
)
DAYS = st.sets(st.dates(date(2026, 1, 1), date(2027, 3, 1)), max_size=40)
CALENDARS = st.builds(WorkCalendar, WINDOWS, DAYS.map(frozenset), DAYS.map(frozenset))
MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
MINUTES = st.integers(-20_000, 20_000)


def _quarter(n: int) -> time:
    return time(n // 4, n % 4 * 15)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type]


def test_a_friday_evening_report_is_due_on_monday_evening() -> None:
    assert MORNINGS.add(local(2026, 11, 27, 18, 30), MORNINGS.day_minutes) == local(2026, 11, 30, 18)


def test_lunch_is_not_working_time() -> None:
    assert MORNINGS.add(local(2026, 11, 24, 11, 30), 60) == local(2026, 11, 24, 14, 30)
    assert MORNINGS.between(local(2026, 11, 24, 11, 30), local(2026, 11, 24, 14, 30)) == 60


def test_no_minutes_from_a_night_is_the_next_morning() -> None:
    assert MORNINGS.add(local(2026, 11, 24, 22), 0) == local(2026, 11, 25, 8, 30)
    assert MORNINGS.between(local(2026, 11, 24, 19), local(2026, 11, 25, 8)) == 0


def test_the_answer_is_in_utc() -> None:
    assert MORNINGS.add(local(2026, 11, 24, 9), 30).tzinfo is UTC


def test_the_national_day_week_of_2026_stops_the_clock_and_its_make_up_day_runs_it() -> None:
    calendar = catalogue().calendar
    assert not any(calendar.is_workday(date(2026, 10, day)) for day in range(1, 8))
    assert calendar.is_workday(date(2026, 9, 20)), "a Sunday that is worked"
    assert calendar.is_workday(date(2026, 10, 10)), "a Saturday that is worked"
    assert calendar.add(local(2026, 9, 30, 17), 120) == local(2026, 10, 8, 9, 30)


def test_spring_festival_of_2026_lasts_nine_days() -> None:
    calendar = catalogue().calendar
    off = [d for d in range(1, 29) if not calendar.is_workday(date(2026, 2, d))]
    assert off == [1, 7, 8, 15, 16, 17, 18, 19, 20, 21, 22, 23]


def test_the_calendar_of_2027_has_the_statutory_days_and_no_invented_make_up_day() -> None:
    calendar = catalogue().calendar
    for day in [(1, 1), (2, 5), (2, 10), (4, 5), (5, 4), (6, 9), (9, 15), (10, 5)]:
        assert not calendar.is_workday(date(2027, *day))
    assert not [day for day in calendar.makeup if day.year == 2027]


def test_every_make_up_day_of_the_seed_is_a_weekend_and_no_day_is_both() -> None:
    calendar = catalogue().calendar
    assert all(day.weekday() >= 5 for day in calendar.makeup)
    assert not calendar.off & calendar.makeup


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.integers(0, 20_000))
def test_what_was_added_lies_between(calendar: WorkCalendar, moment: datetime, minutes: int) -> None:
    assert calendar.between(moment, calendar.add(moment, minutes)) == pytest.approx(minutes)
    assert calendar.between(calendar.add(moment, -minutes), moment) == pytest.approx(minutes)


@settings(deadline=None)
@given(CALENDARS, MOMENTS, MINUTES, MINUTES)
def test_more_minutes_never_end_earlier(calendar: WorkCalendar, moment: datetime, one: int, other: int) -> None:
    less, more = sorted((one, other))
    assert calendar.add(moment, less) <= calendar.add(moment, more)


@settings(deadline=None)
@given(CALENDARS, MOMENTS, st.integers(1, 5_000), st.integers(1, 5_000))
def test_adding_twice_is_adding_the_sum(calendar: WorkCalendar, moment: datetime, one: int, other: int) -> None:
    assert calendar.add(calendar.add(moment, one), other) == calendar.add(moment, one + other)


@settings(deadline=None)
@given(CALENDARS, MOMENTS, MINUTES)
def test_it_always_ends_in_or_at_the_edge_of_working_time(
    calendar: WorkCalendar, moment: datetime, minutes: int
) -> None:
    end = calendar.add(moment, minutes).astimezone(SHANGHAI)
    inside = [w for w in calendar.windows if w.starts <= end.time() <= w.ends]
    assert calendar.is_workday(end.date())
    assert inside


@settings(deadline=None)
@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up_and_turns_its_sign(
    calendar: WorkCalendar, one: datetime, two: datetime, three: datetime
) -> None:
    assert calendar.between(one, two) == -calendar.between(two, one)
    assert calendar.between(one, three) == pytest.approx(calendar.between(one, two) + calendar.between(two, three))
    assert abs(calendar.between(one, two)) <= abs((two - one) / timedelta(minutes=1))
