"""From a fix to a place with a reason: inside, near a border, outside, or unknown.

Never guesses silently: what the numbers cannot carry is said, with the places that a person may choose from.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from geo.areas import AreaChain, AreaIndex, Hit, Level, Neighbour
from geo.datum import Datum, Point, distance_m, to_wgs84

# A circle over more streets than a person can choose from says nothing.
MOST_CANDIDATES: Final = 8
# Exactly on a border, the distance is rounded in its last digits.
_TOUCHING_M: Final = 0.001


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as it was sent: raw numbers, the datum they were declared in, radius of the 68 % circle."""

    point: Point
    datum: Datum
    accuracy_m: float | None = None
    by_hand: bool = False


class Outcome(StrEnum):
    """What can be said about a fix."""

    INSIDE = "inside"
    NEAR_BORDER = "near_border"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that the fix may mean, and how far the fix is from it (0 when it covers the fix)."""

    chain: AreaChain
    distance_m: float


@dataclass(frozen=True, slots=True)
class Placement:
    """The answer, kept with the report so that it can be explained later.

    `reason` is a code for the message catalogue, one of REASONS. `chain` is set for `inside` and, as the
    place that covers the fix, for `near_border` when one does. `pin_far` asks for the pin to be confirmed.
    """

    outcome: Outcome
    chain: AreaChain | None
    candidates: tuple[Candidate, ...]
    nearest: Candidate | None
    border_distance_m: float | None
    reason: str
    edition: str
    wgs84: Point | None
    pin_to_fix_m: float | None
    pin_far: bool = False


REASONS: Final = (
    "inside_by_margin",
    "inside_at_city_edge",
    "on_border",
    "within_border_margin",
    "accuracy_circle_crosses_border",
    "outside_but_within_accuracy",
    "outside_city",
    "gap_between_areas",
    "accuracy_too_coarse",
    "not_a_number",
    "out_of_range",
    "zero_coordinates",
    "swapped_coordinates_suspected",
    "no_boundaries",
)


def locate(
    index: AreaIndex,
    fix: Fix,
    phone_fix: Fix | None = None,
    *,
    border_margin_m: float = 50.0,
    pin_warn_m: float = 200.0,
) -> Placement:
    """Places a fix on the street level (or the finest coarser one there is). Never raises on any floats.

    The fix is a circle: the larger of its accuracy and `border_margin_m`. `phone_fix` is the phone's own
    position when `fix` is a pin set by hand.
    """
    level = placing_level(index)
    latitude, longitude = fix.point.latitude, fix.point.longitude
    if math.isnan(latitude) or math.isnan(longitude):
        return _unknown(index, "not_a_number")
    # A phone without a position sends zeros; no city of ours lies in the Gulf of Guinea.
    if latitude == 0.0 and longitude == 0.0:
        return _unknown(index, "zero_coordinates")
    if level is None:
        return _unknown(index, "no_boundaries")
    if not fix.point.is_place:
        return _swapped(index, fix, level) or _unknown(index, "out_of_range")
    here = to_wgs84(fix.point, fix.datum)
    placed = _place(index, level, here, _usable(fix.accuracy_m), border_margin_m)
    if placed.outcome is Outcome.OUTSIDE:
        placed = _swapped(index, fix, level) or placed
    pin_to_fix_m = _pin_to_fix_m(here, phone_fix)
    return replace(placed, pin_to_fix_m=pin_to_fix_m, pin_far=pin_to_fix_m is not None and pin_to_fix_m > pin_warn_m)


def looks_shifted(index: AreaIndex, fix: Fix, home_codes: Collection[str]) -> Datum | None:
    """Returns the datum that puts the fix into one of the person's own areas when the declared one does not.

    To be offered as a question, never applied silently. Any level's codes may be given.
    """
    if not fix.point.is_place or not home_codes:
        return None
    homes = frozenset(home_codes)
    if homes & _codes(index.at(to_wgs84(fix.point, fix.datum))):
        return None
    for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09):
        if homes & _codes(index.at(to_wgs84(fix.point, datum))):
            return datum
    return None


def placing_level(index: AreaIndex) -> Level | None:
    """Returns the level on which reports are placed: the street, or the finest coarser level there is."""
    for level in (Level.STREET, Level.DISTRICT, Level.CITY):
        if level in index.levels:
            return level
    return None


def _place(index: AreaIndex, level: Level, here: Point, accuracy_m: float, margin_m: float) -> Placement:
    radius_m = max(accuracy_m, margin_m)
    hit = index.at(here)
    chain = _chain_of(index, hit) if hit.code(level) is not None else None
    outer = index.nearest(here, level) if chain is None else None
    border_m = index.border_distance_m(here, level) if outer is None else outer.distance_m
    blank = Placement(Outcome.UNKNOWN, chain, (), None, border_m, "", index.edition, here, None)
    around = index.neighbours(here, radius_m, level) if border_m is not None and border_m <= radius_m else ()
    candidates = tuple(_candidate(index, near, hit, chain, level) for near in around)
    if len(candidates) > MOST_CANDIDATES:
        return replace(blank, chain=None, nearest=candidates[0], reason="accuracy_too_coarse")
    if chain is None:
        return _place_uncovered(index, hit, outer, candidates, blank)
    if len(candidates) < 2:
        return replace(blank, outcome=Outcome.INSIDE, reason="inside_at_city_edge" if around else "inside_by_margin")
    if hit.on_border and candidates[1].distance_m < _TOUCHING_M:
        reason = "on_border"
    elif candidates[1].distance_m <= margin_m:
        reason = "within_border_margin"
    else:
        reason = "accuracy_circle_crosses_border"
    return replace(blank, outcome=Outcome.NEAR_BORDER, candidates=candidates, reason=reason)


def _place_uncovered(
    index: AreaIndex, hit: Hit, outer: Neighbour | None, candidates: tuple[Candidate, ...], blank: Placement
) -> Placement:
    if candidates:
        reason = "outside_but_within_accuracy"
        return replace(blank, outcome=Outcome.NEAR_BORDER, candidates=candidates, nearest=candidates[0], reason=reason)
    nearest = Candidate(index.chain(outer.area.code), outer.distance_m) if outer is not None else None
    if any(hit.code(other) for other in Level):
        return replace(blank, nearest=nearest, reason="gap_between_areas")
    return replace(blank, outcome=Outcome.OUTSIDE, nearest=nearest, reason="outside_city")


def _candidate(index: AreaIndex, near: Neighbour, hit: Hit, chain: AreaChain | None, level: Level) -> Candidate:
    """What covers the fix keeps its community and grid; a neighbour ends at the level on which reports are placed."""
    if chain is not None and near.area.code == hit.code(level):
        return Candidate(chain, 0.0)
    return Candidate(index.chain(near.area.code), near.distance_m)


def _chain_of(index: AreaIndex, hit: Hit) -> AreaChain:
    """Returns what covers the point; a level without outlines is filled from the parents of the finer one."""
    links = {level.value: index.areas[code] if (code := hit.code(level)) else None for level in Level}
    for level in reversed(Level):
        area = links[level.value]
        parent = index.areas.get(area.parent_code) if area is not None and area.parent_code else None
        if parent is not None and links[parent.level.value] is None:
            links[parent.level.value] = parent
    return AreaChain(**links)


def _usable(accuracy_m: float | None) -> float:
    """A radius that is missing or nonsense (not a number, negative) is 0: the border margin then decides."""
    if accuracy_m is None or math.isnan(accuracy_m) or accuracy_m < 0:
        return 0.0
    return min(accuracy_m, 100_000.0)


def _swapped(index: AreaIndex, fix: Fix, level: Level) -> Placement | None:
    """Offers what the numbers mean the other way round, if that is a place in the city."""
    swapped = Point(fix.point.longitude, fix.point.latitude)
    if not swapped.is_place:
        return None
    hit = index.at(to_wgs84(swapped, fix.datum))
    if hit.code(level) is None:
        return None
    offered = Candidate(_chain_of(index, hit), 0.0)
    return replace(_unknown(index, "swapped_coordinates_suspected"), candidates=(offered,))


def _unknown(index: AreaIndex, reason: str) -> Placement:
    return Placement(Outcome.UNKNOWN, None, (), None, None, reason, index.edition, None, None)


def _pin_to_fix_m(here: Point, phone_fix: Fix | None) -> float | None:
    if phone_fix is None or not phone_fix.point.is_place:
        return None
    return distance_m(here, to_wgs84(phone_fix.point, phone_fix.datum))


def _codes(hit: Hit) -> frozenset[str]:
    return frozenset(code for level in Level if (code := hit.code(level)))
