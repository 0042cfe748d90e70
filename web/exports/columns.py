"""The columns of a case in tables: by code for programs, in words for people. One list for CSV, XLSX and GeoJSON."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from actions.exports import CaseRow
from config.texts import Text
from models.rules.calendars import SHANGHAI
from models.rules.catalogue import Catalogue

Cell = str | int | float | bool | datetime | None
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What makes a spreadsheet take a text for a formula or a command."""


@dataclass(frozen=True, slots=True)
class Wording:
    """In whose words a table is written: a language, and the names of kinds."""

    said: Text
    catalogue: Catalogue

    def kind(self, code: str) -> str:
        """Gives the name of a kind; one that is in the catalogue no more keeps its code."""
        found = self.catalogue.kinds.get(code)
        return found.label.in_(self.said.language) if found else code


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code, the cell for programs, and the cell for people."""

    code: str
    value: Callable[[CaseRow], Cell]
    worded: Callable[[CaseRow, Wording], Cell]
    width: int = 12

    def name(self, said: Text) -> str:
        """Gives the heading for people."""
        return said(f"export.column.{self.code}")


def _plain(code: str, width: int = 12) -> Column:
    def value(row: CaseRow) -> Cell:
        cell: Cell = getattr(row, code)
        return cell

    return Column(code, value, lambda row, _: value(row), width)


def _yes_no(code: str) -> Column:
    def worded(row: CaseRow, wording: Wording) -> Cell:
        value = getattr(row, code)
        return "" if value is None else wording.said("export.yes" if value else "export.no")

    return Column(code, lambda row: getattr(row, code), worded, 8)


COLUMNS: tuple[Column, ...] = (
    _plain("case_no", 18),
    Column("kind", lambda r: r.kind, lambda r, w: w.kind(r.kind), 20),
    Column("state", lambda r: str(r.state), lambda r, w: w.said(f"export.state.{r.state}")),
    Column("urgency", lambda r: str(r.urgency), lambda r, _: str(r.urgency), 6),
    Column("grade", lambda r: r.grade, lambda r, w: w.said(f"export.grade.{r.grade}"), 8),
    _plain("district_code"),
    _plain("district"),
    _plain("street_code"),
    _plain("street", 18),
    _plain("community_code", 14),
    _plain("community", 18),
    _plain("unit", 22),
    _plain("latitude"),
    _plain("longitude"),
    _plain("registered_at", 17),
    _plain("dispatched_at", 17),
    _plain("signed_at", 17),
    _plain("handled_at", 17),
    _plain("cleared_at", 17),
    _plain("closed_at", 17),
    _plain("due_at", 17),
    _yes_no("overdue"),
    _yes_no("on_time"),
    _plain("n_reports", 8),
    _plain("n_returned", 8),
    _plain("n_rework", 8),
)


def as_text(cell: Cell) -> str:
    """Writes a cell for programs: ISO 8601 with its offset, `true` and `false`, nothing for what is unknown."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.astimezone(SHANGHAI).isoformat(timespec="seconds")
        case str():
            return defused(cell)
    return str(cell)


def in_words(cell: Cell) -> str:
    """Writes a cell for people who read the city's time."""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return as_text(cell)


def defused(text: str) -> str:
    """Puts an apostrophe before a text that a spreadsheet would take for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" \u3000\ufeff").startswith(FORMULA_SIGNS) else text
