"""Job: give filed cases to whom the routing table names."""

from collections.abc import Sequence

from actions.jobs import JobView
from actions.routing import place_and_route
from workers.runtime import Runtime


async def work(here: Runtime, rows: Sequence[JobView]) -> None:
    """Routes the cases of the rows."""
    await place_and_route(here.deps, [str(row.args["case_no"]) for row in rows])
