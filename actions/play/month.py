"""A month of a city for show: when hazards are seen, and everybody's lives led through until now."""

import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any, Protocol

from PIL import Image, ImageDraw

from actions import media, statistics
from actions.play.cast import CHANNEL, Cast, gather
from actions.play.life import Life
from actions.play.mark import MARK
from actions.play.script import Script
from actions.ports import Deps
from models.rules.roles import Actor

STORM_DAY = 12
STORM_TIMES, AFTERMATH_TIMES, WEEKEND_TIMES = 8.0, 3.0, 0.55
"""How many times the usual number of hazards is seen in the storm, on the day after, and on days off."""
HOURS = (1, 1, 0, 0, 1, 2, 4, 8, 14, 16, 15, 12, 8, 10, 14, 15, 13, 11, 8, 6, 5, 4, 2, 1)
"""How the hazards of a day spread over its hours."""
N_PHOTOS = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the play is: a moment of the city, and how many cases have been led."""

    at: datetime
    n_cases: int
    n_of: int


class StoryClock(Protocol):
    """A clock that stands where the story is."""

    def __call__(self) -> datetime:
        """Tells the time of the story."""

    def set(self, now: datetime) -> None:
        """Goes on, or back to another case's story."""


class PlayClock:
    """The clock of a play; everything that the play is wired with must read it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Tells the time of the story."""
        return self.at

    def set(self, now: datetime) -> None:
        """Goes on, or back to another case's story."""
        self.at = now


async def play(
    deps: Deps,
    clock: StoryClock,
    script: Script,
    *,
    days: int,
    seed: int,
    a_day: float,
    told: Callable[[Progress], Awaitable[None]],
) -> int:
    """Lets the city live `days` days until now; counts the cases. `deps` must have been wired with `clock`.

    Nobody's phone rings, and no job is left for a worker: every step that was due by now has been taken.
    """
    until, chance = clock(), Random(seed)
    quiet = replace(deps, silent=True, hint=lambda: None)
    cast = await gather(quiet, script, clock.set, until - timedelta(days=days + 1), await _boxes(deps))
    begun = sorted(_begun(quiet, chance, days, until, a_day))
    first = await _mark(quiet, days, seed, len(begun))
    life = Life(quiet, script, chance, until, clock.set, await _photos(quiet), _actors(cast), cast.centres)
    n, day = 0, None
    for number, (at, storm) in enumerate(begun, first):
        if at.date() != day:
            day = at.date()
            await statistics.refresh(quiet)
        clock.set(at)
        n += await life.lead(chance.choice(cast.streets), at, number, storm=storm) is not None
        await told(Progress(at, n, len(begun)))
    clock.set(until)
    await cast.leave(quiet)
    await statistics.refresh(quiet)
    return n


def _begun(deps: Deps, chance: Random, days: int, until: datetime, a_day: float) -> list[tuple[datetime, bool]]:
    """Chooses when hazards are seen, and which of them in the storm."""
    calendar = deps.setting.calendar
    last = until.astimezone(calendar.zone).date()
    seen = []
    for number in range(days, -1, -1):
        day = last - timedelta(days=number)
        of_play = days - number
        storm = of_play in (STORM_DAY, STORM_DAY + 1)
        times = {STORM_DAY: STORM_TIMES, STORM_DAY + 1: AFTERMATH_TIMES}.get(of_play)
        if times is None:
            times = 1.0 if calendar.is_workday(day) else WEEKEND_TIMES
        for _ in range(round(a_day * times * chance.uniform(0.8, 1.2))):
            hour = chance.choices(range(24), HOURS)[0]
            at = datetime.combine(day, time(hour, chance.randrange(60), chance.randrange(60)), calendar.zone)
            if at < until:
                seen.append((at.astimezone(UTC), storm))
    return seen


async def _mark(deps: Deps, days: int, seed: int, n: int) -> int:
    """Marks the database as played in, and gives the first number of this play's reports."""
    async with deps.store.begin() as unit:
        before = await unit.kv.get(MARK) or {"next": 1}
        first = int(before["next"])
        await unit.kv.put(MARK, {"days": days, "seed": seed, "next": first + n})
    return first


def _actors(cast: Cast) -> Callable[[int], Actor | None]:
    known = {actor.person_id: actor for actor in cast.everybody() if actor.person_id is not None}
    return known.get


async def _boxes(deps: Deps) -> Mapping[str, tuple[float, float, float, float]]:
    """Gives the box (west, south, east, north) around every street, in WGS-84 degrees."""
    drawn = await statistics.outlines(deps, "street")
    return {f["properties"]["code"]: _box(f["geometry"]["coordinates"]) for f in drawn["features"]}


def _box(coordinates: Sequence[Any]) -> tuple[float, float, float, float]:
    points = list(_points(coordinates))
    east_west, north_south = [p[0] for p in points], [p[1] for p in points]
    return min(east_west), min(north_south), max(east_west), max(north_south)


def _points(nested: Sequence[Any]) -> list[Sequence[float]]:
    if isinstance(nested[0], int | float):
        return [nested]
    return [point for part in nested for point in _points(part)]


async def _photos(deps: Deps) -> tuple[int, ...]:
    """Takes some drawn pictures in, as many of before as of after."""
    return tuple([(await media.take(deps, None, _picture(scene))).media_id for scene in range(N_PHOTOS)])


def _picture(scene: int) -> bytes:
    """Draws a plain picture that nobody can take for a photograph; each is another."""
    chance = Random(f"{CHANNEL} {scene}")
    image = Image.new("RGB", (640, 480), (235, 232, 224) if scene < N_PHOTOS // 2 else (222, 236, 226))
    pen = ImageDraw.Draw(image)
    for _ in range(24):
        x, y, size = chance.randrange(640), chance.randrange(480), chance.randrange(20, 160)
        colour = (chance.randrange(60, 220), chance.randrange(60, 220), chance.randrange(60, 220))
        pen.rectangle((x, y, x + size, y + size // 2), fill=colour, outline=(90, 90, 90))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
