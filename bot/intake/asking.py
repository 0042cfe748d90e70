"""The question on a draft's card and its buttons. Asks; what an answer does is `answers`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from actions import places
from bot.callbacks import Answer, DraftTap
from bot.intake import questions as q
from bot.intake.draft import AFTER, Draft
from bot.intake.talk import Talk
from bot.replies import Button, button, in_rows
from config.texts import Text
from models.rules import fields
from models.rules.kinds import Field, FieldType, Group, Kind

FAST_COUNTS: Final = (0, 1, 2, 3, 5, 10)
"""Counts that a disaster figure can be answered with by a tap."""
N_CHIPS: Final = 2
"""So many optional answers are offered on the finished card; the others stand in the edit list."""
SHORT_LABEL: Final = 6
"""Labels up to so many signs stand three in a row."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands on the card."""

    text: str
    rows: list[list[Button]]


def ask(draft: Draft, question: str, talk: Talk) -> Asked:
    """Gives the question with its buttons, and below them the way back, on and out."""
    maker = _MAKERS.get(question)
    if maker is not None:
        asked = maker(draft, talk)
    elif question.startswith(q.FIGURE):
        asked = _figure(draft, question, talk)
    else:
        asked = _field(draft, question, talk)
    if question == q.READY:
        return asked
    return Asked(asked.text, asked.rows + _steering(draft, question, talk))


def _answer(draft: Draft, question: str, value: str, label: str) -> Button:
    return button(label, Answer(id=draft.draft_id, q=question, a=value))


def _tap(draft: Draft, do: str, label: str, arg: str = "") -> Button:
    return button(label, DraftTap(id=draft.draft_id, do=do, arg=arg))


def _steering(draft: Draft, question: str, talk: Talk) -> list[list[Button]]:
    """Back, skip, edit, later, cancel: the same everywhere, as far as each makes sense."""
    t = talk.t
    first: list[Button] = []
    if draft.editing is not None:
        first.append(_tap(draft, "leave", t("intake.key.leave")))
    elif draft.trail:
        first.append(_tap(draft, "back", t("intake.key.back")))
    if draft.editing is None and q.may_skip(question, draft, talk.deps.catalogue):
        first.append(_tap(draft, "skip", t("intake.key.skip"), question))
    if not draft.empty:
        first.append(_tap(draft, "menu", t("intake.key.edit"), "edit"))
    last = [_tap(draft, "later", t("intake.key.later")), _tap(draft, "menu", t("intake.key.cancel"), "cancel")]
    return [first, last] if first else [last]


def _kind(draft: Draft, talk: Talk) -> Asked:
    t, catalogue = talk.t, talk.deps.catalogue
    guesses = [catalogue.kinds[code] for code in draft.guesses if code in catalogue.kinds]
    if guesses:
        rows = [[_answer(draft, q.KIND, kind.code, kind_label(kind, t.language))] for kind in guesses]
        rows.append([_tap(draft, "menu", t("intake.key.other_kind"), "groups")])
        return Asked(t.html("intake.ask.kind_guess"), rows)
    rows = [[_tap(draft, "menu", t(f"intake.group.{group}"), f"kinds.{group}")] for group in Group]
    return Asked(t.html("intake.ask.kind"), rows)


def kind_label(kind: Kind, language: str) -> str:
    """Gives the name of a kind with its sign."""
    return f"{kind.icon} {kind.label.in_(language)}".strip()


def _place(draft: Draft, talk: Talk) -> Asked:
    """Offers what needs no typing; the button for the phone's own place stands below the chat."""
    t = talk.t
    row: list[Button] = []
    if places.own_areas(talk.deps, talk.member):
        row.append(_tap(draft, "menu", t("intake.key.own_areas"), "own.0"))
    if talk.deps.index is not None:
        row.append(_tap(draft, "menu", t("intake.key.districts"), "districts"))
    rows = [row] if row else []
    if draft.photo_fix is not None:
        rows.insert(0, [_answer(draft, q.PLACE, "photo", t("intake.key.photo_place"))])
    if draft.phone_fix is not None and draft.spot is None:
        rows.insert(0, [_answer(draft, q.PLACE, "phone", t("intake.key.phone_place"))])
    rows.append([_answer(draft, q.PLACE, "nobody", t("intake.key.nobody_knows"))])
    return Asked(t.html("intake.ask.place"), rows)


def _which(draft: Draft, talk: Talk) -> Asked:
    """Asks what a fix or words left open."""
    t = talk.t
    doubt = draft.doubt
    if doubt is None:
        return _place(draft, talk)
    labels = [option.label or t(f"intake.key.doubt_{option.key}") for option in doubt.options]
    options = [_answer(draft, q.WHICH, option.key, label) for option, label in zip(doubt.options, labels, strict=True)]
    rows = [[option] for option in options]
    rows.append([_answer(draft, q.WHICH, "none", t("intake.key.none_of_these"))])
    return Asked(t.html(f"intake.doubt.{doubt.why}", **doubt.facts), rows)


def _photo(draft: Draft, talk: Talk) -> Asked:
    t = talk.t
    rows = [[_tap(draft, "unshoot", t("intake.key.drop_photo"))]] if draft.shots else []
    return Asked(t.html("intake.ask.photo"), rows)


def _words(draft: Draft, talk: Talk) -> Asked:
    return Asked(talk.t.html("intake.ask.words"), [])


def _after(draft: Draft, talk: Talk) -> Asked:
    t = talk.t
    return Asked(t.html("intake.ask.after"), [[_tap(draft, "spot", t("intake.key.not_fixed"), "no")]])


def _twins(draft: Draft, talk: Talk) -> Asked:
    """Points to the message that shows the neighbours, which carries the buttons too."""
    return Asked(talk.t.html("intake.ask.twins_below"), [[_tap(draft, "apart", talk.t("intake.key.not_a_twin"))]])


def _fault(draft: Draft, talk: Talk) -> Asked:
    """Asks which of two figures that contradict each other is meant differently."""
    t, catalogue = talk.t, talk.deps.catalogue
    fault = q.figure_fault(draft, catalogue)
    if fault is None:
        return _ready(draft, talk)
    codes = [*fault.check.parts, *([fault.check.total] if fault.check.total else [])]
    figures = [figure for code in codes if (figure := catalogue.figure(code)) is not None and code in draft.figures]
    said = " · ".join(
        t("intake.figure_is", label=f.label.in_(t.language), value=f"{draft.figures[f.code] or 0:g}") for f in figures
    )
    rows = [
        [_tap(draft, "ask", t("intake.key.change", what=f.label.in_(t.language)), q.FIGURE + f.code)] for f in figures
    ]
    rule = fault.check.label.in_(t.language)
    return Asked(t.html("intake.ask.fault", rule=rule, figures=said), rows)


def _figure(draft: Draft, question: str, talk: Talk) -> Asked:
    t, catalogue = talk.t, talk.deps.catalogue
    figure = catalogue.figure(question.removeprefix(q.FIGURE))
    if figure is None:
        return _ready(draft, talk)
    rows = []
    if figure.whole:
        rows.append([_answer(draft, question, str(n), str(n)) for n in FAST_COUNTS])
    rows.append([_answer(draft, question, "unknown", t("intake.key.unknown"))])
    if draft.editing is None:
        rows[-1].append(_tap(draft, "skip", t("intake.key.rest_later"), q.REST))
    label, unit = figure.label.in_(t.language), figure.unit.label.in_(t.language)
    return Asked(t.html("intake.ask.figure", label=label, unit=unit), rows)


def _field(draft: Draft, question: str, talk: Talk) -> Asked:
    t = talk.t
    field = q.field_of(question, q.kind_of(draft, talk.deps.catalogue))
    if field is None:
        return _ready(draft, talk)
    label = field.label.in_(t.language)
    unit = field.unit.label.in_(t.language) if field.unit is not None else ""
    key = "photo_field" if field.type is FieldType.PHOTO else field.type.value
    text: str = t.html(f"intake.ask.{key}", label=label, unit=unit)
    if field.hint is not None:
        text += "\n" + t.html("intake.hint", hint=field.hint.in_(t.language))
    return Asked(text, _choices(draft, question, field, talk))


def _choices(draft: Draft, question: str, field: Field, talk: Talk) -> list[list[Button]]:
    """Gives the answers that need no typing."""
    t = talk.t
    if field.type is FieldType.TIME:
        return [[_answer(draft, question, "now", t("intake.key.now"))]]
    if field.type not in (FieldType.CHOICE, FieldType.MULTI):
        return []
    value = draft.fields.get(field.code)
    ticked = set(value) if isinstance(value, tuple | list) else {value}
    buttons = []
    for choice in field.choices:
        label = choice.label.in_(t.language)
        buttons.append(_answer(draft, question, choice.code, f"✓ {label}" if choice.code in ticked else label))
    short = all(len(b["text"]) <= SHORT_LABEL for b in buttons)
    rows = in_rows(buttons, 3 if short else 2)
    if field.type is FieldType.MULTI and ticked - {None}:
        rows.append([_tap(draft, "leave", t("intake.key.done"), question)])
    return rows


def _ready(draft: Draft, talk: Talk) -> Asked:
    """Offers to file: one tap, and beside it what may still be said."""
    t = talk.t
    kind = q.kind_of(draft, talk.deps.catalogue)
    rows = [[button(t("intake.key.file"), DraftTap(id=draft.draft_id, do="file", v=draft.version))]]
    chips = _chips(draft, kind, t) if kind is not None else []
    rows += [chips] if chips else []
    more = [_tap(draft, "menu", t("intake.key.edit"), "edit")]
    if kind is not None and kind.group is Group.HAZARD:
        if draft.on_spot or draft.photos(AFTER):
            more.append(_tap(draft, "spot", t("intake.key.not_fixed"), "no"))
        else:
            more.append(_tap(draft, "spot", t("intake.key.on_spot"), "yes"))
    rows.append(more)
    out = [_tap(draft, "later", t("intake.key.later")), _tap(draft, "menu", t("intake.key.cancel"), "cancel")]
    if draft.trail:
        out.insert(0, _tap(draft, "back", t("intake.key.back")))
    rows.append(out)
    ready = "intake.ask.ready_danger" if draft.life_danger else "intake.ask.ready"
    return Asked(t.html(ready), rows)


def _chips(draft: Draft, kind: Kind, t: Text) -> list[Button]:
    """Offers the first optional answers that are missing; nobody has to give them."""
    missing = fields.missing(kind, q.grade_of(draft, kind), draft.fields)
    wanted = [field for field in missing if not field.required][:N_CHIPS]
    return [_tap(draft, "ask", t("intake.key.add", what=f.label.in_(t.language)), q.FIELD + f.code) for f in wanted]


_MAKERS: Final[dict[str, Callable[[Draft, Talk], Asked]]] = {
    q.KIND: _kind,
    q.PLACE: _place,
    q.WHICH: _which,
    q.PHOTO: _photo,
    q.WORDS: _words,
    q.AFTER_PHOTO: _after,
    q.TWINS: _twins,
    q.FAULT: _fault,
    q.READY: _ready,
}
