"""Where is this, and who would get it? The whole answer for an operator, with every reason; changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from actions.places import NO_INDEX, area_codes, fix, place_fix, point
from actions.ports import Deps
from actions.routing import DryRun, dry_run
from actions.views import AreaNames
from geo.address import AddressAnswer, Verdict, find
from geo.areas import AreaIndex, Level
from geo.coverage import inner_point
from geo.datum import BadCoordinate as BadCoordinate
from geo.datum import Datum as Datum
from geo.datum import metres_per_degree
from geo.locate import Outcome, Placement, placing_level
from models.rules.catalogue import Kind
from models.rules.errors import NoSuchItem, OutsideCity, PlaceMissing
from models.rules.facts import AreaCodes
from models.rules.states import Grade
from models.rules.words import decided, recognise

NARROWEST_M: Final = 600.0
VIEW: Final = 2.5
"""How wide a view is: so many metres at least, and so many times the way to the nearest border."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the routing table says for a place and a kind; `how` tells by what the place was found."""

    kind: Kind
    areas: AreaCodes
    names: AreaNames
    how: str
    run: DryRun


@dataclass(frozen=True, slots=True)
class Typed:
    """A point as it was typed; `latitude_first` when it only makes sense, or only lies in the city, that way round."""

    latitude: float
    longitude: float
    latitude_first: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """The areas of one level around a point, in squares, northernmost row first; None where there is none."""

    level: Level
    rows: tuple[tuple[str | None, ...], ...]
    across_m: float


def point_in(deps: Deps, words: Sequence[str]) -> Typed | None:
    """Reads longitude and latitude out of what was typed: two numbers, perhaps with a comma; None for words.

    The other order is taken where the first is no place on earth, or where only the other lies in the city.
    """
    parts = " ".join(words).replace(",", " ").replace("，", " ").split()
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        return None
    as_said, other = Typed(second, first, False), Typed(first, second, True)
    if not _is_place(as_said) and _is_place(other):
        return other
    turned = deps.index is not None and not _in_city(deps.index, as_said) and _in_city(deps.index, other)
    return other if turned else as_said


def _is_place(typed: Typed) -> bool:
    return point(typed.latitude, typed.longitude).is_place


def _in_city(index: AreaIndex, typed: Typed) -> bool:
    hit = index.at(point(typed.latitude, typed.longitude))
    return any(hit.code(level) is not None for level in Level)


def ground_around(deps: Deps, placed: Placement, columns: int, rows: int) -> Ground | None:
    """Lays squares over the ground around a fix, wide enough to show the nearest border; None without a place.

    A square is twice as high as it is wide, as signs on a terminal are.
    """
    here, index = placed.wgs84, deps.index
    level = placing_level(index) if index is not None else None
    if here is None or index is None or level is None:
        return None
    far_m = placed.border_distance_m or (placed.nearest.distance_m if placed.nearest else 0.0)
    across_m = max(NARROWEST_M, VIEW * far_m)
    north_m, east_m = metres_per_degree(here.latitude)
    step_m = across_m / columns
    x = here.longitude + (np.arange(columns) - columns // 2) * step_m / east_m
    y = here.latitude + (rows // 2 - np.arange(rows)) * 2 * step_m / north_m
    longitude, latitude = (axis.ravel() for axis in np.meshgrid(x, y))
    codes = index.at_many(latitude, longitude).codes(level).reshape(rows, columns)
    return Ground(level, tuple(tuple(row) for row in codes.tolist()), across_m)


def at_point(
    deps: Deps, latitude: float, longitude: float, *, datum: str = Datum.WGS84, accuracy_m: float | None = None
) -> Placement:
    """Places a fix as a report of it would be placed."""
    return place_fix(deps, fix(latitude, longitude, accuracy_m=accuracy_m, datum=datum))


async def middle_of(deps: Deps, code: str) -> tuple[float, float] | None:
    """Gives latitude and longitude of a place that is surely in an area; None for one without an outline."""
    async with deps.store.read() as unit:
        edition = await unit.areas.edition()
        wkb = await unit.areas.outline(edition, code) if edition is not None else None
    if wkb is None:
        return None
    inside = inner_point(wkb)
    return inside.latitude, inside.longitude


def in_words(deps: Deps, text: str, home_street_code: str | None = None) -> AddressAnswer:
    """Reads a place out of words as the bot does for a worker of that street."""
    if deps.gazetteer is None:
        return AddressAnswer(Verdict.unknown, (), (), None, NO_INDEX)
    return find(deps.gazetteer, text, home_street_code)


def names_of(deps: Deps, codes: AreaCodes) -> AreaNames:
    """Gives the names of the areas that a case would lie in."""
    known = deps.index.areas if deps.index is not None else {}

    def name(code: str | None) -> str | None:
        return known[code].name if code is not None and code in known else code

    finer = (codes.district, codes.street, codes.community, codes.grid)
    return AreaNames(name(codes.city) or deps.city.name, *map(name, finer))


async def try_route(
    deps: Deps, kind: str, place: Sequence[str], *, grade: Grade | None = None, at: datetime | None = None
) -> Tried:
    """Explains who would get a case of a kind at a place: an area's code, a point (WGS-84), or words.

    Raises `NoSuchItem` for an unknown kind, `PlaceMissing` and `OutsideCity` for a place that no case could have.
    """
    found = kind_of(deps, kind)
    areas, how = _areas(deps, place)
    run = await dry_run(deps, areas, found.code, grade or found.grade, at)
    return Tried(found, areas, names_of(deps, areas), how, run)


def kind_of(deps: Deps, given: str) -> Kind:
    """Finds a kind by its code, by its name in any language, or by words that mean it clearly."""
    kinds = deps.catalogue.kinds
    for kind in kinds.values():
        if given == kind.code or given.casefold() in (name.casefold() for name in kind.label.all):
            return kind
    code = decided(recognise(given, deps.catalogue))
    if code is None:
        raise NoSuchItem(what="kind", name=given)
    return kinds[code]


def _areas(deps: Deps, place: Sequence[str]) -> tuple[AreaCodes, str]:
    """Finds the areas of a place and says by what."""
    if deps.index is None:
        raise PlaceMissing(why=NO_INDEX)
    text = " ".join(place).strip()
    if text in deps.index.areas:
        return area_codes(deps.index.chain(text)), "area code"
    typed = point_in(deps, place)
    if typed is not None:
        return _areas_at(at_point(deps, typed.latitude, typed.longitude))
    answer = in_words(deps, text)
    if not answer.candidates:
        raise PlaceMissing(why=answer.reason)
    best = answer.candidates[0]
    return area_codes(deps.index.chain(best.code)), f"{answer.verdict}: {best.why}"


def _areas_at(placed: Placement) -> tuple[AreaCodes, str]:
    if placed.chain is not None:
        return area_codes(placed.chain), f"{placed.outcome}: {placed.reason}"
    if placed.outcome is Outcome.OUTSIDE and placed.nearest is not None:
        street = placed.nearest.chain.street or placed.nearest.chain.district
        raise OutsideCity(nearest=street.name if street else "", distance_m=round(placed.nearest.distance_m))
    raise PlaceMissing(why=placed.reason)
