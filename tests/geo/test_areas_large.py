"""A city of 48,000 grids with ragged borders: exact, in one file of bounded size, on all five levels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.areas import AreaIndex, Level, Shape
from tests.geo.generated_city import Plan, generate, only
from tests.geo.reference import awkward_points, tree_order

PLAN = Plan(columns=240, rows=200, community=3, street=15, district=60, halvings=4, exclaves=50, holes=20)


def by_tree(shapes: list[Shape], latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Returns the code on one level by shapely's tree."""
    tree = shapely.STRtree(shapely.from_wkb([s.wkb for s in shapes]))
    asked, met = tree.query(shapely.points(longitude, latitude), predicate="intersects")
    first = np.full(len(latitude), len(shapes))
    np.minimum.at(first, asked, met)
    return np.array([*(s.area.code for s in shapes), None], dtype=object)[first]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_city_of_48000_grids_is_exact_on_all_levels_and_fits_a_hundred_megabytes(tmp_path: Path) -> None:
    city = generate(PLAN)
    path = tmp_path / "areas.idx"
    AreaIndex.build(city, "large").save(path)
    index = AreaIndex.open(path)
    ordered = tree_order(city)
    latitude, longitude = awkward_points(only(city, Level.GRID), 3_000, seed=1)

    hits = index.at_many(latitude, longitude)

    assert path.stat().st_size <= 100_000_000
    for level in Level:
        assert (hits.codes(level) == by_tree(only(ordered, level), latitude, longitude)).all()
