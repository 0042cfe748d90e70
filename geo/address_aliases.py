"""Which other names do areas have: abolished, colloquial, shortened? Reads the rows that a city brings.

The dates of a name say when it was official; people go on using it long after, so it is looked up anyway.
"""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterable
from datetime import date
from typing import Final

from geo.gazetteer import Alias

COLUMNS: Final = ("name", "code", "kind", "valid_from", "valid_to", "source")
KINDS: Final = frozenset({"abolished", "colloquial"})


class BadAliases(Exception):
    """A row of the aliases cannot be used; the text names the line and the fault."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        self.what = what
        super().__init__(f"aliases.csv, line {line}: {what}")


def read_aliases(lines: Iterable[str]) -> list[Alias]:
    """Reads the lines of an `aliases.csv`, an open file for instance; raises BadAliases.

    Dates may be a year, a month or a day; a first date counts from its beginning, a last one to its end.
    """
    rows = csv.DictReader(lines)
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise BadAliases(1, f"the columns must be {', '.join(COLUMNS)}")
    return [_alias(rows.line_num, row) for row in rows]


def _alias(line: int, row: dict[str, str]) -> Alias:
    if row["kind"] not in KINDS:
        raise BadAliases(line, f"kind {row['kind']!r} is none of {', '.join(sorted(KINDS))}")
    if not row["name"] or not row["code"] or not row["source"]:
        raise BadAliases(line, "name, code and source must not be empty")
    try:
        first = _date(row["valid_from"], end=False)
        last = _date(row["valid_to"], end=True)
    except ValueError as fault:
        raise BadAliases(line, f"a date must be YYYY, YYYY-MM or YYYY-MM-DD: {fault}") from fault
    if first and last and first > last:
        raise BadAliases(line, "the name ends before it begins")
    return Alias(row["name"], row["code"], row["kind"], first, last, row["source"])


def _date(text: str, *, end: bool) -> date | None:
    if not text:
        return None
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    month = month or (12 if end else 1)
    return date(year, month, day or (calendar.monthrange(year, month)[1] if end else 1))
