"""Every deed on a case as a typed command, for phones where buttons fail and for quick hands."""

from __future__ import annotations

from typing import Any, Final

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from actions import cases
from bot.casework import talking
from bot.casework.desk import AtDesk, Desk, InTalk, recall
from bot.casework.handlers import tapped
from bot.casework.numbers import WHOLE, case_number
from bot.casework.talks import TALKS, StepType, Talk
from models.rules.errors import Refusal

COMMANDS: Final = {
    "case": "open",
    "sign": "sign",
    "arrive": "arrive",
    "return": "hand_back",
    "handin": "hand_in",
    "handover": "hand_over",
    "extend": "ask_extension",
    "suspend": "ask_suspension",
    "void": "ask_void",
    "pass": "pass_check",
    "fail": "fail_check",
    "urge": "urge",
    "note": "note",
    "resume": "resume",
    "reopen": "reopen",
    "dispatch": "dispatch",
    "designate": "designate",
    "place": "relocate",
    "merge": "merge",
    "decline": "decline",
    "photos": "photos",
    "history": "history",
}
"""What each command does to the case that follows it."""
AGREE: Final = "agree"
"""The command with which a second person grants whatever is asked."""


def router() -> Router:
    """Builds the router of the commands and of plain case numbers."""
    made = Router(name="casework-commands")
    made.message.middleware(AtDesk())
    made.message(InTalk(), Command("cancel"))(on_cancel)
    made.message(Command(*COMMANDS, AGREE))(on_command)
    made.message(F.text.regexp(rf"^\s*{WHOLE.pattern}\s*$"))(on_number)
    return made


async def on_command(message: Message, command: CommandObject, desk: Desk) -> None:
    """Does a typed deed: `/sign TJ-2026-000123`, `/return 123 wrong_duty 不归我们管`."""
    number, _, rest = (command.args or "").strip().partition(" ")
    case_no = case_number(number, desk.deps, desk.now)
    if case_no is None:
        await desk.replies.say(desk.t.html("case.which", command=command.command))
        return
    if command.command == AGREE:
        await _agree(desk, case_no)
        return
    do = COMMANDS[command.command]
    preset = _preset(desk, TALKS[do], rest.strip()) if do in TALKS and rest.strip() else None
    if preset is None:
        await tapped(desk, do, case_no)
        return
    try:
        await talking.begin(desk, do, case_no, preset)
    except Refusal as refusal:
        await talking.refused(desk, case_no, refusal)


async def on_cancel(message: Message, desk: Desk) -> None:
    """Ends the talk that is open."""
    going_on = await recall(desk)
    if going_on is not None:
        await talking.cancel(desk, going_on)


async def on_number(message: Message, desk: Desk) -> None:
    """Shows the case whose number was typed."""
    case_no = case_number(message.text or "", desk.deps, desk.now)
    if case_no is not None:
        await tapped(desk, "open", case_no)


async def _agree(desk: Desk, case_no: str) -> None:
    """Grants what waits for a second person, whatever it is."""
    try:
        view = await cases.view(desk.deps, desk.actor, case_no)
    except Refusal as refusal:
        await talking.refused(desk, case_no, refusal)
        return
    pending = view.facts.pending
    await tapped(desk, f"grant_{pending.ask}" if pending else "decline", case_no)


def _preset(desk: Desk, talk: Talk, rest: str) -> dict[str, Any] | None:
    """Reads what follows the number: a reason's code or name first where one is asked, then the words."""
    found: dict[str, Any] = {}
    reason = next((s for s in talk.steps if s.type is StepType.REASON), None)
    if reason is not None and reason.purpose is not None:
        first, _, words = rest.partition(" ")
        for known in desk.deps.catalogue.reasons_for(reason.purpose):
            if first == known.code or first in known.label.all:
                found["reason"] = known.code
                rest = words.strip()
                break
    into = next((s for s in talk.steps if s.type is StepType.CASE), None)
    if into is not None:
        other = case_number(rest, desk.deps, desk.now)
        return {into.name: other} if other else None
    if rest and talk.step("words") is not None:
        found["words"] = rest[: talking.WORDS_UNITS]
    return found or None
