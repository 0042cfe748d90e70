"""What time is it, and may a test decide? The only place of the gateway that reads the wall clock."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """Returns the present moment, aware, in UTC."""
    return datetime.now(UTC)
