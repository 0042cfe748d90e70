"""Messages of the intake: a photo, a place, words, in any order, each goes into the draft that is open."""

import math
from dataclasses import replace
from typing import Final

from aiogram.types import Location, Message

from actions.text import clean
from actions.views import MediaView
from bot.intake import place
from bot.intake import questions as q
from bot.intake.answers import heard, typed
from bot.intake.draft import AFTER, BEFORE, MOST_PHOTOS, Draft, FixGiven, Said, Shot
from bot.intake.photos import Taken, kept
from bot.intake.reading import means_nothing
from bot.intake.talk import Talk
from bot.intake.turn import go_on
from bot.middlewares import refusal_words
from bot.pins import declared
from models.rules.errors import BadPhoto
from models.rules.kinds import FieldType

LONGEST_WORDS: Final = 4000


async def on_message(message: Message, talk: Talk, taken: Taken | None) -> None:
    """Takes whatever was sent into the open draft, or starts one."""
    words = clean(message.text or message.caption or "", LONGEST_WORDS)
    before = await talk.current()
    set_aside = before is not None and await talk.idle()
    if set_aside:
        before = None
    if taken is None and message.location is None and message.venue is None:
        if not words:
            await talk.replies.say(talk.t.html("intake.unsupported"))
            return
        if before is None and means_nothing(words, talk.deps.catalogue):
            await talk.replies.say(talk.t.html("intake.how_to_begin"))
            return
    draft = before or await talk.begin()
    if set_aside:
        draft = draft.noted("set_aside")
    question = q.next_question(draft, talk.deps.catalogue)
    draft = _seen(message, draft)
    if taken is not None:
        shot = await _photo(message, talk, draft, question, taken)
        if shot is None:
            return
        draft = shot
    draft = _location(message, talk, draft)
    if words:
        said = Said(message.message_id, words)
        if taken is None:
            draft = typed(talk, draft, question, said).with_reply(message.message_id, question)
        else:
            draft = heard(talk, draft, said)
    await go_on(talk, before, draft)


def _seen(message: Message, draft: Draft) -> Draft:
    """Counts what stands below the card; an album is one thing."""
    if message.media_group_id is not None and message.media_group_id == draft.album:
        return replace(draft, menu=None)
    return replace(draft, menu=None, below=draft.below + 1, album=message.media_group_id)


async def _photo(message: Message, talk: Talk, draft: Draft, question: str, taken: Taken) -> Draft | None:
    """Adds the photo to what was asked for; a refused one leaves the draft as it is and says why."""
    if len(draft.shots) >= MOST_PHOTOS:
        return draft.noted("too_many_photos", n=str(MOST_PHOTOS))
    try:
        view = await kept(talk.deps, talk.member.person_id, taken)
    except BadPhoto as refusal:
        await talk.replies.say(refusal_words(refusal, talk.t))
        return None
    same_album = message.media_group_id is not None and draft.shots and _album_role(message, draft)
    role = same_album or _role(question, draft, talk)
    if role == AFTER and any(shot.media_id == view.media_id for shot in draft.photos(BEFORE)):
        return draft.noted("same_picture")
    draft = draft.with_shot(
        Shot(view.media_id, message.message_id, role, view.loading, message.forward_origin is not None)
    )
    draft = _with_photo_fix(draft, view)
    if question.startswith(q.FIELD) and role == question.removeprefix(q.FIELD):
        return draft.with_fields({role: str(view.media_id)}).answered(question)
    return draft.answered(question) if question in (q.PHOTO, q.AFTER_PHOTO) else draft


def _album_role(message: Message, draft: Draft) -> str | None:
    """Lets the photos of one album play the same part: only the first of them was asked for."""
    return draft.shots[-1].role if message.media_group_id == draft.album and _follows(message, draft) else None


def _follows(message: Message, draft: Draft) -> bool:
    return 0 < message.message_id - draft.shots[-1].message_id < 10


def _role(question: str, draft: Draft, talk: Talk) -> str:
    """Tells what a photo shows: what was asked for, and otherwise the thing as it was found."""
    if question == q.AFTER_PHOTO:
        return AFTER
    field = q.field_of(question, q.kind_of(draft, talk.deps.catalogue))
    return field.code if field is not None and field.type is FieldType.PHOTO else BEFORE


def _with_photo_fix(draft: Draft, view: MediaView) -> Draft:
    """Remembers where the camera says it was; offered as an answer, never assumed."""
    if view.latitude is None or view.longitude is None:
        return draft
    return replace(draft, photo_fix=FixGiven(latitude=view.latitude, longitude=view.longitude, camera=True))


def _location(message: Message, talk: Talk, draft: Draft) -> Draft:
    venue = message.venue
    location = venue.location if venue is not None else message.location
    if location is None:
        return draft
    fix = given(location, message.message_id)
    if message.forward_origin is not None:
        # Somebody else's phone was there: for this one it is a pin.
        fix = replace(fix, by_hand=True, live=False)
    vouched = declared(talk.channel, by_hand=fix.by_hand)
    fix = replace(fix, datum=vouched or fix.datum)
    draft = place.by_fix(talk.deps, talk.member, draft, fix, sure_datum=vouched == "wgs84")
    if venue is not None:
        named = " ".join(part for part in (venue.address, venue.title) if part)
        draft = replace(draft, address=clean(named, LONGEST_WORDS))
    return draft.answered(q.PLACE) if draft.spot is not None or draft.doubt is not None else draft


def given(location: Location, message_id: int) -> FixGiven:
    """Reads a shared place. The phone's own fix tells its accuracy or is live; a pin set by hand does neither."""
    live = location.live_period is not None
    by_hand = location.horizontal_accuracy is None and not live
    accuracy_m = location.horizontal_accuracy
    return FixGiven(
        latitude=location.latitude,
        longitude=location.longitude,
        accuracy_m=accuracy_m if accuracy_m is not None and math.isfinite(accuracy_m) else None,
        by_hand=by_hand,
        message_id=message_id,
        live=live,
    )


async def on_edited(message: Message, talk: Talk, taken: Taken | None) -> None:
    """Lets a draft follow its edited messages; what was filed is never changed that way."""
    current = await talk.current()
    draft = current if current is not None and _has(current, message.message_id) else None
    if draft is None:
        draft = next((d for d in await talk.drafts() if _has(d, message.message_id)), None)
    if draft is None:
        if message.location is None:
            await talk.replies.say(talk.t.html("intake.edited_after_filing"))
        return
    if message.location is not None:
        await _on_moved(message.location, message.message_id, talk, draft)
        return
    before = draft
    if taken is not None:
        old = next((s for s in draft.shots if s.message_id == message.message_id), None)
        shot = await _photo_again(talk, taken, message, old)
        draft = draft.with_shot(shot) if shot is not None else draft
    words = message.text if message.text is not None else message.caption or ""
    said = Said(message.message_id, clean(words, LONGEST_WORDS))
    answered = next((r.question for r in draft.replies if r.message_id == message.message_id), None)
    draft = typed(talk, draft, answered, said) if answered is not None else heard(talk, draft, said)
    await go_on(talk, before, draft)


async def _photo_again(talk: Talk, taken: Taken, message: Message, old: Shot | None) -> Shot | None:
    """Takes the picture of an edited message for the one it replaces."""
    try:
        view = await kept(talk.deps, talk.member.person_id, taken)
    except BadPhoto as refusal:
        await talk.replies.say(refusal_words(refusal, talk.t))
        return None
    role = old.role if old is not None else BEFORE
    return Shot(view.media_id, message.message_id, role, view.loading, message.forward_origin is not None)


async def _on_moved(location: Location, message_id: int, talk: Talk, draft: Draft) -> None:
    """Follows a live location quietly: the card is drawn anew only when the answer changed."""
    fix = given(location, message_id)
    moved = place.by_fix(talk.deps, talk.member, draft, replace(fix, live=True, by_hand=False))
    if draft.spot is None or draft.spot.method != "live":
        moved = replace(draft, phone_fix=moved.phone_fix)
    same = moved.doubt == draft.doubt and moved.note is None and _names(moved) == _names(draft)
    if same:
        await talk.keep(moved)
    else:
        await go_on(talk, draft, moved)


def _names(draft: Draft) -> tuple[str, ...]:
    return draft.spot.names if draft.spot is not None else ()


def _has(draft: Draft, message_id: int) -> bool:
    """Tells whether a message is part of a draft."""
    fixes = (draft.phone_fix, draft.spot.fix if draft.spot is not None else None)
    known = {said.message_id for said in draft.words} | {reply.message_id for reply in draft.replies}
    known |= {shot.message_id for shot in draft.shots}
    return message_id in known | {fix.message_id for fix in fixes if fix is not None}
