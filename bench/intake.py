"""How many updates a second does the webhook take in durably, beside libraries' webhooks that store nothing?

python -m bench.intake            medians of 5 rounds; the servers take turns within a round
python -m bench.intake --short    one short round, as CI runs it

Ours commits before it answers. The server has a core of its own; load and database share the other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib.util
import os
import statistics
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from bench.cores import LOAD_CORE, SERVER_CORE, answering, databases, free_port, pinned
from bench.load import flood, steady
from config.loops import run
from models.store import Store

PEER, SLOWER_PEER = "aiogram, empty handler", "python-telegram-bot, empty handler"
RATE_SHARE = 0.8
P99_MS = 50.0


@dataclass(slots=True)
class Measured:
    """One server and what it did in each round."""

    name: str
    words: list[str]
    port: int = 0
    rates: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    n_answered: int = 0

    @property
    def rate(self) -> float:
        """Gives the median of the rounds, answers a second."""
        return statistics.median(self.rates)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument(
        "--nice", type=int, default=0, help="priority of servers and load, on a machine that others use"
    )
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0.0)
    asked = parser.parse_args()
    rounds = asked.rounds or (1 if asked.short else 5)
    seconds = asked.seconds or (2.0 if asked.short else 5.0)
    os.sched_setaffinity(0, {LOAD_CORE})
    os.nice(asked.nice)
    with databases() as urls, contextlib.ExitStack() as stack:
        found = [Measured(f"Whistle on {name}", ["whistle", url]) for name, url in urls.items()]
        found.append(Measured(PEER, ["aiogram"]))
        if importlib.util.find_spec("tornado"):
            # Its webhook is an extra of python-telegram-bot.
            found.append(Measured(SLOWER_PEER, ["telegram"]))
        for one in found:
            one.port = free_port()
            name, *rest = one.words
            child = stack.enter_context(pinned(SERVER_CORE, ["bench.intake_peers", name, str(one.port), *rest]))
            answering(one.port, child)
        run(_measure(found, rounds, seconds))
        for one in found:
            if one.words[0] == "whistle":
                run(_nothing_lost(one))
    _print(found, rounds, seconds)


async def _measure(found: list[Measured], rounds: int, seconds: float) -> None:
    start = 1
    for one in found:
        one.n_answered += (await flood(one.port, 1.0, start))[1]
        start += 1_000_000
    for _ in range(rounds):
        for one in found:
            rate, n_answered = await flood(one.port, seconds, start)
            one.rates.append(rate)
            one.n_answered += n_answered
            start += 1_000_000
            await asyncio.sleep(0.2)
    for _ in range(rounds):
        for one in found:
            took = await steady(one.port, one.rate * RATE_SHARE, seconds, start)
            one.n_answered += len(took)
            one.p99_ms.append(1000 * took[int(0.99 * (len(took) - 1))])
            start += 1_000_000
            await asyncio.sleep(0.2)


async def _nothing_lost(one: Measured) -> None:
    """Compares the answers with the rows; RuntimeError when an answered update is not in the inbox."""
    store = await Store.open(one.words[1])
    try:
        async with store.read() as unit:
            kept = (await unit.inbox.counts()).undone
    finally:
        await store.close()
    if kept < one.n_answered:
        raise RuntimeError(f"{one.name}: {one.n_answered} answers, {kept} rows")


def _print(found: list[Measured], rounds: int, seconds: float) -> None:
    rate_of = {one.name: one.rate for one in found}
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    table = Table(title=f"Durable intake, medians of {rounds} × {seconds:.0f} s, load average {load}")
    for head in ("server", "updates/s", "of aiogram", "of p-t-b", f"p99 ms at {RATE_SHARE:.0%}"):
        table.add_column(head, justify="left" if head == "server" else "right")
    for one in found:
        against = [f"{one.rate / rate_of[peer]:.2f}" if peer in rate_of else "" for peer in (PEER, SLOWER_PEER)]
        table.add_row(one.name, f"{one.rate:,.0f}", *against, f"{statistics.median(one.p99_ms):.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
