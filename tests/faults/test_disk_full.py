"""The disk is full: nothing is acknowledged that could not be kept, and everything goes on when there is room again."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.conftest import SEED
from tests.faults.drill import Drill, drill
from tests.faults.service import until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
SIZE = "64m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mounts a disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_full_disk_acknowledges_nothing_and_loses_nothing(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    async with drill(small_disk / "d", seed=SEED, n_reporters=6) as at_work:

        async def harm() -> None:
            await at_work.filed(3)
            await asyncio.to_thread(_fill, ballast)
            await _refused(at_work)
            ballast.unlink()
            await at_work.filed(6)

        await at_work.work(harm, 6)
        balance = await at_work.settled()

    assert balance.faults == []


def _fill(ballast: Path) -> None:
    """Writes until not another byte fits."""
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(b"\0" * 65536)
    with ballast.open("ab", buffering=0) as out, suppress(OSError):
        while True:
            out.write(b"\0")


async def _refused(at_work: Drill) -> None:
    """Waits until updates come back with "later", as they must."""
    waiting = at_work.telegram.deliveries.waiting
    await asyncio.to_thread(until, lambda: any(one.tries for one in waiting()), "an update is refused")
