"""Does the courier use what the channel allows, without ever being told to slow down, and do lives in danger overtake?

python -m bench.courier            10,000 cards wait, 10 minutes
python -m bench.courier --short    60 seconds, as CI runs it

The channel is a Bot API with the strict limits of our own gateway: 30/s in all, 1/s a chat. Every 5 seconds a card of
a life in danger is added behind all that wait. Two senders share the limits over Redis, as with WHISTLE_N_SENDERS=2.
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

from rich.console import Console
from rich.table import Table

import processes
from actions import reports
from actions.telling import LIFE_DANGER, NORMAL
from bench.bot_api import Arrivals, serving
from bench.cores import LOAD_CORE, SERVER_CORE, databases, pinned, servers
from bench.town import FIRST_CHAT, Town, found
from config.loops import run
from config.settings import Settings
from models.store.messages import MESSAGES
from models.store.rows import MessageNew

WAITING = 10_000
LIMIT_PER_S = 30
WARM_S = 5.0


@dataclass(slots=True)
class Seen:
    """What was measured."""

    seconds: float
    n: int = 0
    n_refused: int = 0
    most_in_a_second: int = 0
    urgent_s: list[float] = field(default_factory=list)


async def measure(town: Town, arrivals: Arrivals, seconds: float, senders: int) -> Seen:
    """Fills the outbox, starts the senders, and counts what arrives."""
    await town.file(200)
    async with town.deps.store.begin() as unit:
        case_nos = await unit.cases.all_nos("", 200)
        await unit.line.run(MESSAGES.delete())
        people = sorted({post.person_id for post in await unit.people.posts()})
        # Whoever gets a card must be allowed to see the case; the sentence of a brief is for everybody.
        said = [
            MessageNew(people[at % len(people)], {"template": "notice.brief", "facts": {}}, None, True, NORMAL)
            for at in range(WAITING)
        ]
        await unit.messages.add_all(said)
    seen = Seen(seconds)
    assert case_nos
    with ExitStack() as stack:
        for _ in range(senders):
            stack.enter_context(pinned(SERVER_CORE, ["bench.courier", "--part", "sender"], town.environ()))
        async with asyncio.timeout(150):
            await arrivals.begun.wait()
        await asyncio.sleep(WARM_S)
        began = time.perf_counter()
        while (now := time.perf_counter()) < began + seconds:
            seen.urgent_s.append(await _in_danger(town, arrivals))
            await asyncio.sleep(max(0.0, 5 - (time.perf_counter() - now)))
        ended = time.perf_counter()
    seen.seconds = ended - began
    times = [at for at, _, _ in arrivals.at if began <= at < ended]
    seen.n, seen.n_refused = len(times), arrivals.n_refused
    seen.most_in_a_second = max((sum(1 for t in times[i : i + 60] if t < at + 1) for i, at in enumerate(times)))
    return seen


async def _in_danger(town: Town, arrivals: Arrivals) -> float:
    """Files a report of a life in danger; gives the seconds until its receipt, which has its priority, arrives."""
    who = town.chance.choice(town.reporters)
    assert who.person_id is not None
    filed = await reports.file(town.deps, who, town.request(life_danger=True))
    async with town.deps.store.begin() as unit:
        body = {"template": "card", "case_no": filed.case_no, "facts": {}}
        began = time.perf_counter()
        await unit.messages.add(person_id=who.person_id, body=body, priority=LIFE_DANGER)
    chat_id = FIRST_CHAT + who.person_id
    while time.perf_counter() < began + 30:
        if any(at >= began and chat == chat_id and str(filed.case_no) in text for at, chat, text in arrivals.at[-300:]):
            return time.perf_counter() - began
        await asyncio.sleep(0.01)
    return 30.0


def main() -> None:
    """Measures and prints, or is one of the senders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--nice", type=int, default=0, help="priority of all parts, on a machine that others use")
    parser.add_argument("--part", default="")
    asked = parser.parse_args()
    if asked.part:
        run(_send(Settings()))
        return
    os.sched_setaffinity(0, {LOAD_CORE})
    os.nice(asked.nice)
    seconds = asked.seconds or (60.0 if asked.short else 600.0)
    with tempfile.TemporaryDirectory() as folder, servers() as (_, redis), databases() as urls:
        seen = run(_all(Path(folder), urls["PostgreSQL"], redis, seconds, asked.senders))
    _print(seen, asked.senders)


async def _all(folder: Path, database: str, redis: str, seconds: float, senders: int) -> Seen:
    async with serving(strict=True) as arrivals:
        town = await found(folder, database, redis, bot_api_url=arrivals.base, strict_limits=True)
        try:
            return await measure(town, arrivals, seconds, senders)
        finally:
            await town.wired.close()


async def _send(settings: Settings) -> None:
    """Drains as a sending worker does between its jobs."""
    async with processes.speaking(settings, processes.Hinter(settings.redis), "bench") as here:
        while True:
            if await here.sender.drain() == 0:
                await asyncio.sleep(0.1)


def _print(seen: Seen, senders: int) -> None:
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    title = f"{senders} senders, {seen.seconds:.0f} s with {WAITING:,} messages waiting, load average {load}"
    table = Table(title=title)
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_row("sent", f"{seen.n / seen.seconds:.2f}/s")
    table.add_row(f"of {LIMIT_PER_S}/s", f"{seen.n / seen.seconds / LIMIT_PER_S:.1%}")
    table.add_row("answered 429", f"{seen.n_refused}")
    table.add_row("most within any second", f"{seen.most_in_a_second}")
    table.add_row("life in danger, added → at the channel: median", f"{statistics.median(seen.urgent_s):.2f} s")
    table.add_row("the same, worst", f"{max(seen.urgent_s):.2f} s")
    Console().print(table)
    if seen.n_refused:
        sys.exit("the channel had to say 429")


if __name__ == "__main__":
    main()
