"""What is urgent overtakes what waits, however much that is, and one bad chat stops nobody."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from bot.outgoing.rounds import LOW, SENDERS, Rounds


@dataclass(frozen=True)
class Row:
    """A message of a chat of its own."""

    id: int
    priority: int = 5

    @property
    def chat_id(self) -> int:
        return self.id


@dataclass
class Desk:
    """An outbox and a channel that takes one message at a time."""

    outbox: list[Row]
    sent: list[Row] = field(default_factory=list)
    failed: list[Row] = field(default_factory=list)
    n_claimed_before_urgent: int | None = None
    bad: int | None = None

    async def claim(self, urgent_only: bool) -> Sequence[Row]:
        """Gives up to twenty rows, the urgent first."""
        ready = sorted((r for r in self.outbox if not urgent_only or r.priority == 0), key=lambda r: (r.priority, r.id))
        taken = ready[:20]
        self.outbox = [row for row in self.outbox if row not in taken]
        return taken

    async def serve(self, _: int, rows: list[Row]) -> None:
        """Sends after a moment."""
        await asyncio.sleep(0)
        if rows[0].id == self.bad:
            raise RuntimeError("no")
        self.sent.append(rows.pop(0))
        if len(self.sent) == 50:
            self.outbox.append(Row(9999, 0))

    async def put_back(self, rows: list[Row], error: Exception) -> None:
        """Remembers what could not be served."""
        self.failed += rows


async def test_a_life_in_danger_stands_behind_few_of_thousands() -> None:
    desk = Desk([Row(n) for n in range(2_000)])
    n = await Rounds(desk.claim, desk.serve, desk.put_back).run(20_000, 60)

    assert n == 2_001
    assert desk.sent.index(Row(9999, 0)) <= 50 + SENDERS + LOW + 20


async def test_one_bad_chat_stops_nobody() -> None:
    desk = Desk([Row(n) for n in range(40)], bad=7)
    await Rounds(desk.claim, desk.serve, desk.put_back).run(1000, 60)

    assert desk.failed == [Row(7)]
    assert len(desk.sent) == 39


async def test_enough_is_enough() -> None:
    desk = Desk([Row(n) for n in range(500)])
    n = await Rounds(desk.claim, desk.serve, desk.put_back).run(60, 60)

    assert 60 <= n < 100
    assert len(desk.sent) == n


async def test_what_is_in_hand_is_sent_before_a_database_that_went_away_is_named() -> None:
    desk = Desk([Row(n) for n in range(60)])
    whole, calls = desk.claim, []

    async def claim(urgent_only: bool) -> Sequence[Row]:
        calls.append(urgent_only)
        if len(calls) == 2:
            raise OSError("away")
        return await whole(urgent_only)

    with pytest.raises(OSError, match="away"):
        await Rounds(claim, desk.serve, desk.put_back).run(1000, 60)
    assert len(desk.sent) == 20


async def test_what_a_message_leads_to_is_sent_in_the_same_run() -> None:
    desk = Desk([Row(1)])
    whole = desk.serve

    async def serve(chat_id: int, rows: list[Row]) -> None:
        if chat_id == 1:
            await asyncio.sleep(0.01)
            desk.outbox.append(Row(2))
        await whole(chat_id, rows)

    assert await Rounds(desk.claim, serve, desk.put_back).run(1000, 60) == 2
    assert desk.sent == [Row(1), Row(2)]
