"""How soon does a change of a case reach everybody who listens? Prints one table, asserts no time.

python -m bench.live                          500 listeners, 10 changes a second for 20 s, SQLite
python -m bench.live --listeners 100 --rate 5 --seconds 10 --database postgresql+asyncpg://…

The real web server runs in a process of its own, the writer in another; the listeners of this process take the time
from the writer's commit to the line that arrives. An empty PostgreSQL database is filled with a demonstration.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

import wiring
from actions import cases, reports
from actions.ports import Deps
from actions.reports import FilingRequest, PlaceGiven
from config.settings import Settings
from config.texts import Texts
from models.rules.facts import AreaCodes
from models.store import schema
from web.app import serve

ROOT = Path(__file__).resolve().parent.parent
WARM_S = 1.0


@dataclass
class Heard:
    """When each change arrived, by case and version."""

    at: dict[tuple[str, int], list[float]] = field(default_factory=dict)
    n_expected: int = 0
    n_ready: int = 0
    all_there: asyncio.Event = field(default_factory=asyncio.Event)
    read: dict[bytes, tuple[str, int]] = field(default_factory=dict)

    def is_ready(self) -> None:
        """Counts a listener who is told of everything from now on."""
        self.n_ready += 1
        if self.n_ready >= self.n_expected:
            self.all_there.set()

    def took(self, line: bytes) -> None:
        """Notes an arrival; what is told to all is read once, for the listeners share a process."""
        arrived = time.time()
        if line not in self.read:
            told = json.loads(line[6:])
            self.read[line] = (told["case_no"], told["version"])
        self.at.setdefault(self.read[line], []).append(arrived)


def _settings(options: argparse.Namespace, folder: str, port: int) -> Settings:
    return Settings(
        data_folder=Path(folder),
        web_port=port,
        database_url=options.database,
        calls_per_minute_of_address=1_000_000,
    )


def _serve(options: argparse.Namespace, folder: str, port: int) -> None:
    async def main() -> None:
        settings = _settings(options, folder, port)
        wired = await wiring.wire(settings)
        await serve(wired.deps, Texts.load([ROOT / "web" / "locales"]), settings, asyncio.Event())

    asyncio.run(main())


def _write(options: argparse.Namespace, folder: str, commits: multiprocessing.Queue[tuple[str, int, float]]) -> None:
    """Urges cases at the rate that was asked for, and tells when each change was committed."""

    async def main() -> None:
        wired = await wiring.wire(_settings(options, folder, 0))
        numbers = await _cases(wired.deps)
        async with wired.deps.store.read() as unit:
            person = await unit.people.by_staff_no("zhou")
            assert person is not None
            actor = await unit.people.actor(person.person_id, "bench")
        begun = time.monotonic()
        for n in range(int(options.rate * options.seconds)):
            await asyncio.sleep(max(0.0, begun + n / options.rate - time.monotonic()))
            seen = await cases.urge(wired.deps, actor, numbers[n % len(numbers)])
            commits.put((seen.case_no, seen.facts.version, time.time()))
        await wired.close()

    asyncio.run(main())


async def _cases(deps: Deps) -> list[str]:
    """Files some cases in the street of the demonstration's supervisor."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no("zhou")
        assert person is not None
        actor = await unit.people.actor(person.person_id, "bench")
    assert deps.index is not None
    at = deps.index.chain(actor.posts[0].area_code)
    assert at.city is not None
    areas = AreaCodes(at.city.code, at.district.code if at.district else None, at.street.code if at.street else None)
    place = PlaceGiven(areas=areas, edition=deps.index.edition, method="own_area", reason="chosen")
    made = []
    for n in range(20):
        request = FilingRequest(
            kind="corridor_clutter", text="楼道堆物", place=place, channel="bench", update_id=time.time_ns() + n
        )
        filed = await reports.file(deps, actor, request)
        assert filed.case_no is not None
        made.append(filed.case_no)
    return made


async def _listen(session: aiohttp.ClientSession, port: int, heard: Heard) -> None:
    async with session.get(f"http://127.0.0.1:{port}/api/v1/events") as answer:
        answer.raise_for_status()
        name = ""
        async for line in answer.content:
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
                if name == "ready":
                    heard.is_ready()
            elif line.startswith(b"data: ") and name == "case":
                heard.took(line)


async def measure(options: argparse.Namespace) -> tuple[list[float], int]:
    """Gives the times of all deliveries, and how many were missing."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        settings = _settings(options, folder, port)
        await asyncio.to_thread(schema.upgrade, settings.database)
        wired = await wiring.wire(settings)
        wired = await wiring.install(settings, wired)
        await wired.close()
        context = multiprocessing.get_context("spawn")
        commits: multiprocessing.Queue[tuple[str, int, float]] = context.Queue()
        server = context.Process(target=_serve, args=(options, folder, port), daemon=True)
        server.start()
        heard = Heard(n_expected=options.listeners)
        timeout = aiohttp.ClientTimeout(total=None)
        try:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:
                await _up(session, port)
                tasks = [asyncio.create_task(_listen(session, port, heard)) for _ in range(options.listeners)]
                await heard.all_there.wait()
                await asyncio.sleep(WARM_S)
                writer = context.Process(target=_write, args=(options, folder, commits), daemon=True)
                writer.start()
                done = []
                while len(done) < int(options.rate * options.seconds):
                    done.append(await asyncio.to_thread(commits.get, True, 60))
                await asyncio.sleep(3)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            server.kill()
            server.join()
    times, missing = [], 0
    for case_no, version, committed in done:
        got = heard.at.get((case_no, version), [])
        times += [arrived - committed for arrived in got]
        missing += options.listeners - len(got)
    return times, missing


async def _up(session: aiohttp.ClientSession, port: int) -> None:
    """Waits for the server."""
    for _ in range(600):
        try:
            async with session.get(f"http://127.0.0.1:{port}/healthz"):
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise TimeoutError("the server did not come up")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    times, missing = asyncio.run(measure(options))
    ordered = sorted(times)
    table = Table(
        title=f"{options.listeners} listeners, {options.rate:g} changes/s, {datetime.now(UTC):%Y-%m-%d %H:%M}"
    )
    for name in ("deliveries", "missing", "median ms", "p90 ms", "p99 ms", "worst ms"):
        table.add_column(name, justify="right")
    cuts = [ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 for share in (0.9, 0.99)]
    shown = [statistics.median(ordered) * 1000, *cuts, ordered[-1] * 1000]
    table.add_row(str(len(ordered)), str(missing), *(f"{ms:.0f}" for ms in shown))
    Console().print(table)


if __name__ == "__main__":
    main()
