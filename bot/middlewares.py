"""What happens around every handler: who speaks, in which language, and what a refusal becomes.

One update is one log context and one person. Decides nothing about a case.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from actions import bindings, people
from actions.ports import Deps
from bot.callbacks import Answer, CaseTap, DraftTap
from bot.commands import looks_like_code, start_code, tell_pending, typed_command
from bot.presses import unsealed
from bot.replies import Replies
from config.texts import Text, Texts
from models.rules.errors import Refusal

log = structlog.get_logger(__name__)

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
HANDLED: Final = object()
"""What a middleware returns that answered by itself."""
_OWN_PRESSES: Final = frozenset({DraftTap.__prefix__, Answer.__prefix__})
"""Presses whose handlers show the present state of a draft by themselves."""


class Acquaint(BaseMiddleware):
    """Finds out who speaks. Strangers may only show an invite code; groups are asked to come in private."""

    def __init__(self, deps: Deps, texts: Texts, channel: str) -> None:
        self._deps = deps
        self._texts = texts
        self._channel = channel

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Hands on with `member`, `t`, `deps` and `channel`, or answers the stranger."""
        assert isinstance(event, Update)
        replies: Replies = data["replies"]
        data |= {"deps": self._deps, "channel": self._channel, "texts": self._texts}
        if event.my_chat_member is not None:
            return await handler(event, data)
        message = event.message or event.edited_message
        if message is not None and message.chat.type != ChatType.PRIVATE:
            return await self._in_a_group(message, replies)
        if message is None and event.callback_query is None:
            return HANDLED
        member = await people.who(self._deps, self._channel, replies.chat_id)
        if member is None:
            return await self._stranger(handler, event, data)
        await people.reachable(self._deps, self._channel, replies.chat_id)
        t = self._texts.of(member.language)
        if message is not None and message.from_user is None:
            # A talk belongs to a chat and a person; what nobody said in private begins none.
            await replies.say(t.html("intake.unsupported"))
            return HANDLED
        structlog.contextvars.bind_contextvars(actor=member.person_id)
        spoken = event.message
        word = typed_command(spoken.text, self._texts) if spoken is not None and spoken.text else None
        if spoken is not None and word is not None:
            # A word of the keyboard means its command; seen as one, every router needs to know commands only.
            event = event.model_copy(update={"message": spoken.model_copy(update={"text": word, "entities": None})})
        data |= {"member": member, "t": t, "press": None}
        if event.callback_query is not None:
            query = await unsealed(event.callback_query, data)
            if query is None:
                return HANDLED
            event = event.model_copy(update={"callback_query": query})
        return await handler(event, data)

    async def _in_a_group(self, message: Message, replies: Replies) -> Any:
        """Reports name places and people: they are taken in private only."""
        if start_code(message.text) is not None:
            await replies.say(self._texts.of(_phone_language(message)).html("common.private_only"))
        return HANDLED

    async def _stranger(self, handler: Handler, event: Update, data: dict[str, Any]) -> Any:
        """Lets a stranger try a code, and tells everybody else whom to ask."""
        source = event.message or event.edited_message or event.callback_query
        t = self._texts.of(_phone_language(source))
        data |= {"member": None, "t": t}
        message = event.message
        replies: Replies = data["replies"]
        if message is not None and (start_code(message.text) or looks_like_code(message.text)):
            return await handler(event, data)
        said = message or event.edited_message
        if said is not None:
            text = said.text or said.caption or ""
            pending = await bindings.hold(self._deps, self._channel, replies.chat_id, data["update_id"], text)
            if pending is not None:
                await tell_pending(pending, self._texts.of(pending.language), replies)
                return HANDLED
        if event.edited_message is None:
            await replies.say(t.html("common.stranger"))
        return HANDLED


class Refusals(BaseMiddleware):
    """Runs a handler in a savepoint and turns a refusal into its sentence; faults pass through."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Says what the refusal says; what the handler had written until then is rolled back."""
        deps: Deps = data["deps"]
        replies: Replies = data["replies"]
        n_said = len(replies.message_ids)
        try:
            async with deps.store.begin():
                return await handler(event, data)
        except Refusal as refusal:
            replies.forget_after(n_said)
            log.info("refused", code=refusal.code)
            await replies.say(refusal_words(refusal, data["t"]))
            return HANDLED


class OldPresses(BaseMiddleware):
    """Keeps a press that waited too long from doing anything: its reader sees the present state instead."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Shows the case as it is now; the intake shows its own drafts."""
        assert isinstance(event, CallbackQuery)
        payload = event.data or ""
        if not data["stale"] or payload.partition(":")[0] in _OWN_PRESSES:
            return await handler(event, data)
        t: Text = data["t"]
        replies: Replies = data["replies"]
        replies.toast(t("common.press_too_old"))
        try:
            case_no = CaseTap.unpack(payload).no
        except (TypeError, ValueError):
            return HANDLED
        await replies.open(case_no)
        return HANDLED


def refusal_words(refusal: Refusal, t: Text, **more: object) -> str:
    """Gives the sentence of a refusal; one without its own sentence gets the general one."""
    key = f"refusal.{refusal.code}"
    return t.html(key if t.has(key) else "refusal.refused", **_spoken(refusal, t), **more)


def _spoken(refusal: Refusal, t: Text) -> dict[str, object]:
    """Makes the facts fit to be read: numbers without a needless fraction, a photo's fault in words."""
    facts: dict[str, object] = {}
    for name, fact in refusal.facts.items():
        facts[name] = f"{fact:g}" if isinstance(fact, float) else fact
    if refusal.code == "bad_photo":
        why = f"photo.{facts.get('why')}"
        facts["why"] = t(why if t.has(why) else "photo.broken")
    return facts


def _phone_language(source: Message | CallbackQuery | None) -> str | None:
    user = source.from_user if source is not None else None
    return user.language_code if user is not None else None
