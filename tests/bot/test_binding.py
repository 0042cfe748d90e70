"""Who may talk to the bot: a one-time code makes a chat somebody's; strangers learn whom to ask and no more."""

import json

from actions import people
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH


async def test_a_code_binds_the_chat_and_says_who_one_is(street: Street) -> None:
    phone = street.phone(700)

    await phone.says(f"/start {await street.code('li')}")

    assert "李建国" in phone.last.text
    assert "光明里社区" in phone.last.text
    assert phone.last.reply_keyboard is not None
    assert phone.last.reply_keyboard["keyboard"][0][0]["request_location"] is True


async def test_a_code_works_once(street: Street) -> None:
    code = await street.code("li")
    await street.phone(700).says(f"/start {code}")

    other = street.phone(701)
    await other.says(f"/start {code}")

    assert "不对" in other.last.text
    assert await people.who(street.deps, "gateway", 701) is None


async def test_the_same_start_link_tapped_twice_greets_again(street: Street) -> None:
    phone = street.phone(700)
    code = await street.code("li")
    await phone.says(f"/start {code}")
    await phone.says(f"/start {code}")

    assert "李建国" in phone.last.text


async def test_a_code_may_be_typed_alone_and_in_small_letters(street: Street) -> None:
    phone = street.phone(700)
    code = await street.code("li")

    await phone.says(code.lower())

    assert "李建国" in phone.last.text


async def test_after_five_wrong_codes_one_has_to_wait(street: Street) -> None:
    phone = street.phone(700)
    for n in range(5):
        await phone.says(f"/start WRONG-{n}")
    good = await street.code("li")
    await phone.says(f"/start {good}")

    assert "试得太多" in phone.last.text
    assert await people.who(street.deps, "gateway", 700) is None


async def test_a_stranger_is_told_whom_to_ask_whatever_is_sent(street: Street) -> None:
    phone = street.phone(700)
    await phone.says("我家门口有积水")
    await phone.sends_photo(jpeg(1))
    await phone.shares(*IN_SOUTH)
    await phone.presses("d:abc:file::1")
    await phone.says("/my")

    assert len(phone.bubbles) == 5
    assert all("派遣员" in bubble.text for bubble in phone.bubbles)
    # Nothing of a stranger is fetched or kept.
    assert not [name for name, _ in street.api.calls if name == "getFile"]


async def test_small_talk_of_a_stranger_is_no_try_at_a_code(street: Street) -> None:
    phone = street.phone(700)
    for _ in range(6):
        await phone.says("hello there, how are you")
    await phone.says(f"/start {await street.code('li')}")

    assert "李建国" in phone.last.text


async def test_a_stranger_is_answered_in_the_language_of_the_phone(street: Street) -> None:
    english, traditional = street.phone(700, language="en-US"), street.phone(701, language="zh-hant")
    await english.says("hello")
    await traditional.says("你好")

    assert "invite code" in english.last.text
    assert "邀請碼" in traditional.last.text


async def test_groups_are_asked_to_come_in_private(li: Chat, street: Street) -> None:
    await li.says("/start", chat={"id": -100, "type": "group", "title": "尖山"})
    await li.says("楼道堆物", chat={"id": -100, "type": "group", "title": "尖山"})

    said = street.screens.bubbles[-100]
    assert len(said) == 1
    assert "私" in said[0].text


async def test_somebody_changes_the_language(li: Chat) -> None:
    await li.says("/language")
    assert li.last.labels == ["简体中文", "繁體中文", "English"]
    await li.taps("English")
    await li.says("/help")

    assert "in any order" in li.last.text


async def test_a_word_of_the_keyboard_is_its_command_in_every_language(li: Chat) -> None:
    for words in ("❓ 怎么用", "❓ 怎麼用", "❓ Help"):
        await li.says(words)
        assert "/new" in li.last.text


async def test_an_unknown_command_is_no_report(li: Chat) -> None:
    await li.says("/abracadabra 楼道堆物")

    assert "/help" in li.last.text


async def test_a_chat_that_blocked_the_bot_is_noted_and_one_that_comes_back_too(li: Chat, street: Street) -> None:
    await street.deliver([_membership(street, "kicked")])
    async with street.deps.store.read() as unit:
        blocked = await unit.people.chats_of(1)
    await street.deliver([_membership(street, "member")])
    async with street.deps.store.read() as unit:
        back = await unit.people.chats_of(1)

    assert blocked == []
    assert [chat.chat_id for chat in back] == [501]


def _membership(street: Street, status: str) -> bytes:
    user = {"id": 501, "is_bot": False, "first_name": "李"}
    bot = {"id": 42, "is_bot": True, "first_name": "bot"}
    change = {
        "chat": {"id": 501, "type": "private"},
        "from": user,
        "date": 1_790_000_000,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": status, "user": bot, "until_date": 0},
    }
    return json.dumps({"update_id": street.numbers(), "my_chat_member": change}).encode()
