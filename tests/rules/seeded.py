"""The catalogue that ships with the project, built once, and tables with one cell changed."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from config.seed.read import Row, read
from models.rules.catalogue import Catalogue, build


@cache
def catalogue() -> Catalogue:
    """Builds the shipped catalogue."""
    return build(tables())


@cache
def tables() -> Mapping[str, list[Row]]:
    """Reads the shipped tables."""
    return read()


class Cell(NamedTuple):
    """Where a table is changed: the file, which row of it, and the new values."""

    file: str
    index: int
    values: dict[str, str]


def with_cell(change: Cell) -> Mapping[str, Sequence[Row]]:
    """Gives the shipped tables with one row changed."""
    rows = list(tables()[change.file])
    old = rows[change.index]
    rows[change.index] = old._replace(values={**old.values, **change.values})
    return {**tables(), change.file: rows}


def with_row(file: str, like: int, values: dict[str, str], line: int = 9999) -> Mapping[str, Sequence[Row]]:
    """Gives the shipped tables with one row more, which is like another one but for some values."""
    rows = list(tables()[file])
    rows.append(Row(rows[like].file, line, {**rows[like].values, **values}))
    return {**tables(), file: rows}
