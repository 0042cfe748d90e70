"""What to ask next about a draft: the first thing that is missing, one at a time. Pure.

A question has a code: a fixed one, `f.<field>` or `g.<figure>`.
"""

from typing import Final

from bot.intake.draft import AFTER, BEFORE, Draft
from models.rules.catalogue import Catalogue
from models.rules.disaster import FigureFault, check
from models.rules.kinds import Field, FieldType, Group, Kind
from models.rules.states import Grade

KIND: Final = "kind"
PLACE: Final = "place"
WHICH: Final = "which"
PHOTO: Final = "photo"
TWINS: Final = "near"
AFTER_PHOTO: Final = "after"
WORDS: Final = "words"
FAULT: Final = "fault"
READY: Final = "ready"
FIELD: Final = "f."
FIGURE: Final = "g."
REST: Final = "g.rest"
"""Not a question: "the other figures later"."""


def next_question(draft: Draft, catalogue: Catalogue) -> str:
    """Gives the code of what is to be asked now; `ready` when nothing is missing."""
    if draft.editing is not None:
        return draft.editing
    kind = kind_of(draft, catalogue)
    if kind is None:
        return KIND
    if draft.doubt is not None:
        return WHICH
    if draft.spot is None:
        return PLACE
    if draft.twins and not draft.no_twin:
        return TWINS
    if _wants_photo(draft, kind):
        return PHOTO
    for field in kind.asked(grade_of(draft, kind)):
        code = FIELD + field.code
        if field.required and field.code not in draft.fields and code not in draft.skipped:
            return code
    if kind.group is Group.DISASTER:
        figure = _next_figure(draft, catalogue)
        if figure is not None:
            return figure
    if draft.on_spot and not draft.photos(AFTER):
        return AFTER_PHOTO
    return READY


def _wants_photo(draft: Draft, kind: Kind) -> bool:
    """Tells whether the thing as it was found is still to be shown; who fixed it on the spot must show both."""
    if draft.photos(BEFORE):
        return False
    return draft.on_spot or (kind.needs_photo and PHOTO not in draft.skipped)


def _next_figure(draft: Draft, catalogue: Catalogue) -> str | None:
    if figure_fault(draft, catalogue) is not None:
        return FAULT
    if REST in draft.skipped:
        return None
    wanted = (f.code for f in catalogue.first_figures if f.code not in draft.figures)
    code = next(wanted, None)
    return FIGURE + code if code is not None else None


def kind_of(draft: Draft, catalogue: Catalogue) -> Kind | None:
    """Gives the kind of a draft; None also for one that the catalogue no longer has."""
    return catalogue.kinds.get(draft.kind) if draft.kind is not None else None


def grade_of(draft: Draft, kind: Kind) -> Grade:
    """Gives the grade in force: what was chosen, else what the kind starts with."""
    return draft.grade or kind.grade


def field_of(question: str, kind: Kind | None) -> Field | None:
    """Gives the field that a question is about."""
    if kind is None or not question.startswith(FIELD):
        return None
    return kind.field(question.removeprefix(FIELD))


def figure_fault(draft: Draft, catalogue: Catalogue) -> FigureFault | None:
    """Gives the first contradiction between the figures."""
    return next(iter(check(draft.figures, catalogue.figure_checks)), None)


def may_skip(question: str, draft: Draft, catalogue: Catalogue) -> bool:
    """Tells whether a report is complete without this answer."""
    if question == PHOTO:
        return not draft.on_spot
    if question == WORDS:
        return True
    field = field_of(question, kind_of(draft, catalogue))
    return field is not None and not field.required


def takes_words(question: str, draft: Draft, catalogue: Catalogue) -> bool:
    """Tells whether typed words are first of all an answer to this question."""
    if question in (PLACE, WHICH, KIND, WORDS) or question.startswith(FIGURE):
        return True
    field = field_of(question, kind_of(draft, catalogue))
    return field is not None and field.type is not FieldType.PHOTO


def editable(draft: Draft, catalogue: Catalogue) -> tuple[str, ...]:
    """Lists what the edit menu offers for this draft, optional fields too."""
    kind = kind_of(draft, catalogue)
    fixed = (KIND, PLACE, PHOTO, WORDS)
    if kind is None:
        return fixed
    fields = tuple(FIELD + field.code for field in kind.asked(grade_of(draft, kind)))
    figures: tuple[str, ...] = ()
    if kind.group is Group.DISASTER:
        figures = tuple(FIGURE + figure.code for figure in catalogue.figures)
    return (*fixed, *fields, *figures)
