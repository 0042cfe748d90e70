"""The lists of what somebody owes, and going on and off duty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from actions import people, todo
from bot.callbacks import ListTap, Page
from bot.casework.desk import AtDesk, Desk
from bot.outgoing.content import Content
from bot.outgoing.lists import brief_content, list_content
from bot.outgoing.wording import escaped


def router() -> Router:
    """Builds the router of the lists and of duty."""
    made = Router(name="duty")
    made.message.middleware(AtDesk())
    made.callback_query.middleware(AtDesk())
    made.message(Command("todo"))(on_todo)
    made.message(Command("queue"))(on_queue)
    made.message(Command("brief"))(on_brief)
    made.message(Command("duty"))(on_duty)
    made.callback_query(ListTap.filter())(on_list_tap)
    made.callback_query(Page.filter(F.no == ""))(on_list_page)
    return made


async def on_todo(message: Message, desk: Desk) -> None:
    """Shows what one owes, by what is due."""
    await _show(desk, "todo", loud=True)


async def on_queue(message: Message, desk: Desk) -> None:
    """Shows what waits for a holder to be picked."""
    await _show(desk, "queue", loud=True)


async def on_brief(message: Message, desk: Desk) -> None:
    """Shows the morning brief at any hour."""
    summary = await todo.brief(desk.deps, desk.member.person_id)
    await _say(desk, brief_content(summary, desk.deps.catalogue, desk.t, desk.now), "brief", loud=True)


async def on_duty(message: Message, desk: Desk) -> None:
    """Shows the posts, and offers to go on or off duty."""
    posts = [
        desk.t.html(
            "duty.post",
            role=desk.t(f"role.{post.post.role}"),
            area=post.area_name,
            unit=post.unit_name or "",
            shift=post.post.shift,
        )
        for post in desk.member.posts
    ]
    head = desk.t.html("duty.head", name=desk.member.name)
    rows = [
        [
            {"text": desk.t("duty.go_on"), "callback_data": ListTap(what="duty", arg="on").pack()},
            {"text": desk.t("duty.go_off"), "callback_data": ListTap(what="duty", arg="off").pack()},
        ]
    ]
    await desk.replies.card("duty", "\n".join([f"<b>{head}</b>", *posts, desk.t.html("duty.how")]), rows, loud=True)


async def on_list_tap(query: CallbackQuery, callback_data: ListTap, desk: Desk) -> None:
    """Draws a list anew, or changes duty."""
    if callback_data.what == "duty":
        await _duty(desk, on_duty=callback_data.arg == "on")
        return
    await _show(desk, "queue" if callback_data.what == "queue" else "todo", loud=callback_data.arg != "here")


async def on_list_page(query: CallbackQuery, callback_data: Page, desk: Desk) -> None:
    """Turns a page of a list."""
    await _show(desk, "queue" if callback_data.what == "queue" else "todo", loud=False, page=callback_data.page)


async def _duty(desk: Desk, *, on_duty: bool) -> None:
    await people.set_duty(desk.deps, desk.actor, on_duty=on_duty)
    said = "duty.is_on" if on_duty else "duty.is_off"
    desk.replies.toast(desk.t(said))
    await desk.replies.card("duty", desk.t.html(said))


async def _show(desk: Desk, what: str, *, loud: bool, page: int = 0) -> None:
    asked = todo.queue if what == "queue" else todo.todo
    lines = await asked(desk.deps, desk.actor)
    content = list_content(what, lines, desk.deps.catalogue, desk.t, desk.now, page=page)
    await _say(desk, content, what, loud=loud)


async def _say(desk: Desk, content: Content, key: str, *, loud: bool) -> None:
    rows: list[list[dict[str, Any]]] = [[_plain(button) for button in row] for row in content.rows]
    await desk.replies.card(f"list:{key}", content.html or escaped(content.plain), rows, loud=loud)


def _plain(button: Mapping[str, str]) -> dict[str, str]:
    return dict(button)
