"""Performs batches of job rows: one verb a file, each safe to run twice.

A row that fails is tried again later with a growing delay and does not hold up the others of its batch; after
the last of `DELAYS` it is set aside for the operator (`whistle dead list`) and an admin is told.
"""

import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from actions.jobs import JobView, finish, set_back, take
from actions.origin import originating
from config.drills import crash_point
from config.logging import scrub
from config.observing import span
from workers import runtime
from workers.jobs import assign_check, brief, fetch_media, notify, retain, rollup, route
from workers.runtime import Runtime

Work = Callable[[Runtime, Sequence[JobView]], Awaitable[None]]
VERBS: dict[str, Work] = {
    "route": route.work,
    "assign_check": assign_check.work,
    "fetch_media": fetch_media.work,
    "brief": brief.work,
    "rollup": rollup.work,
    "retain": retain.work,
}
DELAYS = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 1800))
MOST_NAMED = 20
"""How many updates a line about a batch of jobs names."""
log = structlog.get_logger(__name__)


def perform(verb: str, ids: list[int]) -> None:
    """Performs one batch on the loop of this process; rq calls it by name."""
    loop, here = runtime.here()
    loop.call(perform_here(here, verb, ids))


async def perform_here(here: Runtime, verb: str, ids: Sequence[int]) -> None:
    """Performs one batch; rows that are done already are passed over."""
    if verb == "notify":
        await notify.work(here)
        return
    rows = await take(here.deps, ids)
    if await _tried(here, verb, rows) or len(rows) == 1:
        return
    for row in rows:
        await _tried(here, verb, [row])


async def _tried(here: Runtime, verb: str, rows: Sequence[JobView]) -> bool:
    """Performs rows together; on a fault of a single row, sets that row back."""
    if not rows:
        return True
    by_case = {str(row.args["case_no"]): row.origin for row in rows if row.origin and "case_no" in row.args}
    try:
        alone = rows[0].origin if len(rows) == 1 else None
        with originating(alone, by_case), span("job", verb=verb, n=len(rows), origin=alone or ""):
            await VERBS[verb](here, rows)
    except Exception as fault:  # the door of the workers: nothing above could act on it
        log.warning("job failed", verb=verb, n=len(rows), fault=type(fault).__name__, exc_info=len(rows) == 1)
        if len(rows) == 1:
            await set_back(here.deps, rows[0], scrub("".join(traceback.format_exception(fault))), DELAYS)
        return False
    log.info(
        "job done", verb=verb, n=len(rows), origins=sorted({row.origin for row in rows if row.origin})[:MOST_NAMED]
    )
    crash_point("job.performed")
    await finish(here.deps, [row.job_id for row in rows])
    crash_point("job.finished")
    return True
