"""Words that are no words, in every place where words are taken: answered kindly, shown safely, the draft kept."""

import json

import pytest

from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.bot.hostile.conftest import PLAIN, Unharmed
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH

STRANGE = {
    "million": "长" * 1_000_000,
    "nul": "积\x00水\x00",
    "only-nul": "\x00\x00",
    "zero-width": "\u200b\u200c\u200d\ufeff\u2060",
    "right-to-left": "\u202e\u2067右到左\u2069\u202c",
    "surrogate": "断\ud83d了",
    "only-surrogates": "\udc00\ud800",
    "html": "<b><script>alert(1)</script></i>&lt;<a href='tg://user?id=1'>x",
    "markdown": "*b* _i_ [x](http://evil.example) `c` ||s|| \\",
    "emoji": "😀🔥👩‍👩‍👧‍👦" * 3,
    "combining": "Z" + "\u0300\u0301" * 400,
    "spaces": " \n\t\r\u3000",
    "control": "\x1b[31m红\x07\x08",
    "template": "{fact} {0} %s %n {{7*7}}",
    "sql": "'; drop table report; --",
    "formula": "=HYPERLINK(1)",
}


def sent(phone: Chat, content: dict[str, object], kind: str = "message") -> bytes:
    """Makes an update as the wire brings it: half a character comes as an escape."""
    made = json.loads(phone._update(kind, phone._content({})))
    return json.dumps(made | {kind: made[kind] | content}, ensure_ascii=True).encode()


def shown(phone: Chat) -> str:
    """Gives everything that the phone shows."""
    return "".join(bubble.text for bubble in phone.bubbles)


async def harmless(street: Street, phone: Chat) -> None:
    """Checks that nothing was set aside and that nothing of it became markup."""
    async with street.deps.store.read() as unit:
        assert [row.fault for row in await unit.inbox.poisoned()] == []
        assert (await unit.inbox.counts()).undone == 0
    assert "<script>" not in shown(phone)
    assert "<a href" not in shown(phone)


async def test_as_messages_within_a_report(writing: Chat, street: Street, unharmed: Unharmed) -> None:
    for name, text in STRANGE.items():
        before = [bubble.n_edits for bubble in writing.bubbles] + [len(writing.bubbles)]
        await street.deliver([sent(writing, {"text": text})])
        after = [bubble.n_edits for bubble in writing.bubbles] + [len(writing.bubbles)]
        assert before != after, f"{name} was not answered"

    await harmless(street, writing)
    await unharmed(writing)


@pytest.mark.parametrize("name", ["million", "only-nul", "zero-width", "only-surrogates", "html", "emoji", "combining"])
async def test_as_the_first_words_of_all(li: Chat, street: Street, name: str) -> None:
    await street.deliver([sent(li, {"text": STRANGE[name]})])
    await li.says(PLAIN)

    await harmless(street, li)
    assert "楼道堆物" in li.card.text


async def test_under_photos_and_as_addresses(writing: Chat, street: Street, unharmed: Unharmed) -> None:
    for text in STRANGE.values():
        await street.deliver([sent(writing, writing._photo(jpeg(7)) | {"caption": text[:1024]})])
        location = {"latitude": IN_SOUTH[0], "longitude": IN_SOUTH[1]}
        venue = {"location": location, "title": text[:200], "address": text}
        await street.deliver([sent(writing, {"venue": venue, "location": location})])

    await harmless(street, writing)
    await unharmed(writing)


async def test_as_corrections_of_what_was_said(writing: Chat, street: Street) -> None:
    first = writing.last_id
    for text in STRANGE.values():
        await street.deliver([sent(writing, {"message_id": first, "edit_date": 1, "text": text}, "edited_message")])

    await harmless(street, writing)


async def test_as_answers_to_a_question(li: Chat, street: Street) -> None:
    await li.says(PLAIN)
    await li.shares(*IN_SOUTH)
    await li.taps("跳过")
    await li.taps("＋ 堆了什么")
    for text in STRANGE.values():
        await street.deliver([sent(li, {"text": text})])

    await harmless(street, li)


async def test_from_strangers_and_as_codes(street: Street) -> None:
    for number, text in enumerate(STRANGE.values()):
        phone = street.phone(900 + number)
        await street.deliver([sent(phone, {"text": text}), sent(phone, {"text": f"/start {text}"})])
        await harmless(street, phone)
        assert phone.bubbles


async def test_as_the_name_of_a_person(street: Street) -> None:
    code = await street.code("lin")
    for number, text in enumerate(STRANGE.values()):
        phone = street.phone(950 + number)
        body = json.loads(sent(phone, {"text": f"/start {code}" if number == 0 else "你好"}))
        body["message"]["from"] |= {"first_name": text[:99_999], "last_name": text[:99], "username": text[:32]}
        body["message"]["chat"] |= {"first_name": text[:99]}
        await street.deliver([json.dumps(body).encode()])
        await harmless(street, phone)
        assert phone.bubbles
    assert "林小燕" in shown(street.phone(950))
