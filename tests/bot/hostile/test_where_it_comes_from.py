"""Messages that are not somebody speaking in private: answered where a person reads it, and never in the way."""

import json
from typing import Any

import pytest

from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.bot.hostile.conftest import Unharmed
from tests.fakes.pictures import jpeg

GROUP = {"id": -100500, "type": "supergroup", "title": "街道群"}
NOBODY = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
BOT = {"id": 4711, "is_bot": True, "first_name": "机器人"}
ORIGINS = {
    "user": {"type": "user", "date": 1, "sender_user": {"id": 5, "is_bot": False, "first_name": "王"}},
    "hidden": {"type": "hidden_user", "date": 1, "sender_user_name": "<b>王"},
    "chat": {"type": "chat", "date": 1, "sender_chat": GROUP},
    "channel": {
        "type": "channel",
        "date": 1,
        "chat": {"id": -1009, "type": "channel", "title": "频道"},
        "message_id": 3,
    },
}


async def aside(street: Street) -> list[str | None]:
    """Lists the faults of what was set aside."""
    async with street.deps.store.read() as unit:
        assert (await unit.inbox.counts()).undone == 0
        return [row.fault for row in await unit.inbox.poisoned()]


def message(phone: Chat, **content: Any) -> bytes:
    """Makes a message with parts of it changed."""
    return phone._update("message", phone._content(content))


async def test_a_forwarded_report_is_taken(writing: Chat, street: Street, unharmed: Unharmed) -> None:
    for origin in ORIGINS.values():
        await street.deliver([message(writing, text="四楼也堆满了", forward_origin=origin)])
        await street.deliver([message(writing, **writing._photo(jpeg(3)), forward_origin=origin)])

    await unharmed(writing)


async def test_a_message_sent_through_another_bot_is_the_persons(
    writing: Chat, street: Street, unharmed: Unharmed
) -> None:
    await street.deliver([message(writing, text="四楼也堆满了", via_bot=BOT)])

    await unharmed(writing)
    assert "四楼" in writing.card.text


@pytest.mark.parametrize("sender", [NOBODY, BOT, None], ids=["anonymous-admin", "bot", "nobody"])
async def test_a_group_is_not_answered_and_gets_no_report(
    li: Chat, street: Street, sender: dict[str, Any] | None
) -> None:
    body = json.loads(message(li, text="楼道堆满纸箱", chat=GROUP, sender_chat=GROUP))
    body["message"]["from"] = sender
    if sender is None:
        del body["message"]["from"]
    n_before = len(li.bubbles)
    await street.deliver([json.dumps(body).encode()])

    assert await aside(street) == []
    assert len(li.bubbles) == n_before
    assert not street.screens.bubbles.get(GROUP["id"])  # type: ignore[call-overload]


@pytest.mark.parametrize("kind", ["channel_post", "edited_channel_post"])
async def test_a_post_of_a_channel_is_simply_done(street: Street, li: Chat, kind: str) -> None:
    post = li._content({"text": "楼道堆满纸箱", "chat": {"id": -1009, "type": "channel", "title": "频道"}})
    await street.deliver([li._update(kind, post)])

    assert await aside(street) == []


async def test_another_bot_in_private_files_nothing(street: Street) -> None:
    phone = street.phone(4711)
    body = json.loads(message(phone, text="楼道堆满纸箱"))
    body["message"]["from"] = BOT
    await street.deliver([json.dumps(body).encode()])

    assert await aside(street) == []


STRANGE_KINDS: dict[str, dict[str, Any]] = {
    "voice": {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}},
    "video": {"video": {"file_id": "v", "file_unique_id": "v", "duration": 3, "width": 9, "height": 9}},
    "sticker": {
        "sticker": {
            **{"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512},
            **{"is_animated": False, "is_video": False},
        }
    },
    "contact": {"contact": {"phone_number": "+8613800000000", "first_name": "王"}},
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "poll": {
        "poll": {
            **{"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False},
            **{"is_anonymous": True, "type": "regular", "allows_multiple_answers": False},
            **{"allows_revoting": "of an older Bot API"},
        }
    },
    "document": {"document": {"file_id": "d", "file_unique_id": "d", "mime_type": "application/pdf"}},
    "nothing": {},
}


async def test_what_is_no_report_is_answered_with_words(writing: Chat, street: Street, unharmed: Unharmed) -> None:
    for name, content in STRANGE_KINDS.items():
        before = (len(writing.bubbles), writing.card.n_edits)
        await street.deliver([message(writing, **content)])
        assert (len(writing.bubbles), writing.card.n_edits) != before, f"{name} was not answered"

    await unharmed(writing)
