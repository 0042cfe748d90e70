"""/team: a lead sees who is on post in the area, notes who is away, and swaps A and B; the action decides whether."""

from datetime import timedelta
from typing import Final

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from actions import staffing
from actions.team import Colleague, team
from bot.callbacks import TeamTap
from bot.casework.desk import AtDesk, Desk
from bot.replies import Button, button, in_rows

A_PAGE: Final = 8
DAYS: Final = (1, 3, 7, 14)
"""For how many days from today somebody may be noted as away in one tap."""
KEY: Final = "team"


def router() -> Router:
    """Makes the router of the team."""
    made = Router(name="team")
    made.message.middleware(AtDesk())
    made.callback_query.middleware(AtDesk())
    made.message(Command("team"))(on_team)
    made.callback_query(TeamTap.filter())(on_team_tap)
    return made


async def on_team(message: Message, desk: Desk) -> None:
    """Lists the team."""
    await _list(desk, 0, loud=True)


async def on_team_tap(query: CallbackQuery, callback_data: TeamTap, desk: Desk) -> None:
    """Turns a page, shows a colleague, or does what a button says and shows them again."""
    who, arg = callback_data.id, callback_data.arg
    today = desk.now.astimezone(desk.deps.setting.calendar.zone).date()
    match callback_data.do:
        case "page":
            await _list(desk, arg, loud=False)
            return
        case "away":
            await staffing.absent(desk.deps, desk.actor, who, today, today + timedelta(days=arg - 1))
            desk.replies.toast(desk.t("team.noted"))
        case "back":
            await staffing.back(desk.deps, desk.actor, who)
            desk.replies.toast(desk.t("team.noted"))
        case "swap":
            await staffing.swap(desk.deps, desk.actor, who, arg)
            desk.replies.toast(desk.t("team.swapped"))
    await _one(desk, who)


async def _list(desk: Desk, page: int, *, loud: bool) -> None:
    people = await team(desk.deps, desk.actor)
    shown = people[page * A_PAGE : (page + 1) * A_PAGE]
    n_away = sum(not one.present for one in people)
    lines = [desk.t.html("team.head", n=len(people), away=n_away), *(_line(one, desk) for one in shown)]
    rows = in_rows([button(_label(one, desk), TeamTap(do="one", id=one.person_id)) for one in shown], 2)
    turns: list[Button] = []
    if page:
        turns.append(button(desk.t("button.previous"), TeamTap(do="page", arg=page - 1)))
    if len(people) > (page + 1) * A_PAGE:
        turns.append(button(desk.t("button.next"), TeamTap(do="page", arg=page + 1)))
    await desk.replies.card(KEY, "\n".join(lines), [*rows, turns] if turns else rows, loud=loud)


def _line(one: Colleague, desk: Desk) -> str:
    post = one.posts[0]
    key = "team.line" if one.present else "team.line_away"
    return desk.t.html(
        key, name=one.name, role=desk.t(f"role.{post.post.role}"), shift=post.post.shift, area=post.area_name
    )


def _label(one: Colleague, desk: Desk) -> str:
    return one.name if one.present else desk.t("team.label_away", name=one.name)


async def _one(desk: Desk, person_id: int) -> None:
    """Shows a colleague with what may be done about their posts."""
    found = next((one for one in await team(desk.deps, desk.actor) if one.person_id == person_id), None)
    back = button(desk.t("team.all"), TeamTap(do="page", arg=0))
    if found is None:
        await desk.replies.card(KEY, desk.t.html("team.gone"), [[back]])
        return
    zone = desk.deps.setting.calendar.zone
    lines = [f"<b>{desk.t.html('team.name', name=found.name)}</b>"]
    for post in found.posts:
        role, unit = desk.t(f"role.{post.post.role}"), post.unit_name or ""
        lines.append(desk.t.html("duty.post", role=role, area=post.area_name, unit=unit, shift=post.post.shift))
    rows: list[list[Button]] = []
    if found.away_from is not None and found.away_until is not None:
        last = found.away_until.astimezone(zone) - timedelta(days=1)
        span = {"from_on": f"{found.away_from.astimezone(zone):%m-%d}", "to_on": f"{last:%m-%d}"}
        lines.append(desk.t.html("team.away", **span))
        rows.append([button(desk.t("team.back"), TeamTap(do="back", id=person_id))])
    else:
        days = [button(desk.t("team.days", n=n), TeamTap(do="away", id=person_id, arg=n)) for n in DAYS]
        lines.append(desk.t.html("team.ask_days"))
        rows += in_rows(days, 4)
    for other_id, name in found.opposite:
        rows.append([button(desk.t("team.swap", name=name), TeamTap(do="swap", id=person_id, arg=other_id))])
    await desk.replies.card(KEY, "\n".join(lines), [*rows, [back]])
