"""How long does the board's whole question take? `python -m bench.stats --millions 1 10 --folder DIR` prints a table.

The question: totals by street and state, the on-time rate, median and 90th percentile of the time to clear over
thirty days, and the series of days, of a year of cases in 252 streets and 22 kinds. Ours is asked twice: of a process
that keeps the packed days, and of one that keeps nothing and reads them from the database. The rivals are a plain
GROUP BY on a covering index, asked for the totals alone, and DuckDB over the same columns, asked for everything.
All take turns, round by round, and medians and 99th percentiles count. PostgreSQL takes part when BENCH_POSTGRES
names a server (postgresql+asyncpg://…); what was filled once is kept in DIR and in its databases, 5 GB for ten million.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gc
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, text

from bench.stats_cases import COVERED, COVERING, DAYS, NOW, fill
from models.rules.histograms import spread_of
from models.rules.measures import rates, spread, total
from models.store import Store, schema
from models.store.counting import Cut, Span, day_of
from models.store.cube import Cube
from models.store.piles import bins_of
from models.store.statistics import Statistics
from models.store.unit import Unit

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = day_of(NOW, ZONE) - timedelta(days=1)
SPAN = Span(TODAY - timedelta(days=29), TODAY, ZONE)
SINCE, UNTIL = f"{SPAN.first - timedelta(days=1)} 16:00:00", f"{SPAN.last} 16:00:00"
"""The thirty local days in UTC, as SQL says them."""
ROUNDS, WARM_UP = 60, 3
GROUP_BY = (
    "select street_code, state, count(*), sum(case when on_time and state = 'cleared' then 1 else 0 end), "
    "sum(case when due_at <= {until} then 1 else 0 end) from {table} "
    "where registered_at >= {since} and registered_at < {until} group by street_code, state"
)
MARK = "bench_cases"
REST_S = 0.4
out = Console()
Asked = Callable[[], Awaitable[object]]


@dataclass
class Contestant:
    """One way of asking, and how long each round took, in milliseconds."""

    name: str
    ask: Asked
    taken: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        """Gives a percentile."""
        ordered = sorted(self.taken)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def prepare(url: str, n: int) -> Store:
    """Fills a database and counts its days beforehand, unless that was done."""
    await asyncio.to_thread(schema.upgrade, url)
    store = await Store.open(url, clock=lambda: NOW)
    async with store.read() as unit:
        done = await unit.kv.get(MARK)
    if done == n:
        return store
    started = time.perf_counter()
    await asyncio.to_thread(schema.on_connection, url, lambda connection: fill(connection, n, out.print))
    filled = time.perf_counter()
    first = day_of(NOW, ZONE) - timedelta(days=DAYS + 1)
    for number in range(DAYS + 2):
        async with store.begin() as unit:
            await unit.statistics.rebuild_day(first + timedelta(days=number), ZONE, NOW)
    async with store.begin() as unit:
        await unit.kv.put(MARK, n)
    await store.close()
    if url.startswith("sqlite"):
        # A log as large as the database would slow down every contestant.
        await asyncio.to_thread(_fold_log, url)
    store = await Store.open(url, clock=lambda: NOW)
    out.print(f"filled in {filled - started:.0f} s, counted beforehand in {time.perf_counter() - filled:.0f} s")
    return store


def _fold_log(url: str) -> None:
    made = make_url(url)
    assert made.database is not None
    sqlite3.connect(made.database).execute("pragma wal_checkpoint(truncate)")


async def ours(unit: Unit, asked: Statistics, *, by_time: bool) -> object:
    """Asks our store for everything."""
    counted, stand = await asked.asked(SPAN, Cut(), NOW, by_time=by_time)
    whole = total(list(counted.by_area.values()))
    return rates(whole)["ontime_clear_rate"].shown, spread_of(bins_of(counted.whole, "time_to_clear")), stand


def contestants(store: Store, url: str, n: int, folder: Path) -> list[Contestant]:
    """Gives the ways of asking one database."""

    async def warm() -> object:
        async with store.read() as unit:
            return await ours(unit, unit.statistics, by_time=False)

    async def warm_by_street() -> object:
        async with store.read() as unit:
            return await ours(unit, unit.statistics, by_time=True)

    async def cold() -> object:
        async with store.read() as unit:
            return await ours(unit, Statistics(unit.line, Cube()), by_time=False)

    async def plain() -> object:
        async with store.read() as unit:
            given = {"since": f"'{SINCE}.000000'", "until": f"'{UNTIL}.000000'"}
            if not unit.line.sqlite:
                given = {"since": f"timestamptz '{SINCE}+00'", "until": f"timestamptz '{UNTIL}+00'"}
            table = f"cases indexed by {COVERING}" if unit.line.sqlite else "cases"
            return await unit.line.rows(text(GROUP_BY.format(table=table, **given)))

    rival = duck(url, folder / f"cases-{n}.duckdb", n)

    async def in_duckdb() -> object:
        return [rival.execute(question).fetchall() for question in duck_questions()]

    return [
        Contestant("ours, kept in the process", warm),
        Contestant("ours, kept, with times by street", warm_by_street),
        Contestant("ours, from the database alone", cold),
        Contestant("GROUP BY on a covering index", plain),
        Contestant("DuckDB", in_duckdb),
    ]


def duck(url: str, path: Path, n: int) -> duckdb.DuckDBPyConnection:
    """Gives DuckDB the columns that are asked about, in its own file and order; read from SQLite or PostgreSQL once."""
    rival = duckdb.connect(str(path))
    rival.execute("set threads = 2")
    if not rival.execute("select 1 from information_schema.tables where table_name = 'cases'").fetchall():
        rival.execute(
            "create table cases (registered_at timestamp, street_code varchar, state varchar, on_time boolean, "
            "due_at timestamp, cleared_at timestamp)"
        )
        made = make_url(url)
        assert made.database is not None
        rows = sqlite3.connect(made.database).execute(f"select {COVERED} from cases order by registered_at")
        with tempfile.NamedTemporaryFile("w", suffix=".csv", dir=path.parent, newline="") as sheet:
            csv.writer(sheet).writerows(rows)
            sheet.flush()
            rival.execute(f"copy cases from '{sheet.name}' (header false)")
    return rival


def duck_questions() -> list[str]:
    """Gives the whole question as DuckDB answers it quickest."""
    meant = f"registered_at >= timestamp '{SINCE}' and registered_at < timestamp '{UNTIL}'"
    minutes = "epoch(cleared_at - registered_at) / 60"
    return [
        GROUP_BY.format(table="cases", since=f"timestamp '{SINCE}'", until=f"timestamp '{UNTIL}'"),
        f"select quantile_cont({minutes}, [0.5, 0.9]) from cases where {meant} and cleared_at is not null",
        "select cast(registered_at + interval 8 hour as date) as day, count(*), count(cleared_at) from cases "
        f"where {meant} group by day order by day",
    ]


async def measure(listed: list[Contestant]) -> None:
    """Asks all in turn."""
    for number in range(ROUNDS + WARM_UP):
        for one in listed:
            gc.collect()
            # What the one before left to do in the background is not this one's.
            await asyncio.sleep(REST_S)
            begun = time.perf_counter()
            await one.ask()
            if number >= WARM_UP:
                one.taken.append((time.perf_counter() - begun) * 1000)


async def error(store: Store) -> str:
    """Compares medians and 90th percentiles by street with exact ones."""
    apart: list[float] = []
    async with store.read() as unit:
        counted, _ = await unit.statistics.asked(SPAN, Cut(), NOW)
        for (_, street), cells in list(counted.times.items())[:40]:
            begins, ends = (f"{day} 16:00:00" for day in (SPAN.first - timedelta(days=1), SPAN.last))
            seconds = "(julianday(cleared_at) - julianday(registered_at)) * 1440"
            rows = await unit.line.column(
                text(
                    f"select {seconds} from cases where street_code = '{street}' and cleared_at is not null "
                    f"and registered_at >= '{begins}' and registered_at < '{ends}'"
                )
            )
            exact, binned = spread(map(float, rows)), spread_of(bins_of(cells, "time_to_clear"))
            assert exact.n == binned.n
            for one, other in zip(
                (exact.median_minutes, exact.p90_minutes), (binned.median_minutes, binned.p90_minutes), strict=True
            ):
                assert one is not None
                assert other is not None
                apart.append(abs(other - one) / one * 100)
    return (
        f"medians and p90 from bins: {statistics.mean(apart):.2f} % from exact on average, {max(apart):.2f} % at most"
    )


async def run(millions: list[float], folder: Path) -> None:
    """Fills, asks and prints."""
    server = os.environ.get("BENCH_POSTGRES")
    found: dict[tuple[str, float], list[Contestant]] = {}
    for size in millions:
        n = int(size * 1_000_000)
        lite = f"sqlite+aiosqlite:///{(folder / f'cases-{n}.db').resolve()}"
        for engine, url in (("SQLite", lite), ("PostgreSQL", server and await database(server, n))):
            if not url:
                continue
            store = await prepare(url, n)
            out.print(f"{engine}, {n:,} cases, load {os.getloadavg()[0]:.1f}")
            listed = found[engine, size] = contestants(store, lite, n, folder)
            await measure(listed)
            if engine == "SQLite":
                out.print(await error(store))
            await store.close()
    show(found)


async def database(server: str, n: int) -> str:
    """Makes the database of a size on a server, if it is not there."""
    url = make_url(server).set(database=f"whistle_bench_{n}")
    import asyncpg

    line = await asyncpg.connect(server.replace("+asyncpg", ""))
    if not await line.fetchval("select 1 from pg_database where datname = $1", url.database):
        await line.execute(f'create database "{url.database}"')
    await line.close()
    return url.render_as_string(hide_password=False)


def show(found: dict[tuple[str, float], list[Contestant]]) -> None:
    """Prints medians, 99th percentiles, and how much slower each rival is."""
    table = Table("engine", "million cases", "asked", "best ms", "median ms", "p99 ms", "× ours kept")
    for (engine, size), listed in found.items():
        best = listed[0].at(0.5)
        for one in listed:
            cells = (f"{min(one.taken):.2f}", f"{one.at(0.5):.2f}", f"{one.at(0.99):.2f}", f"{one.at(0.5) / best:.1f}")
            table.add_row(engine, f"{size:g}", one.name, *cells)
    out.print(table)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[0.2])
    parser.add_argument("--folder", type=Path, default=Path("build/bench-stats"))
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(run(chosen.millions, chosen.folder))


if __name__ == "__main__":
    main()
