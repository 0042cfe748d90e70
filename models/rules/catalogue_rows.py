"""How a row of the seed becomes typed values: one book of rows in force, which collects every fault it meets.

Knows columns and cells; what the files mean together is `catalogue`'s business.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from models.rules.kinds import Label

E = TypeVar("E", bound=StrEnum)
EVERYWHERE = ("source", "valid_from")
"""Columns that every row of every file carries."""


class Row(Protocol):
    """A row of a seed file, whoever read it."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def values(self) -> Mapping[str, str]: ...


class Fault(NamedTuple):
    """One thing that is wrong with the catalogue, and where."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class CatalogueFault(Exception):
    """The catalogue cannot be used; the text has one line for each fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class Book:
    """The rows of all files. Every reader gives a usable value and notes a fault when the cell has none."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], on: date | None = None) -> None:
        self._rows = rows
        self._on = on
        self.faults: list[Fault] = []

    def fault(self, row: Row, what: str) -> None:
        """Notes a fault of a row."""
        self.faults.append(Fault(row.file, row.line, what))

    def every(self, name: str, *columns: str) -> list[Row]:
        """Lists the rows of a file after checking its columns; an absent file is a fault."""
        rows = self._rows.get(name)
        if rows is None:
            self.faults.append(Fault(f"{name}.csv", 0, "the file is missing"))
            return []
        wanted = {*columns, *EVERYWHERE}
        if rows:
            self._columns(rows[0], wanted)
        complete = [row for row in rows if wanted <= row.values.keys()]
        for row in complete:
            self.text(row, "source")
            self.day(row, "valid_from")
        return complete

    def latest(self, name: str, key: Callable[[Row], object], *columns: str) -> list[Row]:
        """Lists the rows in force on the day of the book: of those with one key, the youngest."""
        chosen: dict[object, Row] = {}
        for row in self.every(name, *columns):
            since = self.day(row, "valid_from")
            if since is None or (self._on is not None and since > self._on):
                continue
            rival = chosen.get(key(row))
            if rival is not None and rival.values["valid_from"].strip() == row.values["valid_from"].strip():
                self.fault(row, f"the same as line {rival.line}")
            elif rival is None or rival.values["valid_from"] < row.values["valid_from"]:
                chosen[key(row)] = row
        return list(chosen.values())

    def text(self, row: Row, column: str) -> str:
        """Reads a cell that must not be empty."""
        text = row.values[column].strip()
        if not text:
            self.fault(row, f"{column} is empty")
        return text

    def maybe(self, row: Row, column: str) -> str | None:
        """Reads a cell that may be empty."""
        return row.values[column].strip() or None

    def number(self, row: Row, column: str) -> float | None:
        """Reads a number, or nothing from an empty cell."""
        text = row.values[column].strip()
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            self.fault(row, f"{column} is {text!r}, which is no number")
            return None

    def amount(self, row: Row, column: str) -> float:
        """Reads a number that must be there and not be negative."""
        number = self.number(row, column)
        if number is None or number < 0:
            self.fault(row, f"{column} needs a number from 0")
            return 0.0
        return number

    def whole(self, row: Row, column: str) -> int | None:
        """Reads a whole number, or nothing from an empty cell."""
        number = self.number(row, column)
        if number is not None and number != int(number):
            self.fault(row, f"{column} needs a whole number")
        return None if number is None else int(number)

    def flag(self, row: Row, column: str) -> bool:
        """Reads yes or no; an empty cell is no."""
        text = row.values[column].strip()
        if text not in ("yes", "no", ""):
            self.fault(row, f"{column} is {text!r}, but only yes and no are known")
        return text == "yes"

    def one_of(self, row: Row, column: str, names: type[E]) -> E:
        """Reads a member of an enumeration; the first one stands in for a fault."""
        text = row.values[column].strip()
        try:
            return names(text)
        except ValueError:
            known = ", ".join(names)
            self.fault(row, f"{column} is {text!r}; known are {known}")
            return next(iter(names))

    def known(self, row: Row, column: str, names: Iterable[str], *also: str) -> str:
        """Reads a code that must be defined elsewhere in the catalogue."""
        text = self.text(row, column)
        if text and text not in {*names, *also}:
            self.fault(row, f"{column} {text!r} is defined nowhere")
        return text

    def words(self, row: Row, column: str) -> tuple[str, ...]:
        """Reads words separated by bars."""
        return tuple(word.strip() for word in row.values[column].split("|") if word.strip())

    def label(self, row: Row, name: str = "label") -> Label:
        """Reads a name in every language."""
        return Label(*(self.text(row, f"{name}_{locale}") for locale in ("zh_CN", "zh_TW", "en")))

    def day(self, row: Row, column: str) -> date | None:
        """Reads an ISO date that must be there."""
        text = row.values[column].strip()
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fault(row, f"{column} is {text!r}, which is no date like 2026-01-31")
            return None

    def _columns(self, row: Row, wanted: set[str]) -> None:
        for column in sorted(wanted - row.values.keys()):
            self.faults.append(Fault(row.file, 1, f"the column {column} is missing"))
        for column in sorted(row.values.keys() - wanted):
            self.faults.append(Fault(row.file, 1, f"the column {column} is not known"))


LABEL = ("label_zh_CN", "label_zh_TW", "label_en")
"""The columns of a name."""
