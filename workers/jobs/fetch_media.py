"""Job: fetch the bytes of pictures that could not be fetched when they came."""

from collections.abc import Sequence

import structlog

from actions.jobs import JobView
from actions.media import fetch
from models.rules.errors import BadPhoto
from workers.runtime import Runtime

log = structlog.get_logger(__name__)


async def work(here: Runtime, rows: Sequence[JobView]) -> None:
    """Fetches the pictures; a bad one is marked so and ends its row, for no retry makes it better."""
    for row in rows:
        media_id = int(str(row.args["media_id"]))
        try:
            await fetch(here.deps, media_id, here.sender.download)
        except BadPhoto as refusal:
            log.info("picture refused", media_id=media_id, why=refusal.facts.get("why"))
