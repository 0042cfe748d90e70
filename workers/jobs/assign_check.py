"""Job: find who checks handled cases."""

from collections.abc import Sequence

from actions.jobs import JobView
from actions.routing import assign_checks
from workers.runtime import Runtime


async def work(here: Runtime, rows: Sequence[JobView]) -> None:
    """Assigns the checks of the rows' cases."""
    await assign_checks(here.deps, [str(row.args["case_no"]) for row in rows])
