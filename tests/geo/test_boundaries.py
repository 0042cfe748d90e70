"""An import is repaired where one repair is right, and measured where a person must decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.areas import Area, AreaIndex, BadBoundaries, Level, Point, Shape
from geo.boundaries import STEPS, examine, fits, suspected_datum
from geo.datum import Datum, distance_m, from_wgs84_many
from geo.parents import Basis
from tests.geo.generated_city import Plan, generate, only

BASE = (117.0, 39.0)


def box(
    code: str,
    west: float,
    south: float,
    east: float,
    north: float,
    level: Level = Level.STREET,
    parent_code: str | None = None,
) -> Shape:
    """An outline in hundredths of a degree from a corner: about 865 m by 1110 m each."""
    x, y = BASE
    outline = shapely.box(x + west / 100, y + south / 100, x + east / 100, y + north / 100)
    return shape(code, outline, level, parent_code)


def shape(code: str, outline: shapely.Geometry, level: Level, parent_code: str | None = None) -> Shape:
    return Shape(Area(code, f"name of {code}", level, parent_code), shapely.to_wkb(outline))


@pytest.fixture(scope="module")
def city() -> list[Shape]:
    return generate(Plan(columns=12, rows=10, community=2, street=4, district=8, halvings=2, exclaves=1, holes=0))


def test_a_clean_city_has_nothing_to_list(city: list[Shape]) -> None:
    steps: list[str] = []
    report = examine(city, on_step=steps.append)
    assert report.clean
    assert tuple(steps) == STEPS
    assert report.counts[Level.GRID] == 120
    assert not report.adopted
    assert not report.repaired
    assert set(report.shapes) == set(city)


def test_an_overlap_is_measured_in_square_metres_and_named() -> None:
    report = examine([box("a", 0, 0, 2, 1), box("b", 1, 0, 3, 1), box("far", 9, 9, 10, 10)])

    assert [(o.first.code, o.second.code) for o in report.overlaps] == [("a", "b")]
    width_m = distance_m(Point(39.005, 117.01), Point(39.005, 117.02))
    height_m = distance_m(Point(39.0, 117.015), Point(39.01, 117.015))
    assert report.overlaps[0].area_m2 == pytest.approx(width_m * height_m, rel=1e-4)
    assert shapely.from_wkb(report.shapes[0].wkb).covers(
        shapely.Point(report.overlaps[0].at.longitude, report.overlaps[0].at.latitude)
    )


@pytest.mark.parametrize("inner", [box("in", 0.2, 0.2, 0.4, 0.4), box("in", 0, 0, 1, 1)])
def test_an_area_within_another_is_an_overlap_too(inner: Shape) -> None:
    report = examine([box("out", 0, 0, 1, 1), inner, box("beside", 1, 0, 2, 1)])
    assert [(o.first.code, o.second.code) for o in report.overlaps] == [("out", "in")]


def test_what_is_smaller_than_the_tolerance_is_not_listed() -> None:
    sliver = [box("a", 0, 0, 1, 1), box("b", 1 - 1e-6, 0, 2, 1)]
    assert examine(sliver, tolerance_m2=100.0).clean
    assert [round(o.area_m2) for o in examine(sliver, tolerance_m2=0.1).overlaps] == [1]


def test_a_gap_within_the_parent_and_a_spill_over_it_are_measured() -> None:
    report = examine(
        [
            box("d", 0, 0, 3, 1, Level.DISTRICT),
            box("a", 0, 0, 1, 1, parent_code="d"),
            box("b", 2, 0, 3.5, 1, parent_code="d"),
        ]
    )
    assert [(gap.parent.code, round(gap.area_m2, -4)) for gap in report.gaps if gap.parent] == [("d", 960_000)]
    assert [(s.area.code, s.parent.code, round(s.area_m2, -4)) for s in report.spills] == [("b", "d", 480_000)]


def test_ground_that_the_areas_enclose_and_do_not_claim_is_a_gap_even_without_a_parent() -> None:
    ring = [box("s", 0, 0, 3, 1), box("n", 0, 2, 3, 3), box("w", 0, 1, 1, 2), box("e", 2, 1, 3, 2)]
    report = examine(ring)
    assert [gap.parent for gap in report.gaps] == [None]
    assert (report.gaps[0].at.longitude, report.gaps[0].at.latitude) == pytest.approx((117.015, 39.015))


def test_a_crossed_ring_is_repaired_and_listed() -> None:
    x, y = BASE
    crossed = shapely.Polygon([(x, y), (x + 0.02, y + 0.02), (x + 0.02, y), (x, y + 0.02)])
    report = examine([shape("crossed", crossed, Level.STREET)])

    assert [(r.area.code, r.fault.split("[")[0]) for r in report.repaired] == [("crossed", "Self-intersection")]
    assert shapely.from_wkb(report.shapes[0].wkb).is_valid
    assert AreaIndex.build(report.shapes, report.edition).at(Point(y + 0.01, x + 0.001)).street == "crossed"


def test_what_cannot_be_used_is_refused_by_name_and_the_rest_goes_on() -> None:
    line = shape("line", shapely.LineString([(0, 0), (1, 1)]), Level.STREET)
    flat = shape("flat", shapely.Polygon([(0, 0), (1, 1), (2, 2)]), Level.STREET)
    metres = shape("metres", shapely.box(500_000, 4_000_000, 500_100, 4_000_100), Level.STREET)
    around = shape("around", shapely.box(-179, 0, 179, 1), Level.STREET)
    report = examine([box("a", 0, 0, 1, 1), line, box("a", 1, 0, 2, 1), flat, metres, box("", 3, 0, 4, 1), around])

    assert [shape.area.code for shape in report.shapes] == ["a"]
    reasons = {refusal.area.code: refusal.reason for refusal in report.refused}
    assert reasons.keys() == {"a", "line", "flat", "metres", "", "around"}
    assert reasons["a"] == "code a was given to name of a already"
    assert "is no polygon" in reasons["line"]
    assert "empty outline" in reasons["flat"]
    assert "not on earth" in reasons["metres"]
    assert "antimeridian" in reasons["around"]


def test_parents_are_concluded_from_the_only_one_the_code_or_the_ground() -> None:
    report = examine(
        [
            box("120000", 0, 0, 4, 2, Level.CITY),
            box("120110", 0, 0, 2, 2, Level.DISTRICT),
            box("120111000000", 2, 0, 4, 2, Level.DISTRICT),
            box("120110001", 0, 0, 1, 2),
            box("120111001000", 2, 0, 3, 2),
            box("odd", 3, 0, 4, 2),
            box("lost", 8, 8, 9, 9),
        ]
    )
    concluded = {a.area.code: (a.parent.code, a.basis) for a in report.adopted}
    assert concluded == {
        "120110": ("120000", Basis.ONLY_ONE),
        "120111000000": ("120000", Basis.ONLY_ONE),
        "120110001": ("120110", Basis.CODE),
        "120111001000": ("120111000000", Basis.CODE),
        "odd": ("120111000000", Basis.GROUND),
    }
    assert [area.code for area in report.orphans] == ["lost"]
    chain = AreaIndex.build(report.shapes, report.edition).chain("odd")
    assert chain.city is not None
    assert chain.city.code == "120000"


def test_without_declared_parents_a_generated_city_comes_out_the_same(city: list[Shape]) -> None:
    stripped = [Shape(replace(s.area, parent_code=None), s.wkb) for s in city]
    report = examine(stripped)
    assert set(report.shapes) == set(city)
    assert {a.basis for a in report.adopted} == {Basis.ONLY_ONE, Basis.GROUND}


def test_an_area_that_lies_elsewhere_than_its_code_says_is_doubted() -> None:
    report = examine(
        [
            box("d1", 0, 0, 2, 2, Level.DISTRICT),
            box("d2", 2, 0, 4, 2, Level.DISTRICT),
            box("s", 2.9, 0, 3.1, 2, parent_code="d1"),
        ]
    )
    (doubt,) = report.doubts
    assert (doubt.area.code, doubt.parent.code, doubt.share_in_parent) == ("s", "d1", 0.0)
    assert doubt.lies_in is not None
    assert doubt.lies_in.code == "d2"


def moved(given: Shape, datum: Datum) -> Shape:
    def as_sent(degrees: np.ndarray) -> np.ndarray:
        latitude, longitude = from_wgs84_many(degrees[:, 1].copy(), degrees[:, 0].copy(), datum)
        return np.column_stack([longitude, latitude])

    return replace(given, wkb=shapely.to_wkb(shapely.transform(shapely.from_wkb(given.wkb), as_sent)))


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_datum_that_was_not_declared_is_suspected_when_another_fits_better(city: list[Shape], datum: Datum) -> None:
    known = only(city, Level.DISTRICT)
    raw = [moved(s, datum) for s in only(city, Level.STREET)]

    suspected = suspected_datum(raw, known)

    assert suspected is not None
    assert suspected.datum is datum
    assert suspected.overlap == pytest.approx(1.0, abs=1e-6)


def test_a_right_datum_raises_no_question(city: list[Shape]) -> None:
    known, same = only(city, Level.DISTRICT), only(city, Level.STREET)
    assert suspected_datum(same, known) is None
    assert [fit.datum for fit in fits(same, known)] == [Datum.WGS84, Datum.GCJ02, Datum.BD09]
    with pytest.raises(BadBoundaries, match="nothing to compare"):
        fits([], known)
