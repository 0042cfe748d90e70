"""Where another system says it is: by numbers, by an area's code, or by words; nobody can be asked back.

What only a person could decide is not guessed: it waits in a dispatcher's queue, with the reason.
"""

from actions import places
from actions.places import Outcome, Verdict
from actions.ports import Deps
from actions.reports import PlaceGiven
from models.rules.errors import OutsideCity, PlaceMissing
from models.rules.facts import AreaCodes

NO_NUMBERS = frozenset({"not_a_number", "out_of_range", "zero_coordinates", "swapped_coordinates_suspected"})
"""Reasons of numbers that are no place at all: the sender has to correct them."""


def by_point(
    deps: Deps,
    latitude: float,
    longitude: float,
    *,
    accuracy_m: float | None = None,
    datum: str = "wgs84",
    by_hand: bool = True,
    address: str | None = None,
) -> PlaceGiven:
    """Places numbers. Near a border the street that covers the point is taken, and the reason kept.

    Raises `OutsideCity`, and `PlaceMissing` for numbers that are no place.
    """
    fix = places.fix(latitude, longitude, accuracy_m=accuracy_m, datum=datum, by_hand=by_hand)
    found = places.place_fix(deps, fix)
    if found.outcome is Outcome.OUTSIDE:
        near = found.nearest
        street = near.chain.street.name if near is not None and near.chain.street is not None else ""
        raise OutsideCity(nearest=street, distance_m=round(near.distance_m) if near is not None else None)
    if found.reason in NO_NUMBERS:
        raise PlaceMissing(why=found.reason)
    chain = found.chain or (found.candidates[0].chain if found.candidates else None)
    at = found.wgs84
    return PlaceGiven(
        areas=places.area_codes(chain) if chain is not None else _nowhere(deps),
        edition=found.edition,
        method="pin" if by_hand else "phone",
        reason=found.reason,
        latitude=at.latitude if at is not None else None,
        longitude=at.longitude if at is not None else None,
        raw_latitude=latitude,
        raw_longitude=longitude,
        coord_sys=datum,
        accuracy_m=accuracy_m,
        by_hand=by_hand,
        address_text=address,
    )


def by_area(deps: Deps, code: str, *, address: str | None = None) -> PlaceGiven:
    """Takes an area as the place; raises `NoSuchItem`."""
    areas = places.area_codes(places.chain(deps, code))
    return PlaceGiven(areas=areas, edition=_edition(deps), method="own_area", reason="chosen", address_text=address)


def by_words(deps: Deps, words: str) -> PlaceGiven:
    """Reads an address; what it does not state waits in the queue of the city, with its words."""
    if not words.strip():
        raise PlaceMissing(why="no_words")
    answer = places.read_words(deps, words)
    code = answer.candidates[0].code if answer.verdict is Verdict.stated else None
    areas = places.area_codes(places.chain(deps, code)) if code is not None else _nowhere(deps)
    return PlaceGiven(
        areas=areas, edition=_edition(deps), method="words", reason=str(answer.reason), address_text=words
    )


def _nowhere(deps: Deps) -> AreaCodes:
    """Gives the place that nobody knows: it waits in the queue of the city."""
    return AreaCodes(deps.city.code, placed=False)


def _edition(deps: Deps) -> str:
    return deps.index.edition if deps.index is not None else ""
