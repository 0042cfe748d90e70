"""What a press turns into before any handler sees it: the payload behind its token, or a look at the present state."""

from typing import Any

import structlog
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery

from actions import buttons
from actions.ports import Deps
from actions.views import Member
from bot.callbacks import BindTap, CaseTap, DraftTap, ListTap
from bot.replies import Replies
from config.texts import Text

log = structlog.get_logger(__name__)
_LISTS = frozenset({"todo", "queue"})


async def unsealed(query: CallbackQuery, data: dict[str, Any]) -> CallbackQuery | None:
    """Gives the press with its meaning as data, and keeps `press` for the handler that may use it up.

    A token that means nothing to this person does nothing; where it stood on a card, the card is shown as it is
    now. Forged, foreign and old ones look alike to whoever presses. None when there is nothing to show.
    """
    deps: Deps = data["deps"]
    member: Member = data["member"]
    replies: Replies = data["replies"]
    channel: str = data["channel"]
    found = await buttons.read(deps, channel, replies.chat_id, member.person_id, query.data or "")
    if isinstance(found, buttons.Press):
        data["press"] = found
        return query.model_copy(update={"data": found.payload})
    t: Text = data["t"]
    log.warning("press means nothing", why=str(found), chat_id=replies.chat_id)
    replies.toast(t("press.over"))
    shown = await _shown(query, deps, channel, replies.chat_id)
    return None if shown is None else query.model_copy(update={"data": shown.pack()})


async def _shown(query: CallbackQuery, deps: Deps, channel: str, chat_id: int) -> CallbackData | None:
    """Gives the press that would show anew what the message of this press shows."""
    if query.message is None:
        return None
    async with deps.store.read() as unit:
        key = await unit.cards.key_of(channel, chat_id, query.message.message_id)
    sort, _, name = (key or "").partition(":")
    match sort:
        case "case":
            return CaseTap(do="open", no=name)
        case "draft":
            return DraftTap(id=name, do="go")
        case "binding" if name:
            return BindTap(do="show", id=int(name))
        case "list" if name in _LISTS:
            return ListTap(what=name)
    return None
