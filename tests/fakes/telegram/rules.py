"""When does Telegram deliver an update, again and again, and when does it give up? Pure: the time is an argument.

As read in the Bot API server's source (tdlib/telegram-bot-api, WebhookActor.cpp and Client.cpp): one queue a chat for
messages and one a person for presses; a failed delivery again at once, then after 2, 4, 8 … seconds up to a random
60–120; `Retry-After` in place of that; a message lives a day, a press 150 seconds. Nothing here is the product's.
"""

from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Any

MESSAGE_LIFE_S = 86_400.0
PRESS_LIFE_S = 150.0
CAP_S = (60.0, 120.0)
LONGEST_RETRY_AFTER_S = 3600.0
NO_SUCCESS_S = 10.0
"""After so long without any success there is one connection, not many."""


@dataclass(slots=True)
class Waiting:
    """An update on its way. `late` marks a copy that is delivered once more than needed."""

    update_id: int
    queue: str
    update: dict[str, Any]
    expires_at: float
    tries: int = 0
    next_at: float = 0.0
    late: bool = False


@dataclass(slots=True)
class _Line:
    """One queue: what waits, and whether its head is being delivered."""

    waiting: deque[Waiting] = field(default_factory=deque)
    in_flight: bool = False


def queue_of(update: dict[str, Any]) -> str:
    """Names the queue of an update: presses of a person never wait for messages of their chat."""
    press = update.get("callback_query")
    if press is not None:
        return f"press {press['from']['id']}"
    content = next(value for name, value in update.items() if name != "update_id")
    return f"chat {content['chat']['id']}"


def life_s(update: dict[str, Any]) -> float:
    """Tells how long an update is kept for a bot that does not take it."""
    return PRESS_LIFE_S if "callback_query" in update else MESSAGE_LIFE_S


class Deliveries:
    """What waits to be delivered to one webhook. `taken` holds what was answered with 200, `expired` what was not."""

    def __init__(self, rng: Random, *, max_connections: int = 40, twice: float = 0.0, astray: float = 0.0) -> None:
        """`twice` of the updates come once more later, `astray` of them out of order, as the wire does it."""
        self._rng = rng
        self._max_connections = max_connections
        self._twice = twice
        self._astray = astray
        self._lines: dict[str, _Line] = {}
        self._succeeded_at = 0.0
        self._tried = False
        self.taken: dict[int, Waiting] = {}
        self.expired: list[Waiting] = []
        self.n_deliveries = 0

    def offer(self, update: dict[str, Any], now: float) -> Waiting:
        """Takes an update in."""
        one = Waiting(update["update_id"], queue_of(update), update, now + life_s(update), next_at=now)
        if self._rng.random() < self._astray:
            one.queue = f"astray {one.update_id}"
            one.next_at = now + self._rng.uniform(0.5, 5.0)
        self._line(one).waiting.append(one)
        return one

    def ready(self, now: float) -> list[Waiting]:
        """Gives the updates to deliver now, one a queue, and marks them as being on their way."""
        room = self._max_connections
        if self._tried and now - self._succeeded_at > NO_SUCCESS_S:
            room = 1
        room -= sum(line.in_flight for line in self._lines.values())
        found = []
        for line in self._lines.values():
            self._give_up(line, now)
            if len(found) >= room:
                break
            if line.waiting and not line.in_flight and line.waiting[0].next_at <= now:
                line.in_flight = True
                found.append(line.waiting[0])
        return found

    def delivered(self, one: Waiting, now: float) -> None:
        """Notes a 2xx answer."""
        self._tried, self._succeeded_at = True, now
        self.n_deliveries += 1
        line = self._line(one)
        line.in_flight = False
        line.waiting.popleft()
        if not line.waiting:
            del self._lines[one.queue]
        self.taken.setdefault(one.update_id, one)
        if not one.late and self._rng.random() < self._twice:
            again = Waiting(one.update_id, f"late {one.update_id}", one.update, one.expires_at, late=True)
            again.next_at = now + self._rng.uniform(0.0, 30.0)
            self._line(again).waiting.append(again)

    def failed(self, one: Waiting, now: float, retry_after_s: float | None = None) -> None:
        """Notes any other answer, or none: its queue waits, and no other."""
        if not self._tried:
            self._tried, self._succeeded_at = True, now
        self.n_deliveries += 1
        self._line(one).in_flight = False
        one.tries += 1
        if retry_after_s is not None:
            pause_s = min(max(retry_after_s, 0.0), LONGEST_RETRY_AFTER_S)
        else:
            pause_s = 0.0 if one.tries == 1 else min(2.0 ** (one.tries - 1), self._rng.uniform(*CAP_S))
        one.next_at = now + pause_s

    @property
    def n_waiting(self) -> int:
        """Counts what is still to be delivered."""
        return len(self.waiting())

    def waiting(self) -> list[Waiting]:
        """Lists what is still to be delivered."""
        return [one for line in self._lines.values() for one in line.waiting]

    def _give_up(self, line: _Line, now: float) -> None:
        while line.waiting and not line.in_flight and line.waiting[0].expires_at <= now:
            self.expired.append(line.waiting.popleft())

    def _line(self, one: Waiting) -> _Line:
        return self._lines.setdefault(one.queue, _Line())
