"""What a tap on a case's card does, and where answers to an open talk go. Thin: the talk and the action decide."""

from __future__ import annotations

from collections.abc import Awaitable

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from actions import buttons, cases, media, places
from bot.callbacks import CaseTap, Flow, Page, Pick
from bot.casework import looks, refusals, talking
from bot.casework.desk import AtDesk, Desk, InTalk, Open, recall
from bot.casework.talks import AT_ONCE, JUDGED, TALKS, at_once
from bot.intake.photos import Taken
from bot.pins import declared
from models.rules.errors import Refusal, UnknownCase


def router() -> Router:
    """Builds the router of the buttons and of the answers to an open talk."""
    made = Router(name="casework")
    made.callback_query.middleware(AtDesk())
    made.message.middleware(AtDesk())
    made.callback_query(CaseTap.filter())(on_case_tap)
    made.callback_query(Pick.filter())(on_pick)
    made.callback_query(Page.filter(F.no != ""))(on_page)
    made.callback_query(Flow.filter())(on_flow)
    made.message(InTalk(), F.location)(on_location)
    made.message(InTalk(), F.text, ~F.text.startswith("/"))(on_words)
    made.message(InTalk(), ~F.text)(on_photo)
    return made


async def on_case_tap(query: CallbackQuery, callback_data: CaseTap, desk: Desk) -> None:
    """Does what a button of a card says, or explains why not and shows the case as it is."""
    await tapped(desk, callback_data.do, callback_data.no, callback_data.v)


async def tapped(desk: Desk, do: str, case_no: str, version: int = 0) -> None:
    """Does a button's or command's deed on a case."""
    try:
        if version and do in JUDGED and await _changed_since(desk, case_no, version):
            desk.replies.toast(desk.t("race.changed"), alert=True)
            await desk.replies.case(case_no)
            return
        await _deed(desk, do, case_no)
    except Refusal as refusal:
        await talking.refused(desk, case_no, refusal)


async def _deed(desk: Desk, do: str, case_no: str) -> None:
    match do:
        case "open":
            await cases.view(desk.deps, desk.actor, case_no)
            await desk.replies.open(case_no)
        case "more":
            await desk.replies.case(case_no, facts={"more": True})
        case "photos":
            await looks.photos(desk, case_no)
        case "history":
            await looks.history(desk, case_no)
        case _ if do in AT_ONCE:
            if not await _done_once(desk, do, case_no):
                desk.replies.toast(desk.t("race.changed"))
                await desk.replies.case(case_no)
                return
            desk.replies.toast(desk.t(f"done.{do}", case_no=case_no))
            await desk.replies.case(case_no)
        case _ if do in TALKS:
            await talking.begin(desk, do, case_no)
        case _:
            # A button of an older release: show what can be done today.
            desk.replies.toast(desk.t("race.changed"))
            await desk.replies.case(case_no)


async def _done_once(desk: Desk, do: str, case_no: str) -> bool:
    """Does a deed and uses its button up; False for a button whose deed was done. A refusal leaves it good."""
    async with desk.deps.store.begin() as unit:
        if desk.press is not None and not await buttons.spend(unit, desk.press):
            return False
        await at_once(desk.deps, desk.actor, case_no, do)
        return True


async def _changed_since(desk: Desk, case_no: str, version: int) -> bool:
    view = await cases.view(desk.deps, desk.actor, case_no)
    return view.facts.version != version


async def on_pick(query: CallbackQuery, callback_data: Pick, desk: Desk) -> None:
    """Takes an offered answer to the open question; one of another question is out of date."""
    going_on = await _talk_of(desk, callback_data.no)
    if going_on is None:
        return
    step = TALKS[going_on.talk].open_step(going_on.answers)
    if step is None or step.name != callback_data.what:
        desk.replies.toast(desk.t("talk.answered_already"))
        await talking.ask(desk, going_on, loud=False)
        return
    await _led(desk, going_on, talking.picked(desk, going_on, step, callback_data.arg))


async def on_page(query: CallbackQuery, callback_data: Page, desk: Desk) -> None:
    """Turns a page of the offered answers."""
    going_on = await _talk_of(desk, callback_data.no)
    if going_on is not None:
        going_on.page = callback_data.page
        await _led(desk, going_on, talking.ask(desk, going_on, loud=False))


async def on_flow(query: CallbackQuery, callback_data: Flow, desk: Desk) -> None:
    """Leads a talk on, back or out."""
    going_on = await _talk_of(desk, callback_data.no)
    if going_on is None:
        return
    step = TALKS[going_on.talk].open_step(going_on.answers)
    match callback_data.do:
        case "cancel":
            await talking.cancel(desk, going_on)
        case "back":
            await _led(desk, going_on, talking.back(desk, going_on))
        case "skip" if step is not None and step.optional:
            await _led(desk, going_on, talking.answer(desk, going_on, step, None, loud=False))
        case _:
            await _led(desk, going_on, talking.onward(desk, going_on, loud=False, send=True))


async def on_photo(message: Message, desk: Desk, taken: Taken | None = None) -> None:
    """Takes a photo as evidence of the open talk; anything else is asked to be a photo."""
    going_on = await recall(desk)
    if going_on is None:
        return
    if taken is None or taken.refused is not None:
        refused = taken.refused if taken is not None else None
        hint = refusals.sentence(refused, desk.t, desk.now) if refused is not None else desk.t("talk.photo_only")
        await _led(desk, going_on, talking.ask(desk, going_on, loud=True, hint=hint))
        return
    kept = taken.view or await media.take_later(desk.deps, desk.member.person_id, file_id=taken.file_id)
    album = message.media_group_id
    await _led(desk, going_on, talking.photographed(desk, going_on, kept.media_id, message.caption, album))


async def on_location(message: Message, desk: Desk, channel: str) -> None:
    """Takes a location as the place, when a place is what is asked for."""
    going_on = await recall(desk)
    if going_on is None or message.location is None:
        return
    step = TALKS[going_on.talk].step("place")
    if step is None:
        await _led(desk, going_on, talking.ask(desk, going_on, loud=True, hint=desk.t("talk.no_place_here")))
        return
    here = message.location
    by_hand = here.horizontal_accuracy is None and here.live_period is None
    datum = declared(channel, by_hand=by_hand) or places.Datum.WGS84
    fix = places.fix(here.latitude, here.longitude, accuracy_m=here.horizontal_accuracy, datum=datum, by_hand=by_hand)
    placed = places.place_fix(desk.deps, fix)
    chain = placed.chain
    area = (chain.grid or chain.community or chain.street) if chain is not None else None
    if area is None or placed.wgs84 is None:
        await _led(desk, going_on, talking.ask(desk, going_on, loud=True, hint=desk.t("talk.place_outside")))
        return
    going_on.answers["pin"] = (placed.wgs84.latitude, placed.wgs84.longitude)
    await _led(desk, going_on, talking.answer(desk, going_on, step, area.code, loud=True))


async def on_words(message: Message, desk: Desk) -> None:
    """Takes typed words as the answer to the open question."""
    going_on = await recall(desk)
    if going_on is not None:
        await _led(desk, going_on, talking.typed(desk, going_on, message.text or ""))


async def _talk_of(desk: Desk, case_no: str) -> Open | None:
    """Gives the open talk that a button belongs to; a button of an old talk is told so."""
    going_on = await recall(desk)
    if going_on is not None and going_on.case_no == case_no and going_on.talk in TALKS:
        return going_on
    desk.replies.toast(desk.t("talk.over"))
    await desk.replies.case(case_no)
    return None


async def _led(desk: Desk, going_on: Open, part: Awaitable[None]) -> None:
    """Runs a part of a talk; a case that is no longer the person's to see ends it."""
    try:
        await part
    except UnknownCase as refusal:
        await talking.refused(desk, going_on.case_no, refusal)
