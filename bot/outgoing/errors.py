"""What a failed call to the channel means: for this message, for this address, or for nobody but the hour.

The only place where the library's exceptions are told apart.
"""

from __future__ import annotations

from enum import StrEnum

from aiogram import exceptions as tg


class Trouble(StrEnum):
    """Why a message did not arrive."""

    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    CHAT_NOT_FOUND = "chat_not_found"
    MIGRATED = "migrated"
    SLOW_DOWN = "slow_down"
    CHANNEL_DOWN = "channel_down"
    TOKEN_REFUSED = "token_refused"
    EDIT_LOST = "edit_lost"
    UNCHANGED = "unchanged"
    BAD_MARKUP = "bad_markup"
    FILE_LOST = "file_lost"
    TOO_LARGE = "too_large"
    REFUSED = "refused"


ADDRESS = frozenset({Trouble.BLOCKED, Trouble.DEACTIVATED, Trouble.CHAT_NOT_FOUND, Trouble.MIGRATED})
"""Troubles that end an address: nothing sent to it will ever arrive."""
PASSING = frozenset({Trouble.SLOW_DOWN, Trouble.CHANNEL_DOWN, Trouble.TOKEN_REFUSED})
"""Troubles that time mends, or an operator."""


class DeliveryError(Exception):
    """A call failed. `permanent` says that trying the same again is useless; no text of the peer is kept
    beyond `detail`, which never holds the token."""

    def __init__(self, trouble: Trouble, *, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = detail
        self.retry_after_s = retry_after_s

    @property
    def permanent(self) -> bool:
        """Tells whether trying the same again is useless."""
        return self.trouble not in PASSING

    @property
    def address_is_dead(self) -> bool:
        """Tells whether nothing will ever arrive at this address."""
        return self.trouble in ADDRESS


_BAD_REQUEST = (
    ("message is not modified", Trouble.UNCHANGED),
    ("message to edit not found", Trouble.EDIT_LOST),
    ("message can't be edited", Trouble.EDIT_LOST),
    ("message to delete not found", Trouble.EDIT_LOST),
    ("message can't be deleted", Trouble.REFUSED),
    ("message_id_invalid", Trouble.EDIT_LOST),
    ("there is no text in the message to edit", Trouble.EDIT_LOST),
    ("there is no caption in the message to edit", Trouble.EDIT_LOST),
    ("there is no media in the message to edit", Trouble.EDIT_LOST),
    ("message content and reply markup are exactly the same", Trouble.UNCHANGED),
    ("can't parse entities", Trouble.BAD_MARKUP),
    ("can't parse caption entities", Trouble.BAD_MARKUP),
    ("wrong file identifier", Trouble.FILE_LOST),
    ("wrong remote file identifier", Trouble.FILE_LOST),
    ("wrong file_id", Trouble.FILE_LOST),
    ("file reference", Trouble.FILE_LOST),
    ("wrong type of the file", Trouble.FILE_LOST),
    ("chat not found", Trouble.CHAT_NOT_FOUND),
    ("user not found", Trouble.CHAT_NOT_FOUND),
    ("peer_id_invalid", Trouble.CHAT_NOT_FOUND),
    ("have no rights to send", Trouble.BLOCKED),
    ("not enough rights to send", Trouble.BLOCKED),
    ("message is too long", Trouble.TOO_LARGE),
    ("caption is too long", Trouble.TOO_LARGE),
    ("photo_invalid_dimensions", Trouble.TOO_LARGE),
    ("file is too big", Trouble.TOO_LARGE),
)
"""Telegram tells these apart by text only; the wording is stable since years (see docs and its server)."""


def understood(fault: tg.TelegramAPIError | tg.ClientDecodeError) -> DeliveryError:
    """Says what a failed call means."""
    match fault:
        case tg.TelegramRetryAfter():
            return DeliveryError(Trouble.SLOW_DOWN, retry_after_s=float(fault.retry_after))
        case tg.TelegramMigrateToChat():
            return DeliveryError(Trouble.MIGRATED)
        case tg.TelegramForbiddenError():
            gone = "deactivated" in fault.message.lower()
            return DeliveryError(Trouble.DEACTIVATED if gone else Trouble.BLOCKED)
        case tg.TelegramUnauthorizedError() | tg.TelegramNotFound() | tg.TelegramConflictError():
            return DeliveryError(Trouble.TOKEN_REFUSED)
        case tg.TelegramEntityTooLarge():
            return DeliveryError(Trouble.TOO_LARGE)
        case tg.TelegramBadRequest():
            said = fault.message.lower()
            for words, trouble in _BAD_REQUEST:
                if words in said:
                    return DeliveryError(trouble, detail=words)
            return DeliveryError(Trouble.REFUSED, detail=fault.message[:200])
        case _:
            # A network fault may print the address of the call, and the address holds the token.
            return DeliveryError(Trouble.CHANNEL_DOWN, detail=type(fault).__name__)
