"""The command /link: the bot sends who asks a link to the board, and nobody else."""

from actions import access
from tests.bot.conftest import Street


async def test_the_bot_sends_a_link_that_signs_in_who_asked(street: Street) -> None:
    phone = await street.bound("wang", 700)

    await phone.says("/link")

    address, _, token = phone.last.buttons[0][0]["url"].partition("#")
    assert address == "https://whistle.example/board/in"
    assert token not in phone.last.text
    signed = await access.sign_in(street.deps, token)
    assert signed is not None
    assert signed[1].member.name == "王敏"


async def test_a_stranger_gets_no_link(street: Street) -> None:
    phone = street.phone(701)

    await phone.says("/link")

    assert phone.last.buttons == []
    assert await access.sessions(street.deps) == []
