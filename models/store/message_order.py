"""Which of the waiting messages may be sent now. Pure: order, folding and expiry without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What the choice needs to know of an unsent message.

    `not_before` is when it was meant for; `held_until` is when sending may be tried again.
    """

    row_id: int
    channel: str
    chat_id: int
    card_key: str | None
    loud: bool
    priority: int
    not_before: datetime
    held_until: datetime | None
    expires_at: datetime | None
    lease_owner: str | None
    lease_until: datetime | None


@dataclass(frozen=True, slots=True)
class Picked:
    """Messages to send in this order, those that a later one made needless, and those that came too late."""

    taken: tuple[int, ...]
    folded: tuple[int, ...]
    expired: tuple[int, ...]


def pick(waiting: Sequence[Waiting], owner: str, n: int, now: datetime, *, alone: bool = False) -> Picked:
    """Chooses up to `n` messages; `waiting` comes in the order in which it was added.

    `alone` takes the owner's own rows as they are, because somebody waits for the answer. Otherwise a lease
    holds against its owner too: what is being sent is not sent once more.
    """
    free = [m for m in waiting if _free(m, owner if alone else None, now)]
    expired = [m.row_id for m in free if m.expires_at is not None and m.expires_at <= now]
    alive = [m for m in waiting if m.row_id not in set(expired)]
    folded: list[int] = []
    lines: list[list[Waiting]] = []
    for _, group in groupby(sorted(alive, key=_chat), key=_chat):
        messages = list(group)
        ready = [m for m in messages if m in free] if alone else _line(messages, now)
        needless = _needless(ready)
        folded += needless
        lines.append([m for m in ready if m.row_id not in needless])
    # A chat is as urgent as its most urgent message; what was said before that goes first all the same.
    lines = sorted(filter(None, lines), key=lambda line: min((m.priority, m.row_id) for m in line))
    taken = [m.row_id for line in lines for m in line]
    return Picked(tuple(taken[:n]), tuple(folded), tuple(expired))


def _chat(message: Waiting) -> tuple[str, int]:
    return message.channel, message.chat_id


def _line(messages: Sequence[Waiting], now: datetime) -> list[Waiting]:
    """Gives what a chat can be sent now: what must wait holds up all that is not more urgent."""
    ready: list[Waiting] = []
    held: int | None = None
    for message in messages:
        resting = message.held_until is not None and message.held_until > now
        if resting or not _free(message, None, now):
            held = message.priority if held is None else min(held, message.priority)
        elif message.not_before <= now and (held is None or message.priority < held):
            ready.append(message)
    return ready


def _free(message: Waiting, owner: str | None, now: datetime) -> bool:
    """Tells whether nobody but the owner holds the lease."""
    if message.lease_owner in (None, owner):
        return True
    return message.lease_until is not None and message.lease_until <= now


def _needless(ready: Sequence[Waiting]) -> list[int]:
    """Lists the quiet messages of a card that a later one of the same card follows."""
    latest = {m.card_key: m.row_id for m in ready if m.card_key is not None}
    return [m.row_id for m in ready if m.card_key is not None and not m.loud and latest[m.card_key] != m.row_id]
