"""Job: count beforehand what changed, so that the board need not."""

from collections.abc import Sequence

from actions.jobs import JobView
from actions.statistics import refresh
from workers.runtime import Runtime


async def work(here: Runtime, rows: Sequence[JobView]) -> None:
    """Refreshes the rollups once, however many rows ask for it."""
    await refresh(here.deps)
