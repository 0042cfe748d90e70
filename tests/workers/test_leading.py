"""Of several schedules one works; when it dies another takes over, and no clock has to be right for it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from actions.leading import BEAT_S, LIFE_S, Leading
from actions.ports import Deps, LeaseRow, Store
from tests.workers.at_work import FileClock
from tests.workers.conftest import ROOT

TAKEN_OVER_WITHIN_S = 15.0


class Stopwatch:
    """Counts seconds that the test lets pass."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


async def test_one_of_two_leads_until_it_shows_no_life(deps: Deps, clock_file: FileClock) -> None:
    watch = Stopwatch()
    first, second = (Leading(deps, "schedule", name, stopwatch=watch) for name in ("first", "second"))
    assert (await first.beat(), await second.beat()) == (True, False)
    for _ in range(20):
        watch.at += BEAT_S
        # The holder's clock stands, and once it goes back: its lease is kept all the same.
        assert (await first.beat(), await second.beat()) == (True, False)
    clock_file.forward(timedelta(hours=-1))
    watch.at += BEAT_S
    assert (await first.beat(), await second.beat()) == (True, False)

    watch.at += LIFE_S - 0.1
    assert not first.leads
    assert not await second.beat()
    watch.at += 0.1
    assert await second.beat()
    assert (second.leads, await first.beat(), first.leads) == (True, False, False)


async def test_who_resigns_is_followed_at_once(deps: Deps) -> None:
    watch = Stopwatch()
    first, second = (Leading(deps, "schedule", name, stopwatch=watch) for name in ("first", "second"))
    assert await first.beat()
    await first.resign()
    assert not first.leads
    assert await second.beat()


async def test_a_process_that_was_frozen_no_longer_believes_that_it_leads(deps: Deps) -> None:
    watch = Stopwatch()
    first = Leading(deps, "schedule", "first", stopwatch=watch)
    assert await first.beat()
    watch.at += LIFE_S
    assert not first.leads


@contextmanager
def schedule(database_url: str, data: Path) -> Iterator[subprocess.Popen[str]]:
    """Runs `whistle schedule` on a host of its own: another data folder, the same database."""
    settings = {
        "WHISTLE_DATA_FOLDER": str(data),
        "WHISTLE_DATABASE_URL": database_url,
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHISTLE_")} | settings
    environment["WHISTLE_FIELD_KEYS"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    data.mkdir()
    with subprocess.Popen(
        [sys.executable, "cli.py", "schedule"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.servers
async def test_another_host_takes_over_within_fifteen_seconds_of_a_kill(postgres_url: str, tmp_path: Path) -> None:
    store = await Store.open(postgres_url)

    async def holder() -> LeaseRow | None:
        async with store.read() as unit:
            return await unit.kv.holder("schedule")

    async def led_by(process: subprocess.Popen[str], within_s: float) -> float:
        started = time.monotonic()
        while True:
            held = await holder()
            if held is not None and held.owner.endswith(f":{process.pid}"):
                return time.monotonic() - started
            assert time.monotonic() - started < within_s, held
            assert process.poll() is None

    with schedule(postgres_url, tmp_path / "one") as one:
        await led_by(one, 60)
        with schedule(postgres_url, tmp_path / "two") as two:
            first = await holder()
            assert two.stderr is not None
            assert any("another process leads" in line for line in two.stderr)
            one.send_signal(signal.SIGKILL)
            one.wait()
            took_s = await led_by(two, 60)
            two.terminate()
            two.wait(20)
            assert await holder() is None
    await store.close()
    assert first is not None
    assert took_s <= TAKEN_OVER_WITHIN_S
