"""A city at work for the tests of the workers: one clock for several processes, a sender that only takes notes.

Run as a program it is one real rq worker, as `whistle worker --queue` is, over that city.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from actions.ports import CityInfo, Deps, Store
from config.seed.read import read
from models.rules.catalogue import build
from tests.fakes import small_city
from tests.fakes.photos import MemoryPhotos, OpenDarkroom
from workers import jobs, runtime
from workers.jobs import VERBS, JobView
from workers.queues import Queues, connect
from workers.runtime import Loop, Runtime

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""A Monday, 09:00 in Tianjin."""


@dataclass(frozen=True)
class FileClock:
    """A clock that stands in a file, so that all processes of a test see the same time."""

    path: Path

    def __call__(self) -> datetime:
        """Reads the time."""
        return datetime.fromisoformat(self.path.read_text(encoding="ascii"))

    def set(self, moment: datetime) -> None:
        """Sets the time, whole or not at all."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(moment.isoformat(), encoding="ascii")
        fresh.replace(self.path)

    def forward(self, span: timedelta) -> None:
        """Moves the time on."""
        self.set(self() + span)


@dataclass(frozen=True)
class Notes:
    """A channel's sender that marks messages as sent and sends nothing."""

    deps: Deps

    async def drain(self) -> int:
        """Takes what waits, as the courier does."""
        now = self.deps.clock()
        async with self.deps.store.begin() as unit:
            rows = await unit.messages.claim("notes", 100, now, 30.0)
            for row in rows:
                await unit.messages.sent(row.id, None, now)
        return len(rows)

    async def download(self, file_id: str) -> bytes:
        """Has no files."""
        raise FileNotFoundError(file_id)


def wired(store: Store, clock: FileClock) -> Deps:
    """Wires the city of two streets without writing anything."""
    catalogue = build(read())
    return Deps(
        store=store,
        catalogue=catalogue,
        setting=catalogue.setting,
        photos=MemoryPhotos(),
        darkroom=OpenDarkroom(),
        clock=clock,
        hint=lambda: None,
        city=CityInfo(small_city.CITY, "天津市", "TJ"),
        index=small_city.index(),
        gazetteer=small_city.gazetteer(),
    )


async def hang(here: Runtime, rows: list[JobView]) -> None:
    """Job of the tests: says that it began, and at the first try does not end."""
    began = Path(str(rows[0].args["began"]))
    first = not await asyncio.to_thread(began.exists)
    await asyncio.to_thread(began.write_text, "began", "ascii")
    if first:
        await asyncio.Event().wait()


VERBS["hang"] = hang  # type: ignore[assignment]


def work(database_url: str, redis_url: str, clock_path: str, queue: str) -> None:
    """Is one worker until it is ended."""
    loop = Loop()
    clock = FileClock(Path(clock_path))

    async def opened() -> Deps:
        return wired(await Store.open(database_url, clock=clock), clock)

    deps = loop.call(opened())
    runtime.install(loop, Runtime(deps, Notes(deps)))
    assert jobs.VERBS is VERBS
    Queues(connect(redis_url, waits=True)).worker(queue).work(with_scheduler=False, logging_level="WARNING")
    loop.call(deps.store.close())
    loop.close()


if __name__ == "__main__":
    work(*sys.argv[1:])
