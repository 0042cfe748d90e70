"""What does one Bot API method get to work with, and how does it reach the chat it names?"""

from dataclasses import dataclass
from typing import Any

from gateway.botapi.errors import BadRequest, BlockedByUser, ChatNotFound, TooManyRequests
from gateway.botapi.params import Params
from gateway.store import messages, people
from gateway.store.database import Tx
from gateway.store.people import Person
from gateway.switchboard import Bot, Switchboard


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one bot."""

    board: Switchboard
    bot: Bot
    method: str
    params: Params

    def chat_id(self) -> int:
        """Reads the chat; a @name is never known here."""
        raw = self.params.text("chat_id")
        if not raw:
            raise BadRequest("chat_id is empty")
        try:
            return int(raw)
        except ValueError as error:
            raise ChatNotFound from error

    def message_id(self) -> int:
        """Reads the message number of an edit."""
        message_id = self.params.integer("message_id")
        if not message_id:
            raise BadRequest("message identifier is not specified")
        return message_id

    def spend(self, chat_id: int, count: int = 1) -> None:
        """Takes room for sends from Telegram's limits when they are enforced; raises TooManyRequests."""
        limits = self.board.limits.get(self.bot.bot_id)
        retry_after_s = limits.retry_after_s(chat_id, count) if limits is not None else None
        if retry_after_s is not None:
            raise TooManyRequests(retry_after_s)

    def recipient(self, tx: Tx, chat_id: int) -> Person:
        """Finds whom to write to; raises ChatNotFound or BlockedByUser."""
        person = self.partner(tx, chat_id)
        if person.blocked:
            raise BlockedByUser
        return person

    def partner(self, tx: Tx, chat_id: int) -> Person:
        """Finds the person of a chat with this bot, blocked or not; raises ChatNotFound."""
        person = people.by_id(tx, chat_id)
        if person is None or person.bot_id != self.bot.bot_id:
            raise ChatNotFound
        return person

    def note(self, stored: messages.Message) -> None:
        """Writes an accepted send or edit into the ledger."""
        self.board.ledger.note(
            {
                "method": self.method,
                "chat_id": stored.person_id,
                "message_id": stored.message_id,
                "at": self.board.clock().timestamp(),
                "text": stored.body.get("text", stored.body.get("caption")),
            }
        )


Result = Any
