"""A clock that tests move by hand. Nobody sleeps."""

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""A Monday morning, nine o'clock in Tianjin."""


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Tells the time."""
        return self.now

    def forward(self, span: timedelta | None = None, **parts: float) -> datetime:
        """Moves forward by a span or by hours=, minutes=, days=, and tells the time."""
        self.now += span if span is not None else timedelta(**parts)
        return self.now

    def set(self, now: datetime) -> None:
        """Jumps to a moment, forwards or back."""
        self.now = now
