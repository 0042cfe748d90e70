"""An admin confirms or refuses whoever showed an invite code; everybody else's press does nothing."""

from aiogram import Router
from aiogram.types import CallbackQuery

from actions import bindings
from bot.callbacks import BindTap
from bot.casework.desk import AtDesk, Desk

_VERDICTS = {"yes": True, "no": False}


def router() -> Router:
    """Makes the router of these buttons."""
    made = Router(name="confirming")
    made.callback_query.middleware(AtDesk())
    made.callback_query(BindTap.filter())(on_bind_tap)
    return made


async def on_bind_tap(query: CallbackQuery, callback_data: BindTap, desk: Desk) -> None:
    """Decides a request, or shows how it stands when it was decided."""
    request_id = callback_data.id
    confirmed = _VERDICTS.get(callback_data.do)
    if confirmed is not None:
        first = await bindings.decide(desk.deps, desk.actor, request_id, confirmed=confirmed)
        done = "binding.done_yes" if confirmed else "binding.done_no"
        desk.replies.toast(desk.t(done if first else "binding.decided_already"))
    key = f"{bindings.TEMPLATE}:{request_id}"
    await desk.replies.draw(bindings.TEMPLATE, key, {"request_id": request_id}, loud=confirmed is None)
