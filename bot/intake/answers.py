"""What an answer, tapped or typed, does to a draft. Changes the draft only; the turn's end asks the next question."""

from dataclasses import replace
from typing import Final

from bot.intake import place
from bot.intake import questions as q
from bot.intake.draft import Draft, Said
from bot.intake.reading import read_words
from bot.intake.talk import Talk
from models.rules import fields, words
from models.rules.errors import FieldOutOfRange, NoSuchItem, Refusal
from models.rules.kinds import Field, FieldType

SENTENCE: Final = 12
"""Longer words that are no answer are taken as words about the thing itself."""
_DOUBTS_OF_WORDS: Final = frozenset({"several", "suggested"})


def tapped(talk: Talk, draft: Draft, question: str, value: str) -> Draft | None:
    """Applies a tapped answer; None when the catalogue or the draft no longer knows it."""
    match question:
        case q.KIND:
            if value not in talk.deps.catalogue.kinds:
                return None
            return read_words(draft.with_kind(value, heard=False), talk.deps.catalogue).answered(q.KIND)
        case q.PLACE:
            return _place(talk, draft, value)
        case q.WHICH:
            if value == "none":
                return replace(draft, doubt=None, menu=None, editing=None)
            settled = place.chosen(talk.deps, talk.member, draft, value)
            return settled.answered(q.PLACE) if settled is not None else None
    if question.startswith(q.FIGURE):
        return _figure(talk, draft, question, value)
    field = q.field_of(question, q.kind_of(draft, talk.deps.catalogue))
    return _choice(talk, draft, question, field, value) if field is not None else None


def _place(talk: Talk, draft: Draft, value: str) -> Draft | None:
    deps, member = talk.deps, talk.member
    match value:
        case "nobody":
            return draft.with_spot(place.nowhere(deps, member)).answered(q.PLACE)
        case "photo" | "phone":
            given = draft.photo_fix if value == "photo" else draft.phone_fix
            if given is None:
                return None
            return place.by_fix(deps, member, draft, given, confirmed=True).answered(q.PLACE)
    try:
        spot = place.by_code(deps, value, "own_area", "chosen", draft.phone_fix if draft.spot is None else None)
    except NoSuchItem:
        return None
    return draft.with_spot(spot).answered(q.PLACE)


def _figure(talk: Talk, draft: Draft, question: str, value: str) -> Draft | None:
    figure = talk.deps.catalogue.figure(question.removeprefix(q.FIGURE))
    if figure is None:
        return None
    number = None if value == "unknown" else fields.read_figure(figure, value)
    if isinstance(number, Refusal):
        return None
    return draft.with_figures({figure.code: number}).answered(question)


def _choice(talk: Talk, draft: Draft, question: str, field: Field, value: str) -> Draft | None:
    if field.type is FieldType.MULTI:
        return _toggled(draft, question, field, value)
    read = fields.read(field, value, talk.now)
    if isinstance(read, Refusal):
        return None
    return draft.with_fields({field.code: read}).answered(question)


def _toggled(draft: Draft, question: str, field: Field, value: str) -> Draft | None:
    """Ticks or unticks one of several; the question stays until "done"."""
    known = [choice.code for choice in field.choices]
    if value not in known:
        return None
    now = draft.fields.get(field.code)
    ticked = set(now) if isinstance(now, tuple | list) else set()
    ticked ^= {value}
    left = tuple(code for code in known if code in ticked)
    if left:
        return replace(draft.with_fields({field.code: left}), editing=question, menu=None)
    rest = {code: v for code, v in draft.fields.items() if code != field.code}
    return replace(draft, fields=rest, editing=question, menu=None)


def typed(talk: Talk, draft: Draft, question: str, said: Said) -> Draft:
    """Applies typed words: to the question where they answer it, else to what is told of the thing.

    Words for danger to life are never swallowed by a question about something else.
    """
    if question == q.WORDS:
        return heard(talk, replace(draft, words=()), said).answered(q.WORDS)
    if words.danger(said.text, talk.deps.catalogue):
        return heard(talk, draft, said)
    if draft.editing == q.KIND:
        return _typed_kind(talk, draft, said)
    if question in (q.PLACE, q.WHICH):
        return _typed_place(talk, draft, said)
    if question.startswith(q.FIGURE):
        return _typed_figure(talk, draft, question, said)
    field = q.field_of(question, q.kind_of(draft, talk.deps.catalogue))
    if field is not None and field.type is not FieldType.PHOTO:
        return _typed_field(talk, draft, question, field, said)
    after = heard(talk, draft, said)
    if question == q.KIND and after.kind is None and not after.guesses:
        return after.noted("kind_unknown")
    return after


def _typed_kind(talk: Talk, draft: Draft, said: Said) -> Draft:
    """Takes the name of another kind for one that was wrong."""
    catalogue = talk.deps.catalogue
    kind = words.decided(words.recognise(said.text, catalogue))
    if len(said.text) > SENTENCE:
        draft = heard(talk, draft, said)
    if kind is None:
        return draft.noted("kind_unknown")
    return read_words(draft.with_kind(kind, heard=False), catalogue).answered(q.KIND)


def heard(talk: Talk, draft: Draft, said: Said) -> Draft:
    """Adds words and derives everything from all of them, the place too when no better one is known."""
    draft = read_words(draft.with_words(said), talk.deps.catalogue)
    from_words = draft.spot is not None and draft.spot.method == "words" and draft.address is None
    if from_words or (draft.doubt is not None and draft.doubt.why in _DOUBTS_OF_WORDS):
        draft = draft.with_spot(None)
    if draft.spot is None and draft.doubt is None and draft.text:
        draft = place.by_words(talk.deps, talk.member, draft, draft.text, asked=False)
    return draft


def _typed_place(talk: Talk, draft: Draft, said: Said) -> Draft:
    """Reads an address; a whole sentence about the thing is kept as words too."""
    plain = said.text.strip()
    if draft.doubt is not None:
        named = [option for option in draft.doubt.options if option.label and plain in option.label]
        if len(named) == 1:
            settled = place.chosen(talk.deps, talk.member, draft, named[0].key)
            return settled.answered(q.PLACE) if settled is not None else draft
    if words.recognise(plain, talk.deps.catalogue):
        draft = heard(talk, draft, said)
        if draft.spot is not None or draft.doubt is not None:
            return replace(draft, editing=None)
    placed = place.by_words(talk.deps, talk.member, replace(draft, doubt=None), plain, asked=True)
    found = placed.spot is not None or placed.doubt is not None
    return placed.answered(q.PLACE) if found else placed


def _typed_figure(talk: Talk, draft: Draft, question: str, said: Said) -> Draft:
    """Reads one figure, or several at once when the words name them."""
    catalogue = talk.deps.catalogue
    figure = catalogue.figure(question.removeprefix(q.FIGURE))
    if figure is None:
        return heard(talk, draft, said)
    number = fields.read_figure(figure, said.text)
    if not isinstance(number, Refusal):
        return draft.with_figures({figure.code: number}).answered(question)
    if words.figure_numbers(said.text, catalogue) or len(said.text) > SENTENCE:
        return heard(talk, replace(draft, editing=None), said)
    return _refused(talk, draft, figure.label.in_(talk.t.language), number)


def _typed_field(talk: Talk, draft: Draft, question: str, field: Field, said: Said) -> Draft:
    read = fields.read(field, said.text, talk.now)
    if not isinstance(read, Refusal):
        return draft.with_fields({field.code: read}).answered(question)
    if not isinstance(read, FieldOutOfRange) and field.type is not FieldType.TEXT and len(said.text) > SENTENCE:
        return heard(talk, draft, said)
    return _refused(talk, draft, field.label.in_(talk.t.language), read)


def _refused(talk: Talk, draft: Draft, label: str, refusal: Refusal) -> Draft:
    """Says on the card why the answer did not do, with the bounds that hold."""
    facts = {name: f"{fact:g}" if isinstance(fact, float) else str(fact) for name, fact in refusal.facts.items()}
    low, high = facts.get("low", "None"), facts.get("high", "None")
    bounds = {"low": "" if low == "None" else low, "high": "" if high == "None" else high}
    note = refusal.code
    if refusal.code == "field_out_of_range" and "" in bounds.values():
        note = "field_too_high" if bounds["low"] == "" else "field_too_low"
    return draft.noted(note, label=label, limit=facts.get("limit", ""), **bounds)
