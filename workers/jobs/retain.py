"""Job: let go of what was kept long enough."""

from collections.abc import Sequence

import structlog

from actions.jobs import JobView
from actions.retention import retain
from workers.runtime import Runtime

log = structlog.get_logger(__name__)


async def work(here: Runtime, rows: Sequence[JobView]) -> None:
    """Lets go once, however many rows ask for it; what a run that was cut short has done stays done."""
    done = {str(one.kept): one.n async for one in retain(here.deps) if one.n}
    if done:
        log.info("let go of what was kept long enough", **done)
