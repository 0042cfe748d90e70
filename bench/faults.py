"""What is lost when the service is harmed for long? Runs every harm on both engines and counts; asserts nothing lost.

python -m bench.faults                       200 kills in all and every other harm, some twenty minutes
python -m bench.faults --kills 20 --write    shorter; the table goes into docs/reliability.md

The naive control (enqueue, then answer) is `tests/faults/test_the_losing_control.py`: it must lose, and does.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.faults import harms, servers
from tests.faults.conservation import Balance
from tests.faults.drill import Drill, drill
from tests.faults.servers import Servers
from tests.faults.table import FAULTS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
RUNS, TABLE = "made by bench.faults", "made from tests/faults/table.py"
EMBEDDED, CITY = "SQLite + Valkey", "PostgreSQL + Redis"
COLUMNS = ("harm", "engines", "updates acknowledged", "reports acknowledged", "lost", "twice", "said twice", "seconds")
N_REPORTERS = 8


class Run(NamedTuple):
    """One harm on one engine: what was added to the balance by it."""

    harm: str
    engine: str
    n_updates: int
    n_receipts: int
    n_lost: int
    n_twice: int
    n_said_twice: int
    seconds: float
    faults: tuple[str, ...]


async def runs(kills: int, seed: int, at: Path) -> list[Run]:
    """Does all harm on both engines."""
    found: list[Run] = []
    async with drill(at / "embedded", seed=seed, n_reporters=N_REPORTERS, twice=1.0) as embedded:
        for name, harm in _embedded(embedded, kills):
            found.append(await _run(name, EMBEDDED, embedded, harm))
    if servers.at_hand():
        with servers.started(at / "servers") as own:
            city = drill(
                at / "city",
                seed=seed,
                n_reporters=N_REPORTERS,
                twice=1.0,
                database_url=own.database("drill"),
                redis_url=own.redis_url,
            )
            async with city as at_work:
                for name, harm in _city(at_work, own, kills):
                    found.append(await _run(name, CITY, at_work, harm))
    return found


def _embedded(at_work: Drill, kills: int) -> Iterator[tuple[str, harms.Harm]]:
    yield from _both(at_work, kills)
    yield "SQLite held by another writer for 10 s", harms.sqlite_held(at_work, 10.5)


def _city(at_work: Drill, own: Servers, kills: int) -> Iterator[tuple[str, harms.Harm]]:
    yield from _both(at_work, kills)
    yield "Redis stopped for 60 s, started empty", harms.no_redis(at_work, own, 60.0)
    yield "PostgreSQL's connections cut, then killed and restarted, 3 times", harms.postgres_dies(at_work, own, 3)


def _both(at_work: Drill, kills: int) -> Iterator[tuple[str, harms.Harm]]:
    share = max(1, kills // 2)
    yield f"kill -9 of bot, web, relay, workers, {share} times", harms.kills(at_work, share)
    yield "Redis emptied (FLUSHALL) 5 times", harms.flushes(at_work, 5)
    yield "a new version takes over", harms.deploy(at_work)
    yield "clocks an hour ahead, and back", harms.clock_jump(at_work, 1)
    yield "clocks an hour behind, and back", harms.clock_jump(at_work, -1)
    yield "a third of all calls: 429, 5xx, nothing, half an answer", harms.bad_channel(at_work, 20, 0.08)


async def _run(name: str, engine: str, at_work: Drill, harm: Callable[[], Awaitable[None]]) -> Run:
    """Does one harm and gives what it cost."""
    before, started = at_work.balance, time.monotonic()
    await at_work.work(harm, N_REPORTERS, longest_s=1800)
    after: Balance = await at_work.settled()
    run = Run(
        name,
        engine,
        after.n_updates - before.n_updates,
        after.n_receipts - before.n_receipts,
        after.n_lost,
        after.n_twice,
        after.n_said_twice - before.n_said_twice,
        time.monotonic() - started,
        tuple(after.faults),
    )
    sys.stderr.write(f"{run}\n")
    return run


def table(found: list[Run]) -> Table:
    """Lays the runs out."""
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    shown = Table(title=f"{load}; every update is delivered twice, one in twenty out of order")
    for column in COLUMNS:
        shown.add_column(column, justify="left" if column in COLUMNS[:2] else "right")
    for cells in _cells(found):
        shown.add_row(*cells)
    return shown


def _cells(found: list[Run]) -> Iterator[tuple[str, ...]]:
    for run in found:
        numbers = (run.n_updates, run.n_receipts, run.n_lost, run.n_twice, run.n_said_twice)
        yield run.harm, run.engine, *(f"{number:,}" for number in numbers), f"{run.seconds:.0f}"


def run_table(found: list[Run]) -> str:
    """Writes what a run came to."""
    day = datetime.now(UTC).date().isoformat()
    lines = [
        f"Measured {day} on {os.cpu_count()} cores that others used too: real processes, a fake Telegram that keeps",
        "the real retry, order and expiry rules, every update delivered twice and one in twenty out of order.",
        "*Said twice* counts messages whose sender died, or got half an answer, after the channel had taken them:",
        "they come again with the same case number.\n",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
        *(f"| {' | '.join(cells)} |" for cells in _cells(found)),
    ]
    return "\n".join(lines)


def fault_table() -> str:
    """Writes each of the 57 faults with the tests that show it."""
    lines = ["| # | fault | outcome | shown by |", "|---:|---|---|---|"]
    for one in FAULTS:
        tests = "<br>".join(f"`{test}`" for test in one.tests)
        lines.append(f"| {one.number} | {one.fault} | {one.outcome} | {tests} |")
    return "\n".join(lines)


def put(page: str, name: str, part: str) -> str:
    """Puts a part between its marks of a page."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{part}\n{end}{after}"


def write(found: list[Run]) -> None:
    """Puts the tables into the page; without a run, that of the faults alone."""
    page = put(PAGE.read_text(encoding="utf-8"), TABLE, fault_table())
    PAGE.write_text(put(page, RUNS, run_table(found)) if found else page, encoding="utf-8")


def main() -> None:
    """Runs all harm and shows what it came to; exit code 1 when anything was lost or disagrees."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=200, help="kills in all, half on each engine")
    asked.add_argument("--seed", type=int, default=1, help="the same seed harms in the same order")
    asked.add_argument("--write", action="store_true", help="write the tables into docs/reliability.md")
    asked.add_argument("--table", action="store_true", help="write only the table of the 57 faults, run nothing")
    arguments = asked.parse_args()
    if arguments.table:
        write([])
        return
    with tempfile.TemporaryDirectory() as folder:
        # PostgreSQL runs as another user and must reach its folder.
        Path(folder).chmod(0o711)
        found = asyncio.run(runs(arguments.kills, arguments.seed, Path(folder)))
    Console(width=160).print(table(found))
    faults = [fault for run in found for fault in run.faults]
    with contextlib.suppress(BrokenPipeError):
        Console().print("\n".join(faults) or "[green]nothing lost, nothing twice, everything agrees[/]")
    if arguments.write:
        write(found)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
