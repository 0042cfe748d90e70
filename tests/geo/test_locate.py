"""A fix becomes a place with a reason, or an honest "cannot say"."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import Area, AreaIndex, Level, Shape
from geo.datum import Datum, Point, from_wgs84
from geo.editions import edition_of
from geo.loaders import read_city
from geo.locate import REASONS, Fix, Outcome, Placement, locate, looks_shifted

CITY = Path(__file__).parents[2] / "config" / "seed" / "city"
INSIDE = Point(39.12, 117.205)
NEAR_A_BORDER = Point(39.12, 117.2)


@pytest.fixture(scope="module")
def index() -> AreaIndex:
    shapes = read_city(CITY)
    return AreaIndex.build(shapes, edition_of(shapes))


def placed(index: AreaIndex, latitude: float, longitude: float, accuracy_m: float | None = None) -> Placement:
    return locate(index, Fix(Point(latitude, longitude), Datum.WGS84, accuracy_m))


def test_a_fix_well_inside_a_street_is_placed_down_to_the_community(index: AreaIndex) -> None:
    answer = placed(index, INSIDE.latitude, INSIDE.longitude, 20.0)

    assert (answer.outcome, answer.reason) == (Outcome.INSIDE, "inside_by_margin")
    assert answer.chain is not None
    assert answer.chain.street is not None
    assert answer.chain.community is not None
    assert answer.chain.street.name == "小白楼街道"
    assert answer.chain.community.parent_code == answer.chain.street.code
    assert answer.edition == index.edition


def test_thirty_metres_from_a_border_the_worker_is_asked_which_street(index: AreaIndex) -> None:
    answer = placed(index, NEAR_A_BORDER.latitude, NEAR_A_BORDER.longitude)

    names = [c.chain.street.name for c in answer.candidates if c.chain.street]
    assert (answer.outcome, answer.reason) == (Outcome.NEAR_BORDER, "within_border_margin")
    assert names == ["小白楼街道", "劝业场街道"]
    assert [round(c.distance_m) for c in answer.candidates] == [0, 30]


def test_a_poor_fix_counts_as_a_circle_and_asks_although_its_centre_is_far_from_the_border(
    index: AreaIndex,
) -> None:
    assert placed(index, INSIDE.latitude, INSIDE.longitude, 20.0).outcome is Outcome.INSIDE
    answer = placed(index, INSIDE.latitude, INSIDE.longitude, 600.0)
    assert (answer.outcome, answer.reason) == (Outcome.NEAR_BORDER, "accuracy_circle_crosses_border")


def test_a_circle_over_half_the_city_says_nothing(index: AreaIndex) -> None:
    answer = placed(index, INSIDE.latitude, INSIDE.longitude, 20_000.0)
    assert (answer.outcome, answer.reason, answer.candidates) == (Outcome.UNKNOWN, "accuracy_too_coarse", ())


def test_a_place_outside_the_city_is_named_with_the_nearest_street_and_the_metres(index: AreaIndex) -> None:
    answer = placed(index, 40.0, 116.3)

    assert (answer.outcome, answer.reason, answer.chain) == (Outcome.OUTSIDE, "outside_city", None)
    assert answer.nearest is not None
    assert answer.nearest.chain.district is not None
    assert answer.nearest.chain.district.name == "武清区"
    assert 50_000 < answer.nearest.distance_m < 70_000


@pytest.mark.parametrize(
    ("latitude", "longitude", "reason"),
    [
        (math.nan, 117.2, "not_a_number"),
        (39.1, math.nan, "not_a_number"),
        (math.inf, 117.2, "out_of_range"),
        (39.1, -math.inf, "out_of_range"),
        (1e308, 1e308, "out_of_range"),
        (91.0, 117.2, "out_of_range"),
        (39.1, 181.0, "out_of_range"),
        (0.0, 0.0, "zero_coordinates"),
        (-0.0, 0.0, "zero_coordinates"),
        (INSIDE.longitude, INSIDE.latitude, "swapped_coordinates_suspected"),
    ],
)
def test_numbers_that_are_no_place_are_unknown_with_the_reason(
    index: AreaIndex, latitude: float, longitude: float, reason: str
) -> None:
    answer = placed(index, latitude, longitude)
    assert (answer.outcome, answer.reason, answer.chain, answer.wgs84) == (
        Outcome.UNKNOWN,
        reason,
        None,
        None,
    )


def test_swapped_numbers_are_offered_the_right_way_round(index: AreaIndex) -> None:
    answer = placed(index, INSIDE.longitude, INSIDE.latitude)
    assert [c.chain.street.name for c in answer.candidates if c.chain.street] == ["小白楼街道"]


def test_exactly_on_the_border_of_two_streets_both_are_offered_at_no_distance() -> None:
    west, east = shapely.box(117.0, 39.0, 117.1, 39.1), shapely.box(117.1, 39.0, 117.2, 39.1)
    shapes = [Shape(Area(c, c, Level.STREET, None), shapely.to_wkb(o)) for c, o in (("a", west), ("b", east))]
    answer = placed(AreaIndex.build(shapes, "two"), 39.05, 117.1)
    assert (answer.outcome, answer.reason, answer.border_distance_m) == (Outcome.NEAR_BORDER, "on_border", 0.0)
    assert [(c.chain.street.code, c.distance_m) for c in answer.candidates if c.chain.street] == [
        ("a", 0.0),
        ("b", 0.0),
    ]


def test_in_a_lake_between_streets_the_nearest_is_named_and_nothing_is_asserted() -> None:
    district = shapely.box(117.0, 39.0, 117.2, 39.1)
    street = shapely.box(117.0, 39.0, 117.1, 39.1)
    shapes = [
        Shape(Area("d", "d", Level.DISTRICT, None), shapely.to_wkb(district)),
        Shape(Area("s", "s", Level.STREET, "d"), shapely.to_wkb(street)),
    ]
    index = AreaIndex.build(shapes, "lake")
    far, near = placed(index, 39.05, 117.15), placed(index, 39.05, 117.1003)
    assert (far.outcome, far.reason, far.chain) == (Outcome.UNKNOWN, "gap_between_areas", None)
    assert far.nearest is not None
    assert far.nearest.distance_m == pytest.approx(4_326, abs=5)
    assert (near.outcome, near.reason) == (Outcome.NEAR_BORDER, "outside_but_within_accuracy")


def test_where_the_outline_of_the_district_falls_short_the_parent_of_the_street_stands_in() -> None:
    street = Shape(Area("s", "s", Level.STREET, "d"), shapely.to_wkb(shapely.box(117.0, 39.0, 117.1, 39.1)))
    district = Shape(Area("d", "d", Level.DISTRICT, None), shapely.to_wkb(shapely.box(117.0, 39.0, 117.04, 39.1)))
    answer = placed(AreaIndex.build([street, district], "short"), 39.05, 117.05)
    assert answer.chain is not None
    assert (answer.chain.street, answer.chain.district) == (street.area, district.area)


def test_a_place_that_only_touches_the_citys_own_edge_needs_no_question() -> None:
    street = Shape(Area("s", "s", Level.STREET, None), shapely.to_wkb(shapely.box(117.0, 39.0, 117.1, 39.1)))
    answer = placed(AreaIndex.build([street], "one"), 39.05, 117.0002)
    assert (answer.outcome, answer.reason) == (Outcome.INSIDE, "inside_at_city_edge")


def test_an_index_without_boundaries_says_so() -> None:
    answer = placed(AreaIndex.build([], "empty"), INSIDE.latitude, INSIDE.longitude)
    assert (answer.outcome, answer.reason) == (Outcome.UNKNOWN, "no_boundaries")


def test_a_pin_far_from_the_phone_is_to_be_confirmed(index: AreaIndex) -> None:
    pin = Fix(INSIDE, Datum.WGS84, by_hand=True)
    near = Fix(Point(INSIDE.latitude + 0.001, INSIDE.longitude), Datum.WGS84, 10.0)
    far = Fix(Point(INSIDE.latitude + 0.003, INSIDE.longitude), Datum.WGS84, 10.0)

    beside, away = locate(index, pin, near), locate(index, pin, far)

    assert beside.pin_to_fix_m == pytest.approx(111, abs=1)
    assert not beside.pin_far
    assert away.pin_to_fix_m == pytest.approx(333, abs=1)
    assert away.pin_far
    assert away.outcome is Outcome.INSIDE


def test_a_pin_from_a_chinese_map_is_placed_where_it_was_meant(index: AreaIndex) -> None:
    for datum in Datum:
        answer = locate(index, Fix(from_wgs84(INSIDE, datum), datum, 10.0))
        assert answer.chain is not None
        assert answer.chain.street is not None
        assert answer.chain.street.name == "小白楼街道"


def test_a_shifted_pin_is_noticed_when_only_the_conversion_fits_the_workers_own_street(
    index: AreaIndex,
) -> None:
    home = {"120101002014"}
    raw = from_wgs84(INSIDE, Datum.GCJ02)

    assert looks_shifted(index, Fix(raw, Datum.WGS84), home) is Datum.GCJ02
    assert looks_shifted(index, Fix(INSIDE, Datum.WGS84), home) is None
    assert looks_shifted(index, Fix(INSIDE, Datum.GCJ02), home) is Datum.WGS84
    assert looks_shifted(index, Fix(Point(math.nan, 1.0), Datum.WGS84), home) is None


@settings(deadline=None)
@given(
    latitude=st.floats(),
    longitude=st.floats(),
    accuracy_m=st.none() | st.floats(),
    datum=st.sampled_from(Datum),
    phone=st.none() | st.tuples(st.floats(), st.floats()),
)
def test_no_number_at_all_makes_it_raise(
    index: AreaIndex,
    latitude: float,
    longitude: float,
    accuracy_m: float | None,
    datum: Datum,
    phone: tuple[float, float] | None,
) -> None:
    phone_fix = Fix(Point(*phone), Datum.WGS84) if phone else None
    answer = locate(index, Fix(Point(latitude, longitude), datum, accuracy_m), phone_fix)
    assert answer.reason in REASONS
