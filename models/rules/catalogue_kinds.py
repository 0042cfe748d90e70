"""How the kinds of reports are built from their rows: quantities, choices, fields, keywords, figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from models.rules.catalogue_rows import LABEL, Book, Row
from models.rules.disaster import CheckType, Figure, FigureCheck
from models.rules.kinds import (
    Choice,
    Cues,
    DangerWords,
    Field,
    FieldType,
    Group,
    Kind,
    Label,
    Purpose,
    Quantity,
    Reason,
)
from models.rules.states import Grade, Urgency

ALL_MAJOR = "*major"
"""In the column `kind` of the fields: every kind that may be a major hazard."""
CUES = ("before", "after", "alone")


def quantities(book: Book) -> dict[str, Quantity]:
    """Builds the units of measurement; a cell of words reads 厘米:1|米:100."""
    found = {}
    for row in book.latest("quantities", lambda r: r.values["code"], "code", "words", *LABEL):
        words = tuple(_factor(book, row, word) for word in book.words(row, "words"))
        ordered = tuple(sorted(words, key=lambda pair: len(pair[0]), reverse=True))
        code = book.text(row, "code")
        found[code] = Quantity(code, book.label(row), ordered)
    return found


def _factor(book: Book, row: Row, cell: str) -> tuple[str, float]:
    word, _, factor = cell.rpartition(":")
    try:
        return word, float(factor)
    except ValueError:
        book.fault(row, f"words has {cell!r}, which is not like 厘米:1")
        return cell, 1.0


def choices(book: Book) -> dict[str, tuple[Choice, ...]]:
    """Builds the lists of answers, each in the order of its rows."""
    lists: dict[str, list[Choice]] = defaultdict(list)
    columns = ("list", "code", *LABEL)
    for row in book.latest("choices", lambda r: (r.values["list"], r.values["code"]), *columns):
        lists[book.text(row, "list")].append(Choice(book.text(row, "code"), book.label(row)))
    return {name: tuple(items) for name, items in lists.items()}


FIELD_COLUMNS = (
    *("kind", "code", "type", "ask_order", "required", "only_major", "unit", "low", "high", "whole", "choices"),
    *CUES,
    *LABEL,
    *("hint_zh_CN", "hint_zh_TW", "hint_en"),
)


def fields(book: Book, kinds: Mapping[str, Kind]) -> dict[str, tuple[Field, ...]]:
    """Builds the fields of every kind in the order of asking; shared ones go to every kind that may be major."""
    units, lists = quantities(book), choices(book)
    by_kind: dict[str, list[Field]] = defaultdict(list)
    for row in book.latest("fields", lambda r: (r.values["kind"], r.values["code"]), *FIELD_COLUMNS):
        kind = book.known(row, "kind", kinds, ALL_MAJOR)
        field = _field(book, row, units, lists)
        owners = [k.code for k in kinds.values() if k.may_be_major] if kind == ALL_MAJOR else [kind]
        for owner in owners:
            by_kind[owner].append(field)
    return {code: tuple(sorted(found, key=lambda f: f.ask_order)) for code, found in by_kind.items()}


def _field(book: Book, row: Row, units: Mapping[str, Quantity], lists: Mapping[str, tuple[Choice, ...]]) -> Field:
    kind_of = book.one_of(row, "type", FieldType)
    has_hint = any(row.values[f"hint_{locale}"].strip() for locale in ("zh_CN", "zh_TW", "en"))
    field = Field(
        code=book.text(row, "code"),
        type=kind_of,
        label=book.label(row),
        hint=book.label(row, "hint") if has_hint else None,
        unit=_unit(book, row, units) if row.values["unit"].strip() else None,
        low=book.number(row, "low"),
        high=book.number(row, "high"),
        whole=book.flag(row, "whole"),
        required=book.flag(row, "required"),
        only_major=book.flag(row, "only_major"),
        ask_order=book.whole(row, "ask_order") or 0,
        choices=lists.get(row.values["choices"].strip(), ()),
        cues=_cues(book, row),
    )
    needs_choices = kind_of in (FieldType.CHOICE, FieldType.MULTI)
    if needs_choices and not field.choices:
        book.fault(row, f"choices {row.values['choices']!r} is defined nowhere")
    if kind_of is FieldType.NUMBER and field.unit is None:
        book.fault(row, "a number needs a unit")
    if kind_of is FieldType.TEXT and field.high is None:
        book.fault(row, "a text needs high, the characters it may have")
    if field.low is not None and field.high is not None and field.low > field.high:
        book.fault(row, "low is greater than high")
    return field


def _unit(book: Book, row: Row, units: Mapping[str, Quantity]) -> Quantity:
    code = book.known(row, "unit", units)
    return units.get(code) or Quantity(code, Label(code, code, code))


def _cues(book: Book, row: Row) -> Cues:
    return Cues(*(book.words(row, column) for column in CUES))


KIND_COLUMNS = (
    *("code", "group", "icon", "urgency", "grade", "may_be_major", "needs_photo", "duplicate_radius_m"),
    *("duplicate_hours", "list_order"),
    *LABEL,
)


def kinds(book: Book) -> dict[str, Kind]:
    """Builds the kinds with their fields and keywords, in the order of the lists that people see."""
    bare = {}
    for row in book.latest("kinds", lambda r: r.values["code"], *KIND_COLUMNS):
        code = book.text(row, "code")
        bare[code] = Kind(
            code=code,
            group=book.one_of(row, "group", Group),
            label=book.label(row),
            icon=book.text(row, "icon"),
            urgency=book.one_of(row, "urgency", Urgency),
            grade=book.one_of(row, "grade", Grade),
            may_be_major=book.flag(row, "may_be_major"),
            needs_photo=book.flag(row, "needs_photo"),
            duplicate_radius_m=book.amount(row, "duplicate_radius_m"),
            duplicate_hours=book.amount(row, "duplicate_hours"),
            list_order=book.whole(row, "list_order") or 0,
        )
    asked, keywords = fields(book, bare), _keywords(book, bare)
    full = (replace(kind, fields=asked.get(code, ()), keywords=keywords.get(code, ())) for code, kind in bare.items())
    return {kind.code: kind for kind in sorted(full, key=lambda k: k.list_order)}


def _keywords(book: Book, kinds: Iterable[str]) -> dict[str, tuple[tuple[str, float], ...]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    names = tuple(kinds)
    for row in book.latest("keywords", lambda r: (r.values["kind"], r.values["word"]), "kind", "word", "weight"):
        pair = (book.text(row, "word").lower(), book.amount(row, "weight"))
        found[book.known(row, "kind", names)].append(pair)
    return {code: tuple(pairs) for code, pairs in found.items()}


SENSES = ("denial", "supposition", "filler", "innocent", "doubt")
"""What a word beside the danger words does, in the order of `DangerWords`."""


def danger_words(book: Book) -> DangerWords:
    """Builds the words for life in danger and those that take it back."""
    senses: dict[str, list[str]] = defaultdict(list)
    words: dict[str, bool] = {}
    for row in book.latest("danger_words", lambda r: (r.values["sense"], r.values["word"]), "word", "sense"):
        word, sense = book.text(row, "word"), book.text(row, "sense")
        if sense in ("danger", "danger_supposed"):
            words[word] = sense == "danger_supposed"
        elif sense in SENSES:
            senses[sense].append(word)
        else:
            book.fault(row, f"sense {sense!r} is not known")
    longest = {sense: tuple(sorted(found, key=len, reverse=True)) for sense, found in senses.items()}
    return DangerWords(words, *(longest.get(sense, ()) for sense in SENSES))


def reasons(book: Book) -> tuple[Reason, ...]:
    """Builds the reasons in the order of their rows; every purpose has at least one."""
    rows = book.latest("reasons", lambda r: (r.values["purpose"], r.values["code"]), "purpose", "code", *LABEL)
    found = tuple(Reason(book.one_of(row, "purpose", Purpose), book.text(row, "code"), book.label(row)) for row in rows)
    for purpose in Purpose:
        if rows and all(reason.purpose is not purpose for reason in found):
            book.fault(rows[-1], f"no reason for {purpose} is defined")
    return found


def figures(book: Book) -> tuple[Figure, ...]:
    """Builds the disaster figures in the order of asking."""
    units = quantities(book)
    columns = ("code", "topic", "unit", "low", "high", "whole", "first", "ask_order", *CUES, *LABEL)
    found = [
        Figure(
            code=book.text(row, "code"),
            label=book.label(row),
            unit=_unit(book, row, units),
            topic=book.text(row, "topic"),
            low=book.number(row, "low") or 0.0,
            high=book.number(row, "high"),
            whole=book.flag(row, "whole"),
            first=book.flag(row, "first"),
            ask_order=book.whole(row, "ask_order") or 0,
            cues=_cues(book, row),
        )
        for row in book.latest("figures", lambda r: r.values["code"], *columns)
    ]
    return tuple(sorted(found, key=lambda f: f.ask_order))


def figure_checks(book: Book, known: Iterable[Figure]) -> tuple[FigureCheck, ...]:
    """Builds the checks between figures; each names figures that exist."""
    codes = {figure.code for figure in known}
    checks = []
    for row in book.latest(
        "figure_checks", lambda r: r.values["code"], "code", "type", "parts", "total", "bound", *LABEL
    ):
        check = FigureCheck(
            book.text(row, "code"),
            book.one_of(row, "type", CheckType),
            book.words(row, "parts"),
            book.maybe(row, "total"),
            book.number(row, "bound"),
            book.label(row),
        )
        for code in (*check.parts, *([check.total] if check.total else [])):
            if code not in codes:
                book.fault(row, f"the figure {code!r} is defined nowhere")
        compares = check.type in (CheckType.AT_MOST, CheckType.SUM_AT_MOST)
        if compares is (check.total is None) or (check.type is CheckType.IMMEDIATE) is (check.bound is None):
            book.fault(row, f"a check of type {check.type} has a total only if it compares, a bound only if immediate")
        checks.append(check)
    return tuple(checks)
