"""The packed days that a process keeps, and spans of them added up; only what changed is read and added again.

Nothing here is ever older than the database: every question first looks at a mark that each change of a day renews.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from models.store import packs
from models.store.kv import Marks
from models.store.line import Line
from models.store.packs import COLUMNS, N_CELLS, STANDING, DayPack, DayTimes, Numbers, parted
from models.store.rollups import DAYS, OPEN, STAMP

KEPT_DAYS = 130
"""As many days as a process keeps: two months with the two before them, some 20 MB at ten million cases."""
KEPT_SPANS = 12
KEPT_ANSWERS = 8
_NONE = np.zeros(0, np.int64)


@dataclass(slots=True)
class Day:
    """One day as it was read. `rows` and `kind_rows` are the numbers of its places and kinds in the cube."""

    revision: int
    pack: DayPack
    rows: Numbers
    kind_rows: Numbers
    times: DayTimes | None = None


@dataclass(slots=True)
class Added:
    """A span added up: sums by place and by day, times by place, sums by kind; `days` says of which reading."""

    days: dict[date, Day | None] = field(default_factory=dict)
    sums: Numbers = field(default_factory=lambda: np.zeros((0, len(COLUMNS)), np.int64))
    cells: Numbers = field(default_factory=lambda: np.zeros((0, N_CELLS), np.int64))
    whole: Numbers = field(default_factory=lambda: np.zeros(N_CELLS, np.int64))
    kinds: Numbers = field(default_factory=lambda: np.zeros((0, len(COLUMNS)), np.int64))
    timed: bool = False


class Cube:
    """Keeps days and spans for one process. Whoever asks holds the lock from the look to the answer."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.places: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        self._names: list[str] = []
        self._stamp: object = None
        self._revisions: dict[date, int] = {}
        self.open: tuple[Numbers, Numbers, Numbers] = (_NONE, _NONE, np.zeros((0, len(STANDING)), np.int64))
        self.answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._days: OrderedDict[date, Day] = OrderedDict()
        self._spans: OrderedDict[tuple[date, date], Added] = OrderedDict()

    async def look(self, line: Line) -> None:
        """Finds out which days changed since the last look; one statement when none did."""
        stamp = await Marks(line).get(STAMP)
        if stamp is not None and stamp == self._stamp:
            return
        rows = await line.rows(select(DAYS.day, DAYS.revision))
        self._revisions = {row.day: row.revision for row in rows}
        body = await line.scalar(select(OPEN.body))
        held = packs.NOTHING_OPEN if body is None else packs.load_open(body)
        self.open = (_numbered(held.places, self.places)[held.rows[:, 0]], held.rows[:, 1], held.rows[:, 2:])
        self._stamp = stamp
        self.answers.clear()

    @property
    def names(self) -> list[str]:
        """Lists the places by their numbers."""
        if len(self._names) != len(self.places):
            self._names = list(self.places)
        return self._names

    def keep(self, key: Hashable, answer: Any) -> None:
        """Keeps an answer until the next change of a day."""
        self.answers[key] = answer
        while len(self.answers) > KEPT_ANSWERS:
            self.answers.popitem(last=False)

    async def days(self, line: Line, days: list[date], *, timed: bool = False) -> Mapping[date, Day]:
        """Gives packed days; one of which nothing was ever counted is left out."""
        await self._read(line, days, timed=timed)
        return {day: self._days[day] for day in days if day in self._days}

    async def added(self, line: Line, days: list[date], *, timed: bool) -> Added:
        """Adds up a span of days; those that were added before and did not change are left as they are."""
        await self._read(line, days, timed=timed)
        key = (days[0], days[-1])
        span = self._spans.pop(key, None)
        if span is None or (timed and not span.timed):
            span = Added(timed=timed)
        self._grow(span)
        for day in days:
            old, new = span.days.get(day), self._days.get(day)
            if old is new:
                continue
            _add(span, old, -1)
            _add(span, new, 1)
            span.days[day] = new
        self._spans[key] = span
        while len(self._spans) > KEPT_SPANS:
            self._spans.popitem(last=False)
        return span

    async def _read(self, line: Line, days: list[date], *, timed: bool) -> None:
        """Reads those days that are not held as they are now."""
        wanted = [day for day in days if self._missing(day, timed)]
        columns = (DAYS.day, DAYS.revision, DAYS.body, *((DAYS.times,) if timed else ()))
        alike: dict[tuple[str, ...], Numbers] = {}
        if wanted:
            for row in await line.rows(select(*columns).where(DAYS.day.in_(wanted))):
                pack = packs.load(row.body)
                times = packs.load_times(row.times) if timed else None
                # Most days have the same places and kinds in the same order, and are numbered in one go.
                for words, known in ((pack.places, self.places), (pack.kinds, self.kinds)):
                    if words not in alike:
                        alike[words] = _numbered(words, known)
                self._days[row.day] = Day(row.revision, pack, alike[pack.places], alike[pack.kinds], times)
        for day in days:
            if day in self._days:
                self._days.move_to_end(day)
                if day not in self._revisions:
                    del self._days[day]
        while len(self._days) > max(KEPT_DAYS, len(days)):
            self._days.popitem(last=False)

    def _missing(self, day: date, timed: bool) -> bool:
        held = self._days.get(day)
        return day in self._revisions and (
            held is None or held.revision != self._revisions[day] or (timed and held.times is None)
        )

    def _grow(self, span: Added) -> None:
        """Makes room for places and kinds that were not known when the span was added up."""
        span.sums = _grown(span.sums, len(self.places))
        span.kinds = _grown(span.kinds, len(self.kinds))
        if span.timed:
            span.cells = _grown(span.cells, len(self.places))

    def where(self, area_code: str | None) -> NDArray[np.bool_]:
        """Tells of every place whether it lies in an area."""
        if area_code is None:
            return np.ones(len(self.places), np.bool_)
        return np.array([area_code in parted(place) for place in self.places], np.bool_)


def _add(span: Added, day: Day | None, sign: int) -> None:
    """Adds a day to a span, or takes it away; a place is in a day once."""
    if day is None:
        return
    span.sums[day.rows] += sign * day.pack.sums
    span.whole += sign * day.pack.cells
    span.kinds[day.kind_rows] += sign * day.pack.kind_sums
    if span.timed and day.times is not None:
        held = day.times.held
        at = day.rows[held[:, 0]] * N_CELLS + held[:, 1]
        np.add.at(span.cells.reshape(-1), at, sign * held[:, 2].astype(np.int64))


def _numbered(words: Iterable[str], known: dict[str, int]) -> Numbers:
    return np.array([known.setdefault(word, len(known)) for word in words], np.int64)


def _grown(array: Numbers, n: int) -> Numbers:
    return array if len(array) >= n else np.vstack([array, np.zeros((n - len(array), array.shape[1]), np.int64)])
