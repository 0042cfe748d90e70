"""How fast one chat may be served: a bucket of tokens each, so that a flood from one phone starves nobody.

What comes faster stays in the inbox, in its order, and is taken up as tokens come back. Nothing is dropped. Each
process paces by itself: with several, a chat may be served that many times as fast.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

REMEMBERED = 50_000
"""Chats whose bucket is kept; the one that spoke longest ago is forgotten first, and then has a full one."""
TELL_AGAIN_AFTER = timedelta(minutes=10)


class Pace:
    """The buckets of one process."""

    def __init__(self, burst: float, per_minute: float) -> None:
        self._burst = burst
        self._per_s = per_minute / 60
        self._left: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._told: OrderedDict[str, datetime] = OrderedDict()

    def take(self, chat_key: str, now: datetime) -> float:
        """Takes a token, or gives the seconds until there is one."""
        left, at = self._left.get(chat_key, (self._burst, now))
        left = min(self._burst, left + max(0.0, (now - at).total_seconds()) * self._per_s)
        if left < 1:
            self._keep(chat_key, left, now)
            return (1 - left) / self._per_s
        self._keep(chat_key, left - 1, now)
        return 0.0

    def news(self, chat_key: str, now: datetime) -> bool:
        """Tells whether the chat should hear that it is too fast: once in a while, not every time."""
        last = self._told.get(chat_key)
        if last is not None and now - last < TELL_AGAIN_AFTER:
            return False
        self._told[chat_key] = now
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True

    def _keep(self, chat_key: str, left: float, now: datetime) -> None:
        self._left[chat_key] = (left, now)
        self._left.move_to_end(chat_key)
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
