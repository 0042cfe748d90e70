"""The command /board: the street's board as a picture and three sentences, with a button that signs in to the whole."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from actions import access
from actions.ports import Deps
from actions.views import Member
from bot.outgoing.board_picture import TEMPLATE
from bot.replies import Replies
from bot.sign_in import ON_THIS_MACHINE

CARD = "board:here"
"""One board a chat: asked again, it is drawn anew at the end of the chat."""


def router() -> Router:
    """Makes the router of this command."""
    made = Router(name="board")
    made.message(Command("board"))(on_board)
    return made


async def on_board(message: Message, deps: Deps, channel: str, member: Member, replies: Replies) -> None:
    """Sends the board of the member's street, as it is when it leaves."""
    link = await access.sign_in_link(deps, member.person_id, deps.clock()) if deps.city.web_url else ""
    if channel == "telegram" and link.startswith(ON_THIS_MACHINE):
        link = ""
    await replies.draw(TEMPLATE, CARD, {"link": link}, loud=True)
