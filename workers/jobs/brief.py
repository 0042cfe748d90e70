"""Job: write the morning brief of supervisors as messages."""

from collections.abc import Sequence

from actions.jobs import JobView
from actions.todo import send_brief
from workers.runtime import Runtime


async def work(here: Runtime, rows: Sequence[JobView]) -> None:
    """Writes the briefs; the day in the row keeps a repeat from writing twice."""
    for row in rows:
        await send_brief(here.deps, int(str(row.args["person_id"])), str(row.args["day"]))
