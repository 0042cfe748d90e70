"""Reads a date or moment as people type it: 12-05, 12月5日 18:00, 2026年12月5日, 明天, 3天后."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from models.rules.calendars import SHANGHAI

END_OF_WORK: Final = time(18, 0)
"""A day named without an hour ends with the working day."""
_WORDS: Final = {"今天": 0, "明天": 1, "后天": 2, "後天": 2, "today": 0, "tomorrow": 1}
_SPAN: Final = re.compile(r"(\d{1,3})\s*(?:个|個)?(天|日|周|週|星期|days?|weeks?)(?:后|後|内|內)?", re.IGNORECASE)
_DAY: Final = re.compile(r"(?:(\d{4})\s*[-/.年])?\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?")
_CLOCK: Final = re.compile(r"(\d{1,2})\s*[:：点點时時]\s*(\d{1,2})?")


def read_moment(said: str, now: datetime) -> datetime | None:
    """Reads a moment in the city's time; None when it is none. A day alone means its end of work."""
    local = now.astimezone(SHANGHAI)
    on, rest = _day(said.strip(), local.date())
    clock = _CLOCK.search(rest)
    if on is None:
        if clock is None:
            return None
        on = local.date()
    at = END_OF_WORK
    if clock is not None:
        hour, minute = int(clock[1]), int(clock[2] or 0)
        if hour > 23 or minute > 59:
            return None
        at = time(hour, minute)
    return datetime.combine(on, at, SHANGHAI)


def read_day(said: str, now: datetime) -> date | None:
    """Reads a day; None when it is none."""
    return _day(said.strip(), now.astimezone(SHANGHAI).date())[0]


def _day(said: str, today: date) -> tuple[date | None, str]:
    """Gives the day and what was typed around it."""
    for word, days in _WORDS.items():
        if word in said.lower():
            return today + timedelta(days=days), said.lower().replace(word, " ")
    if found := _DAY.search(said):
        year = int(found[1]) if found[1] else today.year
        try:
            on = date(year, int(found[2]), int(found[3]))
            if not found[1] and on < today:
                # Nobody plans for the past: in December "1-5" is next January.
                on = on.replace(year=year + 1)
        except ValueError:
            return None, said
        return on, said[: found.start()] + " " + said[found.end() :]
    if found := _SPAN.search(said):
        weeks = found[2].lower() in ("周", "週", "星期", "week", "weeks")
        return today + timedelta(days=int(found[1]) * (7 if weeks else 1)), said[found.end() :]
    return None, said
