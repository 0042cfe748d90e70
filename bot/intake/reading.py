"""What the words of a draft say: its kind, its numbers, danger to life. Suggests; the sender's own answers stand."""

from dataclasses import replace

from bot.intake.draft import Draft
from bot.intake.questions import kind_of
from models.rules import words
from models.rules.catalogue import Catalogue
from models.rules.kinds import FieldValue, Group


def read_words(draft: Draft, catalogue: Catalogue) -> Draft:
    """Derives everything anew from all words: called whenever words or kind changed.

    What came from words before is forgotten first, so that an edited message leaves no trace of its old text.
    """
    text = draft.text
    guesses = words.recognise(text, catalogue)
    draft = replace(
        draft,
        guesses=tuple(guess.kind for guess in guesses),
        danger=words.danger(text, catalogue),
        fields={code: value for code, value in draft.fields.items() if code not in draft.heard},
        figures={code: value for code, value in draft.figures.items() if code not in draft.heard},
        heard=frozenset(),
    )
    if draft.kind is None or draft.kind_heard:
        clear = words.decided(guesses)
        if clear is not None:
            draft = draft.with_kind(clear, heard=True)
        elif draft.kind_heard and draft.kind not in draft.guesses:
            draft = replace(draft, kind=None, kind_heard=False)
    return _numbers(draft, catalogue)


def _numbers(draft: Draft, catalogue: Catalogue) -> Draft:
    """Fills fields and figures that nobody answered with what the words say."""
    kind = kind_of(draft, catalogue)
    if kind is None:
        return draft
    said = {c: v for c, v in words.numbers(draft.text, kind).items() if c not in draft.fields}
    counted: dict[str, float] = {}
    if kind.group is Group.DISASTER:
        found = words.figure_numbers(draft.text, catalogue)
        counted = {c: v for c, v in found.items() if c not in draft.figures}
    fields: dict[str, FieldValue] = {**draft.fields, **said}
    heard = draft.heard | said.keys() | counted.keys()
    return replace(draft, fields=fields, figures={**draft.figures, **counted}, heard=frozenset(heard))


def means_nothing(text: str, catalogue: Catalogue) -> bool:
    """Tells whether a text alone is hardly the beginning of a report: short, and no kind or danger in it."""
    plain = text.strip()
    return len(plain) < 5 and not words.recognise(plain, catalogue) and not words.danger(plain, catalogue)
