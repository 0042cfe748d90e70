"""How fast does a burst of filed reports reach the queue of cards, and what becomes of lives in danger meanwhile?

python -m bench.pipeline            48,000 reports on PostgreSQL, one worker process for placing
python -m bench.pipeline --short    2,000 reports, as CI runs it

The worker has a core of its own; relay, sender, database and this program share the other. A report counts when its
case is dispatched and the card for its holder is a row of the outbox: both come in one transaction.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

import processes
from actions import reports
from actions.ports import Unit
from bench.bot_api import Arrivals, serving
from bench.cores import LOAD_CORE, SERVER_CORE, databases, pinned, servers
from bench.town import Town, found
from config.loops import run
from config.settings import Settings
from models.store.messages import MESSAGES
from workers.queues import NOTIFY, PLACE

FILED_ALONE = 300
PATIENCE_S = 900.0


@dataclass(slots=True)
class Seen:
    """What was measured."""

    n: int
    place_s: float = 0.0
    file_per_s: float = 0.0
    burst_s: float = 0.0
    worker_s: float = 0.0
    urgent_s: list[float] = field(default_factory=list)


async def measure(town: Town, arrivals: Arrivals, n: int) -> Seen:
    """Fills, then starts the processes and watches."""
    seen = Seen(n)
    began = time.perf_counter()
    for _ in range(1000):
        town.request()
    seen.place_s = (time.perf_counter() - began) / 1000
    began = time.perf_counter()
    await asyncio.gather(*(_file_some(town, FILED_ALONE // 6) for _ in range(6)))
    seen.file_per_s = FILED_ALONE / (time.perf_counter() - began)
    await town.file(n - FILED_ALONE)
    async with town.deps.store.begin() as unit:
        # The receipts to reporters are no cards for holders; they would keep the sender from being idle at first.
        await unit.line.run(MESSAGES.delete())
    with ExitStack() as stack:
        environ = town.environ()
        for part, core in ((NOTIFY, LOAD_CORE), (PLACE, SERVER_CORE)):
            worker = psutil.Process(stack.enter_context(pinned(core, ["bench.pipeline", "--part", part], environ)).pid)
        await asyncio.sleep(4)
        stack.enter_context(pinned(LOAD_CORE, ["bench.pipeline", "--part", "schedule"], environ))
        seen.burst_s = await _watched(town, arrivals, seen, worker)
    return seen


async def _file_some(town: Town, n: int) -> None:
    for _ in range(n):
        await reports.file(town.deps, town.chance.choice(town.reporters), town.request())


async def _watched(town: Town, arrivals: Arrivals, seen: Seen, worker: psutil.Process) -> float:
    """Waits until every case is on its way, and files a life in danger now and then; gives the seconds."""
    began: float | None = None
    tasks: list[asyncio.Task[None]] = []
    until = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < until:
        async with town.deps.store.read() as unit:
            left = await _waiting(unit)
        if began is None and left < seen.n:
            # The first batch is through: the processes are up. What it took is counted from the cases left.
            began, seen.n, seen.worker_s = time.perf_counter(), left, -_cpu_s(worker)
        if began is not None and left == 0:
            break
        if began is not None and len(tasks) < 10 and time.perf_counter() - began > 0.5 * len(tasks):
            tasks.append(asyncio.create_task(_in_danger(town, arrivals, seen)))
        await asyncio.sleep(0.1)
    assert began is not None
    took = time.perf_counter() - began
    seen.worker_s += _cpu_s(worker)
    await asyncio.gather(*tasks)
    return took


def _cpu_s(process: psutil.Process) -> float:
    used = process.cpu_times()
    return float(used.user + used.system)


async def _waiting(unit: Unit) -> int:
    """Counts the cases whose job is not done; a case that no rule places is on the dispatcher's queue of cards then."""
    return (await unit.jobs.waiting()).get("route", 0)


async def _in_danger(town: Town, arrivals: Arrivals, seen: Seen) -> None:
    """Files a report of a life in danger and waits until its card is at the channel."""
    began = time.perf_counter()
    filed = await reports.file(town.deps, town.chance.choice(town.reporters), town.request(life_danger=True))
    while time.perf_counter() - began < 20:
        if any(str(filed.case_no) in text and at >= began for at, _, text in arrivals.at[-3000:]):
            seen.urgent_s.append(time.perf_counter() - began)
            return
        await asyncio.sleep(0.02)
    seen.urgent_s.append(20.0)


def main() -> None:
    """Measures and prints, or is one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--reports", type=int, default=0)
    parser.add_argument("--nice", type=int, default=0, help="priority of all parts, on a machine that others use")
    parser.add_argument("--part", default="")
    asked = parser.parse_args()
    if asked.part:
        _part(asked.part)
        return
    os.sched_setaffinity(0, {LOAD_CORE})
    os.nice(asked.nice)
    n = asked.reports or (2_000 if asked.short else 48_000)
    with tempfile.TemporaryDirectory() as folder, servers() as (_, redis), databases() as urls:
        seen = run(_all(Path(folder), urls["PostgreSQL"], redis, n))
    _print(seen)


async def _all(folder: Path, database: str, redis: str, n: int) -> Seen:
    async with serving(strict=False) as arrivals:
        town = await found(folder, database, redis, bot_api_url=arrivals.base, strict_limits=True)
        try:
            return await measure(town, arrivals, n)
        finally:
            await town.wired.close()


def _part(part: str) -> None:
    settings = Settings()
    if part == "schedule":
        processes.schedule_main(settings)
    else:
        processes.worker_main(settings, part)


def _print(seen: Seen) -> None:
    rate = seen.n / seen.burst_s
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    table = Table(title=f"A burst of {seen.n:,} filed reports on PostgreSQL, load average {load}")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_row("placing a fix", f"{1e6 * seen.place_s:.0f} µs")
    table.add_row("filing, one transaction each, one process", f"{seen.file_per_s:,.0f} reports/s")
    table.add_row("filed → routed → card queued, one worker process", f"{rate:,.0f} reports/s")
    table.add_row("the same by the worker's own time on its core", f"{seen.n / seen.worker_s:,.0f} reports/s")
    table.add_row("the whole burst", f"{seen.burst_s:.1f} s")
    if seen.urgent_s:
        table.add_row("life in danger, file → at the channel: median", f"{statistics.median(seen.urgent_s):.2f} s")
        table.add_row("the same, worst", f"{max(seen.urgent_s):.2f} s")
    Console().print(table)
    if seen.burst_s >= PATIENCE_S:
        sys.exit("the burst did not end in time")


if __name__ == "__main__":
    main()
