"""Buttons of a draft's card. A button of a draft that is gone, or of an older card, changes nothing and says so."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from aiogram.types import CallbackQuery

from bot.callbacks import Answer, DraftTap
from bot.intake import questions as q
from bot.intake.answers import tapped
from bot.intake.draft import AFTER, Draft
from bot.intake.filing import file
from bot.intake.talk import Talk, card_key
from bot.intake.turn import close_twins, go_on, show
from bot.replies import button
from models.rules.states import Grade


async def on_answer(query: CallbackQuery, callback_data: Answer, talk: Talk, stale: bool) -> None:
    """Takes the answer to a question, of whichever card it was tapped on."""
    draft = await _draft(callback_data.id, talk, stale)
    if draft is None:
        return
    after = tapped(talk, draft, callback_data.q, callback_data.a)
    if after is None:
        talk.replies.toast(talk.t("intake.toast.outdated"))
        await show(talk, draft)
        return
    await go_on(talk, draft, after)


async def on_tap(query: CallbackQuery, callback_data: DraftTap, talk: Talk, stale: bool) -> None:
    """Steers a draft."""
    draft = await _draft(callback_data.id, talk, stale)
    if draft is None:
        return
    step = _STEPS.get(callback_data.do)
    if step is None:
        talk.replies.toast(talk.t("intake.toast.outdated"))
        return
    await step(talk, draft, callback_data)


async def _draft(draft_id: str, talk: Talk, stale: bool) -> Draft | None:
    """Finds the draft of a button; None when there is nothing to do any more, which is said."""
    draft = await talk.draft(draft_id)
    if draft is None:
        talk.replies.toast(talk.t("intake.toast.gone"))
        return None
    if stale:
        talk.replies.toast(talk.t("common.press_too_old"))
        await show(talk, draft, loud=True)
        return None
    return draft


async def _file(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Files what the card showed; something newer is shown first."""
    if tap.v != draft.version or q.next_question(draft, talk.deps.catalogue) != q.READY:
        talk.replies.toast(talk.t("intake.toast.look_again"), alert=True)
        await show(talk, draft)
        return
    await file(talk, draft, joins=None)


async def _join(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Files the draft as one more report of a case nearby."""
    if not any(twin.case_no == tap.arg for twin in draft.twins or ()):
        talk.replies.toast(talk.t("intake.toast.outdated"))
        await show(talk, draft)
        return
    await file(talk, draft, joins=tap.arg)


async def _apart(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    await close_twins(talk, draft, "apart")
    await go_on(talk, draft, replace(draft.answered(q.TWINS), no_twin=True))


async def _back(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Asks the last answered question again; its answer stays until there is a new one."""
    if not draft.trail:
        await show(talk, draft)
        return
    last = draft.trail[-1]
    again = replace(draft, trail=draft.trail[:-1], editing=last, menu=None)
    if last == q.TWINS:
        again = replace(again, editing=None, no_twin=False, twins=None)
    await go_on(talk, draft, again)


async def _skip(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    if tap.arg != q.REST and not q.may_skip(tap.arg, draft, talk.deps.catalogue):
        talk.replies.toast(talk.t("intake.toast.outdated"))
        return
    await go_on(talk, draft, draft.passing([tap.arg]))


async def _leave(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Closes a list or a question asked out of turn, and goes on where the talk was."""
    after = replace(draft, menu=None, editing=None)
    await go_on(talk, draft, after.answered(tap.arg) if tap.arg else after)


async def _menu(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    await go_on(talk, draft, replace(draft, menu=tap.arg))


async def _ask(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Asks a question out of turn, to change its answer or to add one."""
    after = replace(draft, editing=tap.arg, menu=None, skipped=draft.skipped - {tap.arg})
    await go_on(talk, draft, after)


async def _spot(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Notes that it was fixed on the spot, which wants an after-photo, or takes that back."""
    fixed = tap.arg == "yes"
    shots = draft.shots if fixed else tuple(shot for shot in draft.shots if shot.role != AFTER)
    await go_on(talk, draft, replace(draft, on_spot=fixed, shots=shots, menu=None, editing=None))


async def _grade(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    grade = Grade.MAJOR if tap.arg == Grade.MAJOR else Grade.GENERAL
    await go_on(talk, draft, replace(draft, grade=grade, menu=None))


async def _urgent(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    await go_on(talk, draft, replace(draft, urgent=tap.arg == "yes", menu=None))


async def _unshoot(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Drops the latest photo."""
    await go_on(talk, draft, replace(draft, shots=draft.shots[:-1]))


async def _later(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    """Puts the draft away; its card keeps one button, to go on."""
    await talk.keep(replace(draft, menu=None, editing=None))
    await talk.set_aside()
    go = button(talk.t("intake.key.continue"), DraftTap(id=draft.draft_id, do="go"))
    await talk.replies.card(card_key(draft), talk.t.html("intake.kept_for_later"), [[go]])


async def _go(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    await show(talk, draft, loud=True)


async def _cancel(talk: Talk, draft: Draft, tap: DraftTap) -> None:
    await close_twins(talk, draft, "cancelled")
    await talk.drop(draft)
    await talk.replies.card(card_key(draft), talk.t.html("intake.cancelled"))


_STEPS: Final[dict[str, Callable[[Talk, Draft, DraftTap], Awaitable[None]]]] = {
    "file": _file,
    "join": _join,
    "apart": _apart,
    "back": _back,
    "skip": _skip,
    "leave": _leave,
    "menu": _menu,
    "ask": _ask,
    "spot": _spot,
    "grade": _grade,
    "urgent": _urgent,
    "unshoot": _unshoot,
    "later": _later,
    "go": _go,
    "cancel": _cancel,
}
