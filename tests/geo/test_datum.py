"""The same place in four frames, there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.datum import (
    BadCoordinate,
    Datum,
    Point,
    checked,
    distance_m,
    distance_m_many,
    from_wgs84,
    from_wgs84_many,
    gcj02_applies,
    metres_per_degree,
    to_wgs84,
    to_wgs84_many,
)

china = st.builds(Point, st.floats(1.0, 55.7), st.floats(72.1, 137.7))
anywhere = st.builds(Point, st.floats(-85, 85), st.floats(-179, 179))


@given(china, st.sampled_from(Datum))
def test_a_round_trip_over_china_ends_within_a_tenth_of_a_millimetre(point: Point, datum: Datum) -> None:
    assert distance_m(to_wgs84(from_wgs84(point, datum), datum), point) < 1e-4


@given(anywhere)
def test_gcj02_is_the_identity_outside_china(point: Point) -> None:
    if not gcj02_applies(point):
        assert from_wgs84(point, Datum.GCJ02) == point


@given(china)
def test_a_chinese_map_is_some_hundred_metres_off_and_baidu_more(point: Point) -> None:
    assert distance_m(from_wgs84(point, Datum.GCJ02), point) < 1_000
    assert 500 < distance_m(from_wgs84(point, Datum.BD09), point) < 2_000


@given(anywhere)
def test_cgcs2000_is_taken_for_wgs84(point: Point) -> None:
    assert from_wgs84(point, Datum.CGCS2000) == point
    assert to_wgs84(point, Datum.CGCS2000) == point


def test_the_open_formula_gives_the_numbers_that_other_libraries_give() -> None:
    # coord-convert 0.2.1 for the same place.
    place = Point(39.1, 117.2)
    gcj, baidu = from_wgs84(place, Datum.GCJ02), from_wgs84(place, Datum.BD09)
    assert (gcj.latitude, gcj.longitude) == pytest.approx((39.10101705062727, 117.20630120475059), abs=1e-12)
    assert (baidu.latitude, baidu.longitude) == pytest.approx((39.10694407295378, 117.21280787877089), abs=1e-12)


@given(st.lists(china, min_size=1, max_size=20), st.sampled_from(Datum))
def test_many_points_are_converted_like_one(points: list[Point], datum: Datum) -> None:
    latitude = np.array([p.latitude for p in points])
    longitude = np.array([p.longitude for p in points])
    for many, one in ((to_wgs84_many, to_wgs84), (from_wgs84_many, from_wgs84)):
        converted = many(latitude, longitude, datum)
        for position, point in enumerate(points):
            single = one(point, datum)
            assert (converted[0][position], converted[1][position]) == (single.latitude, single.longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(math.nan, 1.0), (1.0, math.nan), (math.inf, 1.0), (1.0, -math.inf), (90.1, 1.0), (1.0, 180.1), (1e308, 1e308)],
)
def test_numbers_that_are_no_place_are_refused(latitude: float, longitude: float) -> None:
    point = Point(latitude, longitude)
    assert not point.is_place
    for asked in (
        lambda: checked(point),
        lambda: to_wgs84(point, Datum.GCJ02),
        lambda: from_wgs84(point, Datum.WGS84),
        lambda: distance_m(point, Point(1, 1)),
        lambda: to_wgs84_many(np.array([1.0, latitude]), np.array([1.0, longitude]), Datum.WGS84),
    ):
        with pytest.raises(BadCoordinate, match="no such place"):
            asked()


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        # Geodesics on WGS-84: a degree of the equator, of a meridian, and Beijing to Shanghai.
        (Point(0, 0), Point(0, 1), 111_319.491),
        (Point(0, 0), Point(1, 0), 110_574.389),
        (Point(39.9, 116.4), Point(31.2, 121.5), 1_069_810.0),
        (Point(39.1, 117.2), Point(39.1, 117.2), 0.0),
    ],
)
def test_distances_are_those_on_the_ellipsoid(a: Point, b: Point, metres: float) -> None:
    assert distance_m(a, b) == pytest.approx(metres, rel=2e-5, abs=1e-6)


@given(anywhere, anywhere)
def test_a_distance_is_the_same_both_ways_and_never_longer_than_half_the_earth(a: Point, b: Point) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-3)
    assert 0 <= distance_m(a, b) < 20_040_000


def test_the_antipode_is_half_the_earth_away() -> None:
    assert distance_m(Point(0, 0), Point(0, 180)) == pytest.approx(20_010_000, rel=2e-3)


def test_many_distances_are_those_of_one() -> None:
    one = distance_m_many(np.array([39.0, 1.0]), np.array([117.0, 2.0]), np.array([39.1, 1.0]), np.array([117.0, 3.0]))
    assert one.tolist() == [
        distance_m(Point(39.0, 117.0), Point(39.1, 117.0)),
        distance_m(Point(1.0, 2.0), Point(1.0, 3.0)),
    ]


def test_a_degree_of_longitude_shrinks_towards_the_pole() -> None:
    assert metres_per_degree(0.0) == pytest.approx((110_574.3, 111_319.5), abs=0.1)
    assert metres_per_degree(60.0) == pytest.approx((111_412.2, 55_800.0), abs=0.5)
