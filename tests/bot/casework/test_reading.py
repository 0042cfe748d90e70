"""Dates, moments and case numbers as people type them."""

from datetime import UTC, date, datetime

import pytest

from bot.casework.dates import read_day, read_moment
from bot.casework.numbers import WHOLE
from models.rules.calendars import SHANGHAI

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday 10:00 in Tianjin."""


@pytest.mark.parametrize(
    ("said", "month", "day", "hour", "minute"),
    [
        ("12月5日", 12, 5, 18, 0),
        ("12-05 15:30", 12, 5, 15, 30),
        ("2026-12-05 8点", 12, 5, 8, 0),
        ("2026年12月5日 18:00", 12, 5, 18, 0),
        ("明天", 11, 24, 18, 0),
        ("后天下午 15:00", 11, 25, 15, 0),
        ("3天后", 11, 26, 18, 0),
        ("两周", None, None, None, None),
        ("2周", 12, 7, 18, 0),
        ("tomorrow 09:00", 11, 24, 9, 0),
        ("18:00", 11, 23, 18, 0),
    ],
)
def test_a_moment_is_read(said: str, month: int | None, day: int, hour: int, minute: int) -> None:
    expected = datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI) if month else None

    assert read_moment(said, NOW) == expected


@pytest.mark.parametrize("said", ["", "尽快", "13月1日", "2月30日", "25:00", "11-31"])
def test_what_is_no_date_is_none(said: str) -> None:
    assert read_moment(said, NOW) is None


def test_a_day_that_is_over_is_next_years() -> None:
    assert read_day("1-5", NOW) == date(2027, 1, 5)


@pytest.mark.parametrize("said", ["TJ-2026-000123", "tj-2026-123", "TJ 2026 000123"])
def test_a_whole_number_is_recognised(said: str) -> None:
    assert WHOLE.search(said)
