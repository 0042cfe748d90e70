"""What a handler says to its own chat: message rows in the update's transaction, sent after its commit.

Nothing here calls the Bot API: a sentence about something that was not committed would be a lie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiogram.filters.callback_data import CallbackData

from actions.ports import Unit

OWN_PRIORITY = 0
"""A person who waits for an answer comes before everybody who does not."""
LEASE_S = 30
"""How long the relay leaves these rows to the process that wrote them."""

Button = dict[str, str]
Keyboard = Sequence[Sequence[Button]]


def button(text: str, tap: CallbackData) -> Button:
    """Makes a button that sends a payload."""
    return {"text": text, "callback_data": tap.pack()}


def in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    """Lays buttons out in rows of a width."""
    return [list(buttons[i : i + width]) for i in range(0, len(buttons), width)]


@dataclass(frozen=True, slots=True)
class Toast:
    """The short answer to a press; `alert` has to be closed by the reader."""

    text: str
    alert: bool = False


@dataclass(slots=True)
class Replies:
    """Collects what one update says. `message_ids` are sent by this process once it is committed."""

    unit: Unit
    channel: str
    chat_id: int
    owner: str
    message_ids: list[int] = field(default_factory=list)
    toasted: Toast | None = None

    async def say(
        self,
        text: str,
        keyboard: Keyboard | None = None,
        *,
        reply_keyboard: Mapping[str, Any] | None = None,
        photo: int | None = None,
        album: Sequence[int] = (),
        location: tuple[float, float] | None = None,
        card_key: str | None = None,
        loud: bool = True,
    ) -> None:
        """Says something new; `text` is Telegram HTML whose facts are escaped already."""
        said: dict[str, Any] = {"text": text}
        optional = {
            "keyboard": [list(row) for row in keyboard] if keyboard else None,
            "reply_keyboard": dict(reply_keyboard) if reply_keyboard else None,
            "photo": photo,
            "album": list(album) or None,
            "location": {"latitude": location[0], "longitude": location[1]} if location else None,
        }
        said |= {name: value for name, value in optional.items() if value is not None}
        if card_key is not None:
            # A text is what it was when it was written: an older one, late, must not overwrite this.
            loud |= await self.unit.messages.supersede(self.channel, self.chat_id, card_key)
        await self._add({"say": said}, card_key, loud=loud)

    async def card(
        self,
        card_key: str,
        text: str,
        keyboard: Keyboard | None = None,
        *,
        photo: int | None = None,
        location: tuple[float, float] | None = None,
        loud: bool = False,
    ) -> None:
        """Shows a live card: edits the one of that key in place, or, when loud, moves it to the end."""
        await self.say(text, keyboard, photo=photo, location=location, card_key=card_key, loud=loud)

    async def case(self, case_no: str, *, loud: bool = False, facts: Mapping[str, object] | None = None) -> None:
        """Draws this chat's card of a case anew, as it is after the commit."""
        body = {"template": "card", "case_no": case_no, "facts": dict(facts or {})}
        await self._add(body, f"case:{case_no}", loud=loud)

    async def draw(self, template: str, card_key: str, facts: Mapping[str, object], *, loud: bool = False) -> None:
        """Draws a card that is no case's anew, as it is after the commit."""
        await self._add({"template": template, "facts": dict(facts)}, card_key, loud=loud)

    async def open(self, case_no: str, *, facts: Mapping[str, object] | None = None) -> None:
        """Puts the card of a case at the end of the chat."""
        await self.case(case_no, loud=True, facts=facts)

    def toast(self, text: str, *, alert: bool = False) -> None:
        """Answers the press with a line that fades; a lost toast loses nothing."""
        self.toasted = Toast(text, alert)

    def forget_after(self, n_kept: int) -> None:
        """Drops what was said since, because the savepoint it was said in is rolled back."""
        del self.message_ids[n_kept:]
        self.toasted = None

    async def _add(self, body: Mapping[str, object], card_key: str | None, *, loud: bool) -> None:
        self.message_ids += await self.unit.messages.add(
            channel=self.channel,
            chat_id=self.chat_id,
            body=body,
            card_key=card_key,
            loud=loud,
            priority=OWN_PRIORITY,
            lease_owner=self.owner,
            lease_s=LEASE_S,
        )
