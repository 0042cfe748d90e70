"""Every process dies once at each moment that matters, in the middle of a crowd at work."""

import asyncio
from pathlib import Path

import pytest

from config.drills import POINTS
from tests.faults.conftest import SEED
from tests.faults.drill import drill
from tests.faults.service import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]
DEATHS = {
    "web": ("webhook.received=4", "intake.committed=3", "webhook.received=1"),
    "bot": ("processor.in_transaction=5", "processor.committed=3", "courier.claimed=4", "courier.sent=3"),
    "schedule": ("relay.claimed=1", "relay.handed=2", "schedule.ticked=3"),
    "place": ("job.performed=1", "job.finished=1"),
    "notify": ("courier.claimed=1", "courier.sent=1"),
}
"""What each process dies of, life after life."""


async def test_a_process_that_dies_between_any_two_steps_loses_nothing_and_does_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "deaths"
    folder.mkdir()
    for process, lines in DEATHS.items():
        (folder / process).write_text("\n".join(lines), encoding="ascii")
    async with drill(tmp_path / "d", seed=SEED, n_reporters=8, WHISTLE_CRASH_POINTS=f"@{folder}") as at_work:
        await at_work.work(lambda: _all_died(at_work.service.folder / "log"), 8)
        balance = await at_work.settled()

    assert balance.faults == []
    # Whoever dies after the channel took a message cannot know that it did: that one comes twice.
    assert balance.n_said_twice <= 2


async def _all_died(log: Path) -> None:
    """Waits until every process has died of everything."""
    wanted = sorted(line.partition("=")[0] for lines in DEATHS.values() for line in lines)

    def died() -> bool:
        found = [line.rsplit(" ", 1)[-1] for line in _lines(log) if line.startswith("drill: ended at ")]
        return sorted(found) == wanted

    await asyncio.to_thread(until, died, "every process died at every moment", 150.0)


def _lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def test_no_moment_is_forgotten() -> None:
    assert {line.partition("=")[0] for lines in DEATHS.values() for line in lines} == POINTS
