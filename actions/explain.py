"""Where is this, and who would get it? The whole answer for an operator, with every reason; changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.places import NO_INDEX, area_codes, fix, place_fix
from actions.ports import Deps
from actions.routing import DryRun, dry_run
from actions.views import AreaNames
from geo.address import AddressAnswer, Verdict, find
from geo.datum import BadCoordinate as BadCoordinate
from geo.datum import Datum as Datum
from geo.locate import Outcome, Placement
from models.rules.catalogue import Kind
from models.rules.errors import NoSuchItem, OutsideCity, PlaceMissing
from models.rules.facts import AreaCodes
from models.rules.states import Grade
from models.rules.words import decided, recognise


@dataclass(frozen=True, slots=True)
class Tried:
    """What the routing table says for a place and a kind; `how` tells by what the place was found."""

    kind: Kind
    areas: AreaCodes
    names: AreaNames
    how: str
    run: DryRun


def numbers_in(words: Sequence[str]) -> tuple[float, float] | None:
    """Reads latitude and longitude out of what was typed: two numbers, perhaps with a comma; None for words."""
    parts = " ".join(words).replace(",", " ").replace("，", " ").split()
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return (numbers[0], numbers[1]) if len(numbers) == 2 else None


def at_point(
    deps: Deps, latitude: float, longitude: float, *, datum: str = Datum.WGS84, accuracy_m: float | None = None
) -> Placement:
    """Places a fix as a report of it would be placed."""
    return place_fix(deps, fix(latitude, longitude, accuracy_m=accuracy_m, datum=datum))


def in_words(deps: Deps, text: str, home_street_code: str | None = None) -> AddressAnswer:
    """Reads a place out of words as the bot does for a worker of that street."""
    if deps.gazetteer is None:
        return AddressAnswer(Verdict.unknown, (), None, None, NO_INDEX)
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
    point = numbers_in(place)
    if point is not None:
        return _areas_at(at_point(deps, *point))
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
