"""The command /link: a one-time link that signs this person in to the board."""

from typing import Final

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from actions import access
from actions.ports import Deps
from actions.views import Member
from bot.replies import Button, Replies
from config.texts import Text

ON_THIS_MACHINE: Final = ("http://127.", "http://localhost", "http://[::1]")
"""Addresses that Telegram's cloud refuses behind a button; in a text they still stand."""


def router() -> Router:
    """Makes the router of this command."""
    made = Router(name="sign_in")
    made.message(Command("link"))(on_link)
    return made


async def on_link(message: Message, deps: Deps, channel: str, member: Member, t: Text, replies: Replies) -> None:
    """Sends the link, which is good for a minute and for one use."""
    if not deps.city.web_url:
        await replies.say(t.html("access.no_board"))
        return
    link = await access.sign_in_link(deps, member.person_id, deps.clock())
    seconds = int(deps.catalogue.numbers["signin_link_seconds"])
    said = t.html("access.link", seconds=seconds)
    if channel == "telegram" and link.startswith(ON_THIS_MACHINE):
        await replies.say(f"{said}\n{link}")
        return
    await replies.say(said, [[link_button(link, t)]])


def link_button(link: str, t: Text) -> Button:
    """Makes the button that opens the board as the person whom the link was made for."""
    return {"text": t("access.board"), "url": link}
