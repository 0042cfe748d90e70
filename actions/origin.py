"""The update that jobs and messages are written because of, for the doors."""

from models.store.origin import originating as originating


def named(channel: str, update_id: int) -> str:
    """Names an update in logs and on the rows that come of it."""
    return f"{channel}:{update_id}"
