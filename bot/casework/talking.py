"""Leads a talk: asks the next question, takes an answer, goes back, and does what was asked for at the end.

One message is the talk; buttons edit it in place, typed answers move it down below them. A refusal ends a talk
only when no other answer could help; what was typed is kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from actions import cases
from actions.views import CaseView
from bot.callbacks import Flow
from bot.casework import dates, refusals
from bot.casework.choices import Moment, choices, rows
from bot.casework.desk import Desk, Open, forget, interrupted, recall, remember
from bot.casework.talks import TALKS, Step, StepType, Talk
from bot.outgoing import times
from bot.outgoing.card import CardText
from bot.outgoing.content import Button
from bot.outgoing.wording import Html, Say, escaped, shortened
from models.rules.calendars import SHANGHAI
from models.rules.errors import Refusal, UnknownCase

WORDS_UNITS: Final = 1000
MOST_PHOTOS: Final = 9
_SEND = "send"


async def begin(desk: Desk, name: str, case_no: str, preset: dict[str, Any] | None = None) -> None:
    """Opens a talk, or says why there is nothing to talk about."""
    talk = TALKS[name]
    view = await cases.view(desk.deps, desk.actor, case_no)
    hindrance = await cases.hindrance(desk.deps, desk.actor, case_no, talk.verb)
    if hindrance is not None:
        await refused(desk, case_no, hindrance)
        return
    going_on = await recall(desk)
    if going_on is not None and (going_on.case_no, going_on.talk) == (case_no, name) and not preset:
        # The same button again: the talk is still there with all that was said.
        await ask(desk, going_on, view, loud=True)
        return
    fresh = Open(talk=name, case_no=case_no, version=view.facts.version, before=await interrupted(desk))
    for step, answer in (preset or {}).items():
        fresh.answers[step] = answer
        fresh.order.append(step)
    await onward(desk, fresh, view, loud=True)


async def onward(desk: Desk, going_on: Open, view: CaseView | None = None, *, loud: bool, send: bool = False) -> None:
    """Asks the next question, shows the answers once more, or does what was asked for."""
    talk = TALKS[going_on.talk]
    if talk.open_step(going_on.answers) is None and (send or not talk.confirmed):
        await _finish(desk, talk, going_on, loud=loud)
        return
    await ask(desk, going_on, view, loud=loud)


async def answer(desk: Desk, going_on: Open, step: Step, value: Any, *, loud: bool) -> None:
    """Takes an answer and goes on."""
    going_on.answers[step.name] = value
    if step.name in going_on.order:
        going_on.order.remove(step.name)
    going_on.order.append(step.name)
    going_on.page, going_on.under = 0, None
    await onward(desk, going_on, loud=loud)


async def back(desk: Desk, going_on: Open) -> None:
    """Takes the last answer back; before the first, ends the talk."""
    if going_on.under is not None or going_on.page:
        going_on.under, going_on.page = None, 0
    elif going_on.order:
        going_on.answers.pop(going_on.order.pop(), None)
    else:
        await cancel(desk, going_on)
        return
    await ask(desk, going_on, loud=False)


async def cancel(desk: Desk, going_on: Open) -> None:
    """Ends a talk without doing anything."""
    await forget(desk)
    said = desk.t.html("talk.cancelled", title=_title(desk.t, going_on))
    await desk.replies.card(_key(going_on), said)
    await desk.replies.case(going_on.case_no)


async def ask(desk: Desk, going_on: Open, view: CaseView | None = None, *, loud: bool, hint: str = "") -> None:
    """Shows the talk: what was answered, the open question, and its buttons."""
    view = view or await cases.view(desk.deps, desk.actor, going_on.case_no)
    talk = TALKS[going_on.talk]
    step = talk.open_step(going_on.answers)
    at = Moment(desk.deps, desk.member, view, desk.t, desk.now, going_on.under)
    told = [
        f"<b>{escaped(_title(desk.t, going_on))}</b>",
        escaped(_about(desk, view)),
        *_answered(desk, talk, going_on),
    ]
    laid: list[tuple[Button, ...]] = []
    if hint:
        told += ["", desk.t.html("talk.hint", hint=hint)]
    if step is not None:
        offered = await choices(step, at)
        told += ["", _question(desk.t, talk, step, going_on, offered=bool(offered))]
        laid = rows(step, offered, going_on.case_no, going_on.page, desk.t)
    else:
        told += ["", desk.t.html("talk.confirm")]
    laid += _steering(desk.t, talk, step, going_on)
    await remember(desk, going_on)
    await desk.replies.card(_key(going_on), "\n".join(told), [list(map(dict, row)) for row in laid], loud=loud)


async def typed(desk: Desk, going_on: Open, text: str) -> None:
    """Takes what was typed as the answer to the open question."""
    talk = TALKS[going_on.talk]
    step = talk.open_step(going_on.answers) or talk.step("words")
    if step is None:
        await ask(desk, going_on, loud=True)
        return
    said = text.strip()
    match step.type:
        case StepType.WORDS if len(said) > WORDS_UNITS:
            await ask(desk, going_on, loud=True, hint=desk.t("talk.too_long", limit=WORDS_UNITS, n=len(said)))
        case StepType.WORDS:
            await answer(desk, going_on, step, said, loud=True)
        case StepType.PHOTOS:
            # Words before the photo are the words of the hand-in; the photo is asked for again.
            if talk.step("words") is not None:
                going_on.answers["words"] = shortened(said, WORDS_UNITS)
                going_on.order = [*(n for n in going_on.order if n != "words"), "words"]
            await ask(desk, going_on, loud=True)
        case StepType.MOMENT:
            moment = dates.read_moment(said, desk.now)
            await _dated(desk, going_on, step, moment.isoformat() if moment else None)
        case StepType.DAY:
            day = dates.read_day(said, desk.now)
            await _dated(desk, going_on, step, day.isoformat() if day else None)
        case StepType.CASE:
            await answer(desk, going_on, step, said.upper(), loud=True)
        case _:
            await _typed_choice(desk, going_on, step, said)


async def picked(desk: Desk, going_on: Open, step: Step, arg: str) -> None:
    """Takes a button's answer to the open question."""
    if step.type is StepType.PLACE:
        how, _, code = arg.partition(".")
        going_on.answers.pop("pin", None)
        if how == "in":
            going_on.under, going_on.page = code, 0
            if not await _has_parts(desk, going_on, step):
                await answer(desk, going_on, step, code, loud=False)
                return
            await ask(desk, going_on, loud=False)
            return
        arg = code
    await answer(desk, going_on, step, _value(desk, step, arg), loud=False)


async def photographed(
    desk: Desk, going_on: Open, media_id: int, caption: str | None, album: str | None = None
) -> None:
    """Adds a photo to the answers; a caption stands as the words. An album is one thing."""
    talk = TALKS[going_on.talk]
    step = talk.step("photos")
    if step is None:
        await ask(desk, going_on, loud=True, hint=desk.t("talk.no_photo_here"))
        return
    photos = list(going_on.answers.get("photos") or [])
    if media_id not in photos:
        photos.append(media_id)
    going_on.answers["photos"] = photos[:MOST_PHOTOS]
    if "photos" not in going_on.order:
        going_on.order.append("photos")
    words = talk.step("words")
    if caption and caption.strip() and words is not None and not going_on.answers.get("words"):
        going_on.answers["words"] = shortened(caption.strip(), WORDS_UNITS)
        going_on.order.append("words")
    first = album is None or album != going_on.album
    going_on.album = album
    await ask(desk, going_on, loud=first)


async def refused(desk: Desk, case_no: str, refusal: Refusal) -> None:
    """Says why a tap did nothing, and shows the case as it is."""
    said = refusals.sentence(refusal, desk.t, desk.now)
    desk.replies.toast(said, alert=True)
    await desk.replies.say(escaped(said))
    if not isinstance(refusal, UnknownCase):
        await desk.replies.case(case_no)


async def _finish(desk: Desk, talk: Talk, going_on: Open, *, loud: bool) -> None:
    """Does the verb; a refusal that another answer mends asks for that answer again."""
    try:
        await talk.finish(desk.deps, desk.actor, going_on.case_no, going_on.answers)
    except Refusal as refusal:
        mended = refusals.MENDED_BY.get(refusal.code)
        if mended is None or (isinstance(refusal, UnknownCase) and talk.step("into") is None):
            await _ended_by(desk, going_on, refusal)
            return
        for name in mended:
            if talk.step(name) is not None and going_on.answers.pop(name, None) is not None:
                going_on.order = [n for n in going_on.order if n != name]
        await ask(desk, going_on, loud=loud, hint=refusals.sentence(refusal, desk.t, desk.now))
        return
    await forget(desk)
    done = desk.t(f"done.{talk.name}", case_no=going_on.case_no)
    desk.replies.toast(done)
    told = [desk.t.html("talk.done", said=done), *_answered(desk, talk, going_on)]
    await desk.replies.card(_key(going_on), "\n".join(told), loud=loud)
    await desk.replies.case(going_on.case_no)


async def _ended_by(desk: Desk, going_on: Open, refusal: Refusal) -> None:
    """Ends a talk that cannot succeed any more; the words stay in the chat, to be copied."""
    await forget(desk)
    said = refusals.sentence(refusal, desk.t, desk.now)
    desk.replies.toast(said, alert=True)
    told = [escaped(said)]
    written = [str(going_on.answers[n]) for n in ("words", "measure") if going_on.answers.get(n)]
    if written:
        quoted = Html("\n".join(f"<code>{escaped(words)}</code>" for words in written))
        told.append(desk.t.html("talk.your_words", words=quoted))
    await desk.replies.card(_key(going_on), "\n".join(told), loud=True)
    if not isinstance(refusal, UnknownCase):
        await desk.replies.case(going_on.case_no)


async def _dated(desk: Desk, going_on: Open, step: Step, value: str | None) -> None:
    if value is None:
        await ask(desk, going_on, loud=True, hint=desk.t("talk.no_date"))
    else:
        await answer(desk, going_on, step, value, loud=True)


async def _typed_choice(desk: Desk, going_on: Open, step: Step, said: str) -> None:
    """Takes a typed name of something offered: the only one that contains what was typed."""
    view = await cases.view(desk.deps, desk.actor, going_on.case_no)
    at = Moment(desk.deps, desk.member, view, desk.t, desk.now, going_on.under)
    hits = [c for c in await choices(step, at) if said and said in c.label]
    if len(hits) == 1:
        await picked(desk, going_on, step, hits[0].arg)
        return
    await ask(desk, going_on, view, loud=True, hint=desk.t("talk.pick_one"))


async def _has_parts(desk: Desk, going_on: Open, step: Step) -> bool:
    view = await cases.view(desk.deps, desk.actor, going_on.case_no)
    at = Moment(desk.deps, desk.member, view, desk.t, desk.now, going_on.under)
    return any(c.arg.startswith("in.") for c in await choices(step, at))


def _value(desk: Desk, step: Step, arg: str) -> Any:
    """Turns a button's payload into the answer that is kept."""
    match step.type:
        case StepType.MOMENT:
            return datetime.strptime(arg, "%Y%m%dT%H%M").replace(tzinfo=SHANGHAI).isoformat()
        case StepType.DAY:
            return datetime.strptime(arg, "%Y%m%d").replace(tzinfo=SHANGHAI).date().isoformat()
        case StepType.WORDS if step.chips is not None:
            reason = desk.deps.catalogue.reason(step.chips, arg)
            return reason.label.in_(desk.t.language) if reason else arg
    return arg


def _key(going_on: Open) -> str:
    return f"talk:{going_on.case_no}"


def _title(t: Say, going_on: Open) -> str:
    return t("talk.title", what=t(f"talk.name.{going_on.talk}"), case_no=going_on.case_no)


def _about(desk: Desk, view: CaseView) -> str:
    text = CardText(desk.deps.catalogue, desk.t, desk.now)
    return f"{text.kind(view.facts.kind)} · {text.where(view)}"


def _question(t: Say, talk: Talk, step: Step, going_on: Open, *, offered: bool) -> str:
    """Gives the open question; where nothing can be offered, what to type instead."""
    photos = going_on.answers.get("photos") or []
    if step.type is StepType.CASE and not offered:
        return t.html("talk.ask.merge.into.type")
    if step.type in (StepType.COLLEAGUE, StepType.UNIT) and not offered:
        return t.html(f"talk.ask.{talk.name}.{step.name}.none")
    return t.html(f"talk.ask.{talk.name}.{step.name}", n=len(photos))


def _answered(desk: Desk, talk: Talk, going_on: Open) -> list[str]:
    """Lists the answers so far, one short line each."""
    lines: list[str] = []
    for step in talk.steps:
        value = going_on.answers.get(step.name)
        if value not in (None, "", []):
            lines.append(desk.t.html(f"talk.line.{step.name}", value=_shown(desk, step, value)))
    return lines


def _shown(desk: Desk, step: Step, value: Any) -> str:
    """Says an answer as people would."""
    match step.type:
        case StepType.REASON if step.purpose is not None:
            reason = desk.deps.catalogue.reason(step.purpose, str(value))
            return reason.label.in_(desk.t.language) if reason else str(value)
        case StepType.PHOTOS:
            return desk.t("talk.n_photos", n=len(value))
        case StepType.MOMENT:
            return times.moment(datetime.fromisoformat(value), desk.now, desk.t)
        case StepType.DAY:
            return times.day(datetime.fromisoformat(value).date(), desk.t)
    return shortened(str(value), 300)


def _steering(t: Say, talk: Talk, step: Step | None, going_on: Open) -> list[tuple[Button, ...]]:
    """Gives the buttons that lead on, back and out."""

    def button(do: str, key: str = "") -> Button:
        return {"text": t(f"talk.do.{key or do}"), "callback_data": Flow(do=do, no=going_on.case_no).pack()}

    laid: list[tuple[Button, ...]] = []
    if step is None:
        laid.append((button(_SEND),))
    elif step.optional:
        last = talk.steps[-1] is step
        laid.append((button("skip", f"skip.{talk.name}" if last and talk.name in _NAMED_SKIPS else ""),))
    out = [button("cancel")]
    if going_on.order or going_on.under:
        out.insert(0, button("back"))
    laid.append(tuple(out))
    return laid


_NAMED_SKIPS: Final = frozenset({"pass_check", "decline", "resume"})
"""Talks whose only words are optional: their skip button says what it does."""
