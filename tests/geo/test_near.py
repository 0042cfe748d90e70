"""Metres to a border, whatever lies between."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import Area, AreaIndex, Level, Point, Shape
from geo.datum import distance_m, metres_per_degree
from tests.geo.generated_city import Plan, generate, only

PLAN = Plan(columns=12, rows=10, community=2, street=4, district=8, halvings=3, west=117.0, south=39.0)


@pytest.fixture(scope="module")
def city() -> list[Shape]:
    return generate(PLAN)


@pytest.fixture(scope="module")
def index(city: list[Shape]) -> AreaIndex:
    return AreaIndex.build(city, "near")


def by_shapely(shapes: list[Shape], point: Point) -> dict[str, float]:
    """Metres to every border in a plane around the point: right to a few millimetres within such a small city."""
    north_m, east_m = metres_per_degree(point.latitude)

    def flat(degrees: np.ndarray) -> np.ndarray:
        up = degrees[:, 1] - point.latitude
        squeeze = np.cos(np.radians(point.latitude + up / 2)) / np.cos(np.radians(point.latitude))
        return np.column_stack([(degrees[:, 0] - point.longitude) * east_m * squeeze, up * north_m])

    origin = shapely.Point(0, 0)
    return {
        s.area.code: shapely.distance(shapely.transform(shapely.from_wkb(s.wkb).boundary, flat), origin) for s in shapes
    }


around = st.builds(
    Point,
    st.floats(PLAN.south - 0.05, PLAN.south + PLAN.rows * PLAN.side_deg + 0.05),
    st.floats(PLAN.west - 0.05, PLAN.west + PLAN.columns * PLAN.side_deg + 0.05),
)


@settings(max_examples=60, deadline=None)
@given(around, st.sampled_from(Level))
def test_the_nearest_border_is_the_one_that_shapely_finds(
    index: AreaIndex, city: list[Shape], point: Point, level: Level
) -> None:
    expected = by_shapely(only(city, level), point)
    assert index.border_distance_m(point, level) == pytest.approx(min(expected.values()), abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(around, st.sampled_from(Level), st.floats(0, 3_000))
def test_the_neighbours_are_all_within_the_radius_and_no_others(
    index: AreaIndex, city: list[Shape], point: Point, level: Level, radius_m: float
) -> None:
    found = {n.area.code: n.distance_m for n in index.neighbours(point, radius_m, level)}
    expected = {code: m for code, m in by_shapely(only(city, level), point).items() if m <= radius_m}
    own = index.at(point).code(level)
    if own is not None:
        expected[own] = 0.0
    assert found == pytest.approx(expected, abs=1e-6)
    assert list(found) == sorted(found, key=lambda code: (code != own, found[code], code))


def test_a_place_far_away_has_a_nearest_area_and_its_distance(index: AreaIndex, city: list[Shape]) -> None:
    beijing = Point(39.9, 116.4)
    nearest = index.nearest(beijing, Level.STREET)
    corners = shapely.get_coordinates(shapely.from_wkb([s.wkb for s in only(city, Level.STREET)]))
    closest_m = min(distance_m(beijing, Point(float(y), float(x))) for x, y in corners)

    assert nearest is not None
    assert nearest.distance_m == pytest.approx(closest_m, rel=1e-3)
    assert index.neighbours(beijing, 50.0, Level.STREET) == ()


def test_the_other_side_of_the_earth_is_far_and_not_an_error(index: AreaIndex) -> None:
    for point in (Point(-39.0, -63.0), Point(90.0, 0.0), Point(-90.0, 180.0)):
        distance = index.border_distance_m(point, Level.CITY)
        assert distance is not None
        assert distance > 1_000_000


def test_on_a_border_the_distance_is_nothing(index: AreaIndex, city: list[Shape]) -> None:
    x, y = shapely.get_coordinates(shapely.from_wkb(only(city, Level.STREET)[0].wkb))[3].tolist()
    assert index.border_distance_m(Point(y, x), Level.STREET) == 0.0
    assert len(index.neighbours(Point(y, x), 0.0, Level.STREET)) >= 1


def test_a_level_without_outlines_has_no_border_and_no_neighbour() -> None:
    index = AreaIndex.build([Shape(Area("a", "a", Level.STREET, None), shapely.to_wkb(shapely.box(0, 0, 1, 1)))], "x")
    assert index.border_distance_m(Point(0.5, 0.5), Level.GRID) is None
    assert index.nearest(Point(0.5, 0.5), Level.GRID) is None
    assert index.neighbours(Point(0.5, 0.5), 1e6, Level.GRID) == ()


def test_numbers_that_are_no_place_are_near_nothing(index: AreaIndex) -> None:
    nowhere = Point(float("nan"), 117.0)
    assert index.border_distance_m(nowhere, Level.CITY) is None
    assert index.nearest(nowhere, Level.CITY) is None
    assert index.neighbours(nowhere, 10.0, Level.CITY) == ()
