"""From what a phone sent to an area, for a door: places fixes and words, lists areas, explains."""

from collections.abc import Iterable

from actions.ports import Deps
from actions.views import AreaView, Member
from geo.address import AddressAnswer as AddressAnswer
from geo.address import Verdict as Verdict
from geo.address import find
from geo.areas import AreaChain as AreaChain
from geo.areas import Level as Level
from geo.datum import Datum as Datum
from geo.datum import Point as Point
from geo.datum import from_wgs84
from geo.locate import Fix as Fix
from geo.locate import Outcome as Outcome
from geo.locate import Placement as Placement
from geo.locate import locate, looks_shifted
from models.rules.errors import NoSuchItem, OutsideCity
from models.rules.facts import AreaCodes

NO_INDEX = "no_boundaries"


def fix(
    latitude: float,
    longitude: float,
    *,
    accuracy_m: float | None = None,
    datum: str = Datum.WGS84,
    by_hand: bool = False,
) -> Fix:
    """Builds what `place_fix` takes out of what a channel sent; `datum` is what the channel declares."""
    return Fix(Point(latitude, longitude), Datum(datum), accuracy_m, by_hand)


def point(latitude: float, longitude: float) -> Point:
    """Builds a WGS-84 point."""
    return Point(latitude, longitude)


def gcj02(latitude: float, longitude: float) -> Point:
    """Gives where a WGS-84 point stands on a Chinese map, for links to one."""
    return from_wgs84(Point(latitude, longitude), Datum.GCJ02)


def place_fix(deps: Deps, fix: Fix, phone_fix: Fix | None = None) -> Placement:
    """Places a fix; without imported boundaries the outcome is `unknown`."""
    if deps.index is None:
        return Placement(Outcome.UNKNOWN, None, (), None, None, NO_INDEX, "", None, None)
    numbers = deps.catalogue.numbers
    return locate(
        deps.index,
        fix,
        phone_fix,
        border_margin_m=numbers["near_border_m"],
        pin_warn_m=numbers["pin_apart_m"],
    )


def shifted(deps: Deps, member: Member, fix: Fix) -> Datum | None:
    """Guesses whether a pin is in another datum, to be asked and never applied silently."""
    return looks_shifted(deps.index, fix, member.home_codes) if deps.index is not None else None


def place_words(deps: Deps, member: Member, text: str) -> AddressAnswer:
    """Reads a place out of words, with the worker's own street as the prior."""
    return read_words(deps, text, member.home_street_code)


def read_words(deps: Deps, text: str, home_street_code: str | None = None) -> AddressAnswer:
    """Reads a place out of words; a home street is the prior."""
    if deps.gazetteer is None:
        return AddressAnswer(Verdict.unknown, (), (), None, NO_INDEX)
    return find(deps.gazetteer, text, home_street_code)


def chain(deps: Deps, code: str) -> AreaChain:
    """Gives an area with all above it; raises `NoSuchItem`."""
    if deps.index is None or code not in deps.index.areas:
        raise NoSuchItem(what="area", name=code)
    return deps.index.chain(code)


def chain_at(deps: Deps, pin: Point) -> AreaChain:
    """Gives the areas that cover a pin set by hand; raises `OutsideCity`, or `NoSuchItem` without boundaries."""
    placed = place_fix(deps, Fix(pin, Datum.WGS84, by_hand=True))
    if placed.chain is not None and placed.chain.street is not None:
        return placed.chain
    near = placed.nearest
    if near is None:
        raise NoSuchItem(what="area", name=f"{pin.latitude}, {pin.longitude}")
    raise OutsideCity(nearest=near.chain.street.name if near.chain.street else "", distance_m=round(near.distance_m))


def own_areas(deps: Deps, member: Member, limit: int = 30) -> tuple[AreaView, ...]:
    """Lists the worker's own grids, or the finest areas within their posts, to pick from by name."""
    if deps.index is None:
        return ()
    homes = [post.post.area_code for post in member.posts]
    finest: list[AreaView] = []
    for code in dict.fromkeys(homes):
        finest.extend(_finest_within(deps, code))
    return tuple(dict.fromkeys(finest))[:limit]


def _finest_within(deps: Deps, code: str) -> list[AreaView]:
    """Lists the children of a street or the area itself when it is finer."""
    assert deps.index is not None
    area = deps.index.areas.get(code)
    if area is None or area.level in (Level.CITY, Level.DISTRICT):
        return []
    children = [a for a in deps.index.areas.values() if a.parent_code == code]
    return [area_view(deps, a.code) for a in children] or [area_view(deps, code)]


def area_view(deps: Deps, code: str) -> AreaView:
    """Gives an area by name; raises `NoSuchItem`."""
    found = chain(deps, code)
    assert deps.index is not None
    area = deps.index.areas[code]
    street = found.street.code if found.street else None
    return AreaView(code, area.level.value, area.name, street)


def streets_of(deps: Deps, code: str) -> tuple[AreaView, ...]:
    """Lists the streets within a district, or every district within the city, in the order of their codes."""
    if deps.index is None:
        return ()
    children = (a for a in deps.index.areas.values() if a.parent_code == code)
    return tuple(area_view(deps, a.code) for a in sorted(children, key=lambda a: a.code))


def area_codes(found: AreaChain, *, placed: bool = True) -> AreaCodes:
    """Turns a chain of areas into the codes that a case keeps; the chain names its city."""
    assert found.city is not None
    return AreaCodes(
        city=found.city.code,
        district=found.district.code if found.district else None,
        street=found.street.code if found.street else None,
        community=found.community.code if found.community else None,
        grid=found.grid.code if found.grid else None,
        placed=placed,
    )


def areas_below(deps: Deps, codes: Iterable[str]) -> frozenset[str]:
    """Gives the codes of areas and of all that lies in them; unknown ones stand for themselves."""
    found = set(codes)
    if deps.index is not None:
        # The areas come from the city down: every parent is seen before its children.
        for area in deps.index.areas.values():
            if area.parent_code in found:
                found.add(area.code)
    return frozenset(found)


def areas_above(deps: Deps, code: str) -> frozenset[str]:
    """Gives the codes of an area and of all that it lies in; an unknown one stands for itself."""
    if deps.index is None or code not in deps.index.areas:
        return frozenset({code})
    links = deps.index.chain(code)
    return frozenset(area.code for level in Level if (area := links.of(level)) is not None)
