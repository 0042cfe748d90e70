"""May this be done now, or how long is the wait? Telegram's sending limits, and sign-ins by address."""

import math
from collections.abc import Hashable
from datetime import datetime

from gateway.clock import Clock

_FORGET_ABOVE = 50_000


class Allowance:
    """Hands out a steady allowance per key: a burst at once, then `per_s` a second."""

    def __init__(self, clock: Clock, *, per_s: float, burst: int) -> None:
        self._clock = clock
        self._per_s = per_s
        self._burst = burst
        self._left: dict[Hashable, tuple[float, datetime]] = {}

    def wait_s(self, key: Hashable) -> float:
        """Tells how long the key has to wait; 0 means now."""
        return max(0.0, (1 - self._present(key)) / self._per_s)

    def take(self, key: Hashable) -> None:
        """Uses up one; call it only when wait_s was 0."""
        if len(self._left) > _FORGET_ABOVE:
            self._left = {known: left for known, left in self._left.items() if self._present(known) < self._burst}
        self._left[key] = (self._present(key) - 1, self._clock())

    def _present(self, key: Hashable) -> float:
        left, at = self._left.get(key, (float(self._burst), self._clock()))
        return min(self._burst, left + (self._clock() - at).total_seconds() * self._per_s)


class SendingLimits:
    """Telegram's limits for one bot: 30/s in all, 1/s a chat with short bursts, 20/min a group.

    Figures of core.telegram.org/bots/faq; the size of a burst is not published and is our choice.
    """

    def __init__(self, clock: Clock) -> None:
        self._overall = Allowance(clock, per_s=30, burst=30)
        self._chat = Allowance(clock, per_s=1, burst=5)
        self._group = Allowance(clock, per_s=20 / 60, burst=20)

    def retry_after_s(self, chat_id: int, count: int = 1) -> int | None:
        """Takes room for `count` messages to the chat, or tells how many seconds to wait and takes none."""
        narrow = self._group if chat_id < 0 else self._chat
        wait_s = max(self._overall.wait_s(None), narrow.wait_s(chat_id))
        if wait_s > 0:
            return max(1, math.ceil(wait_s))
        for _ in range(count):
            self._overall.take(None)
            narrow.take(chat_id)
        return None
