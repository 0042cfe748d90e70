"""An edition is named by what it holds, and a new one says what it changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.areas import Area, AreaIndex, Level, Point, Shape
from geo.datum import distance_m
from geo.editions import Rehoused, changes, edition_of, rehoused

BOX = shapely.box(117.0, 39.0, 117.1, 39.1)


def street(code: str, outline: shapely.Geometry = BOX, name: str = "street") -> Shape:
    return Shape(Area(code, name, Level.STREET, "d"), shapely.to_wkb(outline))


def test_the_same_content_is_the_same_edition_in_any_order_and_from_any_corner() -> None:
    turned = shapely.Polygon([(117.1, 39.0), (117.1, 39.1), (117.0, 39.1), (117.0, 39.0)])
    one, other = [street("a"), street("b")], [street("b"), street("a", turned)]
    assert edition_of(one) == edition_of(other)
    assert len(edition_of(one)) == 12


@pytest.mark.parametrize(
    "changed",
    [
        street("c"),
        street("a", name="another name"),
        street("a", shapely.box(117.0, 39.0, 117.1, 39.1000000001)),
        Shape(Area("a", "street", Level.STREET, "another parent"), shapely.to_wkb(BOX)),
        Shape(Area("a", "street", Level.STREET, "d", synthetic=True), shapely.to_wkb(BOX)),
    ],
)
def test_any_change_makes_another_edition(changed: Shape) -> None:
    assert edition_of([changed]) != edition_of([street("a")])


def test_what_was_added_gone_and_renamed_is_listed() -> None:
    found = changes([street("a"), street("b", name="old")], [street("b", name="new"), street("c")])
    assert [area.code for area in found.added] == ["c"]
    assert [area.code for area in found.gone] == ["a"]
    assert [(r.before.name, r.after.name) for r in found.renamed] == [("old", "new")]
    assert found.moved == ()
    assert found.any


def test_a_moved_border_is_measured_in_square_metres_and_metres() -> None:
    found = changes([street("a")], [street("a", shapely.box(117.01, 39.0, 117.1, 39.11))])
    (moved,) = found.moved
    wide_m = distance_m(Point(39.05, 117.0), Point(39.05, 117.01))
    high_m = distance_m(Point(39.1, 117.0), Point(39.11, 117.0))
    assert moved.lost_m2 == pytest.approx(wide_m * high_m * 10, rel=1e-3)
    assert moved.gained_m2 == pytest.approx(wide_m * 9 * high_m, rel=1e-3)
    assert moved.farthest_m == pytest.approx(max(high_m, wide_m), rel=0.3)


def test_an_outline_that_was_only_drawn_anew_has_not_moved() -> None:
    turned = shapely.Polygon([(117.1, 39.0), (117.1, 39.1), (117.0, 39.1), (117.0, 39.0)])
    nudged = shapely.box(117.0, 39.0, 117.1, 39.1 + 1e-7)
    assert not changes([street("a")], [street("a", turned)]).any
    assert not changes([street("a")], [street("a", nudged)]).any
    assert changes([street("a")], [street("a", nudged)], tolerance_m=0.001).moved


def test_the_places_that_a_new_edition_puts_elsewhere_are_counted() -> None:
    old = AreaIndex.build([street("a"), street("b", shapely.box(117.1, 39.0, 117.2, 39.1))], "old")
    new = AreaIndex.build([street("a", shapely.box(117.0, 39.0, 117.15, 39.1))], "new")
    latitude, longitude = np.full(4, 39.05), np.array([117.05, 117.12, 117.18, 118.0])
    assert rehoused(old, new, latitude, longitude) == (Rehoused(1, "b", "a"), Rehoused(2, "b", None))


def test_a_broken_outline_in_an_old_edition_does_not_stop_the_comparison() -> None:
    crossed = shapely.Polygon([(117.0, 39.0), (117.1, 39.1), (117.1, 39.0), (117.0, 39.1)])
    old = replace(street("a"), wkb=shapely.to_wkb(crossed))
    assert [m.area.code for m in changes([old], [street("a")]).moved] == ["a"]
