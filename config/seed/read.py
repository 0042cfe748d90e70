"""Reads the seed tables: rows of text with the file and line they stand in. What they mean is decided elsewhere."""

import csv
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from config.seed.sheets import SUFFIXES, SheetFault, cells_of

FOLDER = Path(__file__).parent
"""The tables that ship with the project; a city may point to a folder of its own."""


class Row(NamedTuple):
    """One row; every value is text as it stands in the file."""

    file: str
    line: int
    values: Mapping[str, str]


class SeedFault(Exception):
    """A table cannot be read; the text names file and line."""

    def __init__(self, file: str, line: int, what: str) -> None:
        self.file = file
        self.line = line
        self.what = what
        super().__init__(f"{file}:{line}: {what}")


def read(folder: Path = FOLDER) -> Mapping[str, list[Row]]:
    """Reads every table of a folder, by its name without the ending; folders inside it are not tables.

    Raises `SeedFault` for a folder without tables, a row with more or fewer cells than the header, or bytes
    that are not UTF-8.
    """
    tables = {path.stem: read_file(path) for path in sorted(folder.glob("*.csv"))}
    if not tables:
        raise SeedFault(str(folder), 0, "the folder holds no table")
    return tables


def read_file(path: Path) -> list[Row]:
    """Reads one table, CSV or the first sheet of a workbook; raises `SeedFault` also for what cannot be opened."""
    if path.suffix.lower() in SUFFIXES:
        return _sheet(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SeedFault(path.name, 0, f"the file is not UTF-8 (byte {error.start}); save it as “CSV UTF-8”") from error
    except OSError as error:
        raise SeedFault(str(path), 0, f"the file cannot be read ({error.strerror})") from error
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        return [_row(path.name, reader.line_num, header, cells) for cells in reader if any(cells)]
    except csv.Error as error:
        raise SeedFault(path.name, reader.line_num, str(error)) from error


def _sheet(path: Path) -> list[Row]:
    try:
        rows = cells_of(path)
    except SheetFault as fault:
        raise SeedFault(path.name, 0, str(fault)) from fault
    header = rows[0][1] if rows else []
    # Below a table people leave notes in columns of their own: cells beyond the header count only when filled.
    width = max((at + 1 for at, name in enumerate(header) if name), default=0)
    named = header[:width]
    return [_row(path.name, line, named, cells if any(cells[width:]) else cells[:width]) for line, cells in rows[1:]]


def _row(file: str, line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        raise SeedFault(file, line, f"the row has {len(cells)} cells, the header {len(header)}")
    return Row(file, line, dict(zip(header, cells, strict=True)))
