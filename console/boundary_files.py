"""What do the files that a city brings hold? Finds or asks which level a layer is and which fields say what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from console.terminal import CannotDo, err

if TYPE_CHECKING:
    from geo.areas import Area, Shape
    from geo.datum import Datum
    from geo.loaders import Layer

LEFT_OUT = "-"
CODES = ("code", "dm", "id", "adcode", "xzqdm", "geoid", "gid")
NAMES = ("name", "mc", "xzqmc", "label", "title")
PARENTS = ("parent", "parent_code", "pcode")
"""How the fields are often called; what was taken is shown before anything changes."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the operator said beforehand; what is missing is asked, or ends the command where nobody is asked."""

    levels: dict[str, str] = field(default_factory=dict)
    code: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    parent: tuple[str, ...] = ()
    encoding: str | None = None
    ask: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """One layer of one file, and how it is to be read."""

    path: Path
    layer: "Layer"

    @property
    def title(self) -> str:
        """Names it for people."""
        return _title(self.path, self.layer.layer)

    @property
    def reading(self) -> str:
        """Tells how it is read."""
        parent = f", parent from {self.layer.parent_field}" if self.layer.parent_field else ""
        fields = f"code from {self.layer.code_field}, name from {self.layer.name_field}{parent}"
        return f"{self.title}: {self.layer.level}, {fields}"


@dataclass(frozen=True, slots=True)
class Brought:
    """Layers that are ready to be read, coarsest first; `drawn` is the city where no layer holds it.

    `datum_open` says that nobody declared the datum of the numbers.
    """

    sources: tuple[Source, ...]
    drawn: "Area | None"
    datum_open: bool

    @property
    def parts(self) -> tuple[str, ...]:
        """Names what is read one after the other."""
        return tuple(source.title for source in self.sources)

    def declared(self, datum: "Datum") -> "Brought":
        """Gives the same with a datum."""
        sources = (replace(source, layer=replace(source.layer, datum=datum)) for source in self.sources)
        return replace(self, sources=tuple(sources), datum_open=False)

    def read(self, on_part: Callable[[str], None]) -> "list[Shape]":
        """Reads all layers, and draws the city around the coarsest; raises `BadBoundaries`."""
        from geo.loaders import drawn_from, read_layer

        shapes: list[Shape] = []
        for source in self.sources:
            on_part(source.title)
            shapes += read_layer(source.path, source.layer)
        return shapes if self.drawn is None else [drawn_from(self.drawn, shapes, self.sources[0].layer.level), *shapes]


@dataclass(frozen=True, slots=True)
class Described:
    """A folder whose city.toml says everything, the datum too."""

    folder: Path

    @property
    def parts(self) -> tuple[str, ...]:
        """Names what is read."""
        return (self.folder.name,)

    def read(self, on_part: Callable[[str], None]) -> "list[Shape]":
        """Reads it; raises `BadBoundaries`."""
        from geo.loaders import read_city

        on_part(self.folder.name)
        return read_city(self.folder)


def brought(
    paths: Sequence[Path], told: Told, datum: "Datum | None", city: str | None, known: "Area | None"
) -> Brought:
    """Finds out how to read files, and asks what was not said; `known` is the city in force."""
    from geo.areas import Level

    found = sources(paths, told, datum)
    for source in found:
        err.print(source.reading)
    holds_city = found[0].layer.level is Level.CITY
    drawn = None if holds_city else the_city(city, known, ask=told.ask)
    return Brought(tuple(found), drawn, datum_open=datum is None)


def told_levels(given: Sequence[str]) -> dict[str, str]:
    """Reads `LAYER=LEVEL`, or `LEVEL` alone for a single layer; raises `CannotDo`."""
    from geo.areas import LEVELS

    levels = {}
    for one in given:
        layer, _, level = one.rpartition("=")
        if level not in (*LEVELS, LEFT_OUT):
            raise CannotDo(
                f"there is no level {level!r}; there are {', '.join(LEVELS)}, and {LEFT_OUT} to leave it out"
            )
        levels[layer] = level
    return levels


def sources(paths: Sequence[Path], told: Told, datum: "Datum | None") -> list[Source]:
    """Finds the layers of all files and how to read each; asks what was not said. Raises `BadBoundaries`."""
    from geo.areas import LEVELS, Level
    from geo.datum import Datum
    from geo.loaders import Layer, fields_of, layers_of

    layers = [(path, name) for path in paths for name in layers_of(path)]
    known = {*(name for _, name in layers), *(path.name for path, _ in layers), ""}
    for name in told.levels.keys() - known:
        raise CannotDo(f"there is no layer {name!r}; there are {', '.join(sorted(name for _, name in layers))}")
    found: list[Source] = []
    codes, names = list(told.code), list(told.name)
    for path, name in layers:
        level = _level(path, name, told, alone=len(layers) == 1)
        if level == LEFT_OUT:
            continue
        fields = fields_of(path, name)
        # What was answered for one layer holds for the next that has such a field.
        codes.append(_field(_title(path, name), "code", fields, codes, () if told.code else CODES, ask=told.ask))
        names.append(_field(_title(path, name), "name", fields, names, () if told.name else NAMES, ask=told.ask))
        layer = Layer(
            level=Level(level),
            code_field=codes[-1],
            name_field=names[-1],
            parent_field=_like(fields, PARENTS) if not told.parent else _first(told.parent, fields),
            datum=datum or Datum.WGS84,
            layer=name,
            encoding=told.encoding,
            bare=datum is not None,
            empty_too=True,
        )
        found.append(Source(path, layer))
    if not found:
        raise CannotDo("nothing to import: every layer was left out")
    return sorted(found, key=lambda source: LEVELS.index(source.layer.level))


def the_city(given: str | None, known: "Area | None", *, ask: bool) -> "Area":
    """Gives code and name of the city where no layer has them: as said, as now in force, or as answered."""
    from geo.areas import Area, Level

    if given is None and known is not None:
        return known
    if given is None and ask:
        given = f"{typer.prompt('Code of the city')}={typer.prompt('Name of the city')}"
    code, _, name = (given or "").partition("=")
    if not code.strip() or not name.strip():
        raise CannotDo("no layer holds the city itself; say which it is: --city CODE=NAME")
    return Area(code.strip(), name.strip(), Level.CITY, None)


def _level(path: Path, name: str, told: Told, *, alone: bool) -> str:
    """Tells the level of a layer."""
    from geo.areas import LEVELS

    keys = (name, path.name, *([""] if alone or len(told.levels) == 1 else []))
    said = next((told.levels[key] for key in keys if key in told.levels), None)
    if said is not None:
        return said
    if told.levels:
        return LEFT_OUT
    guess = next((level.value for level in LEVELS if level in (path.stem if alone else name).lower()), None)
    if told.ask:
        choice = "/".join((*LEVELS, LEFT_OUT))
        err.print(f"{_title(path, name)}: which level is it ({choice})?")
        answer: str = typer.prompt("Level", default=guess or LEFT_OUT)
        if answer not in (*LEVELS, LEFT_OUT):
            raise CannotDo(f"there is no level {answer!r}; there are {choice}")
        return answer
    if guess is None:
        raise CannotDo(f"which level {_title(path, name)} is was not said; say --level {name}=LEVEL")
    return guess


def _field(
    title: str,
    what: str,
    fields: Sequence[str],
    said: Sequence[str],
    usual: Sequence[str],
    *,
    ask: bool,
) -> str:
    """Tells which field of a layer holds something."""
    found = _first(said, fields)
    if found is not None:
        return found
    proposed = _like(fields, usual)
    if proposed is None and ask:
        err.print(f"{title} has the fields {', '.join(fields)}.")
        answer: str = typer.prompt(f"Which one holds the {what}")
        proposed = answer if answer in fields else None
    if proposed is None:
        have = ", ".join(fields) or "none"
        raise CannotDo(f"{title}: which field holds the {what}? Say --{what}; there are {have}")
    return proposed


def _first(said: Sequence[str], fields: Sequence[str]) -> str | None:
    return next((one for one in said if one in fields), None)


def _like(fields: Sequence[str], usual: Sequence[str]) -> str | None:
    return next((one for like in usual for one in fields if one.lower() == like), None)


def _title(path: Path, layer: str | None) -> str:
    return path.name if layer in (None, path.stem) else f"{path.name}, layer {layer}"
