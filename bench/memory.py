"""How much memory does the whole service take, idle and after an hour of reports? Counts every process, shares once.

python -m bench.memory              idle, then 100 reports a second for an hour
python -m bench.memory --short      idle, then a minute

The figure is the sum of the proportional set sizes (PSS): what the machine has less for other things. The embedded
Valkey, the gateway and the processes that the service starts are counted, this program is not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from actions import reports
from bench.cores import ROOT, answering, free_port
from bench.town import Town, found
from config.loops import run

SETTLES_S = 20.0
RATE = 100
LIMIT_MB = 250


@contextmanager
def service(folder: Path) -> Iterator[psutil.Process]:
    """Runs everything on embedded defaults until the block ends."""
    web, gateway = free_port(), free_port()
    environ = {"WHISTLE_DATA_FOLDER": str(folder), "WHISTLE_WEB_PORT": str(web), "WHISTLE_GATEWAY_PORT": str(gateway)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WHISTLE_", "REDIS_"))}
    child = subprocess.Popen(
        [sys.executable, "-m", "cli", "run"], cwd=ROOT, env=kept | environ, stdout=subprocess.DEVNULL
    )
    try:
        answering(web, child)
        yield psutil.Process(child.pid)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def megabytes(root: psutil.Process) -> dict[str, float]:
    """Gives the PSS of each process by what it is."""
    found: dict[str, float] = {}
    for process in (root, *root.children(recursive=True)):
        info = process.memory_full_info()
        name = " ".join(process.cmdline()[:1])[-20:] + f" {process.pid}"
        found[name] = info.pss / 1e6
    return found


async def soak(town: Town, root: psutil.Process, seconds: float) -> list[tuple[float, float]]:
    """Files at the rate and notes seconds and megabytes twelve times."""
    seen: list[tuple[float, float]] = []
    began = time.monotonic()
    n = 0
    while (passed := time.monotonic() - began) < seconds:
        async with town.deps.store.begin():
            for _ in range(RATE // 4):
                await reports.file(town.deps, town.chance.choice(town.reporters), town.request())
        n += RATE // 4
        if passed >= len(seen) * seconds / 12:
            seen.append((passed, sum(megabytes(root).values())))
        await asyncio.sleep(max(0.0, n / RATE - (time.monotonic() - began)))
    return seen


def main() -> None:
    """Measures and prints; ends with a fault when the idle service takes more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seconds", type=float, default=0.0)
    asked = parser.parse_args()
    seconds = asked.seconds or (60.0 if asked.short else 3600.0)
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as root:
        time.sleep(SETTLES_S)
        idle = megabytes(root)
        _print(idle)
        for passed, total in run(_soaked(Path(folder).resolve(), root, seconds)):
            Console().print(f"{passed:6.0f} s  {total:6.1f} MB")
    if sum(idle.values()) > LIMIT_MB:
        sys.exit(f"idle over {LIMIT_MB} MB")


async def _soaked(folder: Path, root: psutil.Process, seconds: float) -> list[tuple[float, float]]:
    """Files into the database of the running service, through the same actions as its bot."""
    database, redis = f"sqlite+aiosqlite:///{folder}/whistle.sqlite3", f"unix://{folder}/valkey.sock"
    town = await found(folder, database, redis)
    try:
        return await soak(town, root, seconds)
    finally:
        await town.wired.close()


def _print(idle: dict[str, float]) -> None:
    table = Table(title="Idle, everything on embedded defaults")
    table.add_column("process")
    table.add_column("PSS, MB", justify="right")
    for name, size in idle.items():
        table.add_row(name, f"{size:.1f}")
    table.add_row("together", f"{sum(idle.values()):.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
