"""How much working time lies between two moments, after a calendar of holidays and make-up days.

Pure arithmetic on a frozen calendar; which days are off is data (`config/seed/holidays.csv`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China keeps UTC+8 the whole year since 1991, so that a fixed offset is exact for every case here."""


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of working time within a day, local time; `ends` is later than `starts`."""

    starts: time
    ends: time


@dataclass(frozen=True)
class WorkCalendar:
    """Working windows of a day, the days off (节假日) and the make-up days worked instead (调休)."""

    windows: tuple[Window, ...]
    off: frozenset[date] = frozenset()
    makeup: frozenset[date] = frozenset()
    zone: tzinfo = field(default=SHANGHAI)

    @property
    def day_minutes(self) -> int:
        """Gives the working minutes of a full work day."""
        return sum(_minutes(w) for w in self.windows)

    def is_workday(self, day: date) -> bool:
        """Tells whether the day is worked: make-up days are, days off are not, else Monday to Friday."""
        if day in self.makeup:
            return True
        return day not in self.off and day.weekday() < 5

    def add(self, moment: datetime, minutes: float) -> datetime:
        """Gives the moment that many working minutes later (earlier when negative), in UTC.

        A moment outside working time counts from the next working minute (backwards: from the last one).
        """
        local = moment.astimezone(self.zone)
        left = timedelta(minutes=abs(minutes))
        if minutes >= 0:
            for starts, ends in self._forward(local):
                begin = max(starts, local)
                if ends - begin >= left:
                    return (begin + left).astimezone(UTC)
                left -= ends - begin
        for starts, ends in self._backward(local):
            finish = min(ends, local)
            if finish - starts >= left:
                return (finish - left).astimezone(UTC)
            left -= finish - starts
        raise AssertionError("a calendar without end always has another work day")

    def between(self, earlier: datetime, later: datetime) -> float:
        """Counts the working minutes from one moment to another; negative when `later` comes first."""
        if later < earlier:
            return -self.between(later, earlier)
        start, end = earlier.astimezone(self.zone), later.astimezone(self.zone)
        total = timedelta()
        for begins, ends in self._forward(start):
            if begins >= end:
                break
            total += min(ends, end) - max(begins, start)
        return total / timedelta(minutes=1)

    def _forward(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yields the windows that end after the moment, without end."""
        day = local.date()
        while True:
            if self.is_workday(day):
                for window in self.windows:
                    starts, ends = self._bounds(day, window)
                    if ends > local:
                        yield starts, ends
            day += timedelta(days=1)

    def _backward(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yields the windows that start before the moment, backwards without end."""
        day = local.date()
        while True:
            if self.is_workday(day):
                for window in reversed(self.windows):
                    starts, ends = self._bounds(day, window)
                    if starts < local:
                        yield starts, ends
            day -= timedelta(days=1)

    def _bounds(self, day: date, window: Window) -> tuple[datetime, datetime]:
        return (
            datetime.combine(day, window.starts, self.zone),
            datetime.combine(day, window.ends, self.zone),
        )


def _minutes(window: Window) -> int:
    """Gives the length of a window in minutes."""
    anchor = date(2000, 1, 1)
    return int((datetime.combine(anchor, window.ends) - datetime.combine(anchor, window.starts)) / timedelta(minutes=1))
