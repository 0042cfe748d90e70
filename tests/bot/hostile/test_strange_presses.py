"""Presses that no button of ours made: answered, nothing done, nothing set aside; fuzzed with a fixed budget."""

import json
import random
from typing import Any

import pytest

from bot import callbacks
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.bot.hostile.conftest import Unharmed

PAYLOADS = (
    *("", " ", "\x00", "x" * 64, "😀" * 16, "c:", "c:::", "d:rv:file::1", "a:rv:kind:corridor_clutter", "g:xx", "g:"),
    *(
        "c:sign:TJ-2026-000001:0",
        "c:sign:TJ-2026-000001:999999999999999999999",
        "c:nothing:x:-1",
        "p:x:y:z",
        "pg:x:y:NaN",
    ),
    *("f:send:", "l:todo", "l:todo:999999", "%s%n", "../../etc/passwd", "'; drop table cases; --", "<b>", "\u202e"),
)


@pytest.mark.parametrize("seed", range(3))
async def test_no_payload_does_anything_or_is_left_undone(
    writing: Chat, street: Street, unharmed: Unharmed, seed: int
) -> None:
    dice = random.Random(seed)
    own = [b["callback_data"] for bubble in writing.bubbles for row in bubble.buttons for b in row]
    for payload in (*PAYLOADS, *(_twisted(dice.choice(own), dice) for _ in range(40))):
        n_answers = len(street.api.answers)
        await writing.presses(payload)
        assert len(street.api.answers) == n_answers + 1, f"{payload!r} keeps spinning"

    await unharmed(writing)
    async with street.deps.store.read() as unit:
        assert await unit.cases.all_nos("", 1) == []


def _twisted(token: str, dice: random.Random) -> str:
    """Changes a good token as somebody who guesses does."""
    at = dice.randrange(len(token))
    other = chr(33 + (ord(token[at]) - 32) % 94)
    return dice.choice((token[:at], token + token, token[::-1], token[:at] + other + token[at + 1 :]))


@pytest.mark.parametrize(
    "changed",
    [
        {"message": None, "inline_message_id": "AAA"},
        {"data": None, "game_short_name": "game"},
        {"message": {"chat": {"id": 501, "type": "private"}, "message_id": 5, "date": 0}},
        {"message": {"chat": {"id": -100, "type": "supergroup", "title": "群"}, "message_id": 5, "date": 1}},
        {"from": {"id": 501, "is_bot": True, "first_name": "机器人"}},
    ],
    ids=["inline", "game", "too-old-to-show", "in-a-group", "by-a-bot"],
)
async def test_a_press_that_comes_another_way_is_answered(
    writing: Chat, street: Street, changed: dict[str, Any]
) -> None:
    body = json.loads(writing.press(writing.payload("放弃")))
    press = body["callback_query"] | changed
    body["callback_query"] = {name: value for name, value in press.items() if value is not None}
    n_answers = len(street.api.answers)
    await street.deliver([json.dumps(body).encode()])

    async with street.deps.store.read() as unit:
        assert (await unit.inbox.counts()).undone == 0
        assert [row.fault for row in await unit.inbox.poisoned()] == []
    assert len(street.api.answers) == n_answers + 1


def test_every_payload_is_read_or_refused_and_never_breaks() -> None:
    dice = random.Random(7)
    kinds = [one for one in vars(callbacks).values() if isinstance(one, type) and hasattr(one, "__prefix__")]
    assert kinds
    for _ in range(4000):
        said = "".join(dice.choice("cdpfalg:0123-TJ xé\x00😀") for _ in range(dice.randrange(0, 40)))
        for kind in kinds:
            try:
                kind.unpack(f"{kind.__prefix__}:{said}")
            except (ValueError, TypeError):
                continue
