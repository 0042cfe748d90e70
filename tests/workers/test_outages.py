"""After the service was away the admins hear of it, and whether anything can have been lost."""

from datetime import timedelta

import pytest

from actions.ports import Deps
from tests.workers.at_work import FileClock
from tests.workers.test_jobs import told
from workers.clock import Clock


@pytest.mark.parametrize(
    ("away", "heard"),
    [
        (timedelta(minutes=10), []),
        (timedelta(minutes=30), ["notice.outage"]),
        (timedelta(hours=23), ["notice.outage"]),
        (timedelta(hours=25), ["notice.outage_lost"]),
    ],
)
async def test_an_outage_is_told_once_and_its_loss_too(
    deps: Deps, clock_file: FileClock, away: timedelta, heard: list[str]
) -> None:
    clock = Clock(deps)
    await clock.look_back()
    clock_file.forward(timedelta(seconds=12))
    await clock.look_back()
    clock_file.forward(away)

    await clock.look_back()
    await clock.look_back()

    assert await told(deps, "admin") == heard
