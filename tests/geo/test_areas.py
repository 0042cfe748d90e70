"""What covers a point is what exact arithmetic says, on every level, by every road."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import LEVELS, Area, AreaIndex, BadBoundaries, BadIndexFile, Hit, Level, Point, Shape
from geo.loaders import read_city
from tests.geo.generated_city import Plan, generate, only
from tests.geo.reference import answers, awkward_points, covering, on_borders, tree_order

CITY = Path(__file__).parents[2] / "config" / "seed" / "city"
COMPILED = importlib.util.find_spec("numba") is not None
ROADS = [False, pytest.param(True, marks=pytest.mark.skipif(not COMPILED, reason="numba is not installed"))]


def shape(code: str, outline: shapely.Geometry, level: Level = Level.STREET, parent_code: str | None = None) -> Shape:
    return Shape(Area(code, f"name of {code}", level, parent_code), shapely.to_wkb(outline))


def singles(index: AreaIndex, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    hits = [index.at(Point(a, b)) for a, b in zip(latitude.tolist(), longitude.tolist(), strict=True)]
    return np.array([[hit.code(level) for level in LEVELS] for hit in hits], dtype=object)


def assert_exact(shapes: list[Shape], index: AreaIndex, latitude: np.ndarray, longitude: np.ndarray) -> None:
    expected = covering(shapes, latitude, longitude)
    assert (answers(index, latitude, longitude) == expected).all()
    assert (singles(index, latitude, longitude) == expected).all()
    border = on_borders(shapes, latitude, longitude)
    assert (index.at_many(latitude, longitude).on_border == border).all()
    alone = [index.at(Point(a, b)).on_border for a, b in zip(latitude.tolist(), longitude.tolist(), strict=True)]
    assert alone == border.tolist()


@pytest.fixture(scope="module")
def seed_city() -> list[Shape]:
    return read_city(CITY)


@pytest.fixture(scope="module")
def small_city() -> list[Shape]:
    return generate(Plan(columns=12, rows=10, community=2, street=4, district=6, halvings=3))


@pytest.mark.parametrize("compiled", ROADS)
def test_the_seed_city_is_answered_like_shapely_does(seed_city: list[Shape], compiled: bool) -> None:
    streets = [s for s in seed_city if s.area.level is not Level.COMMUNITY]
    index = AreaIndex.build(streets, "seed", compiled=compiled)
    assert_exact(streets, index, *awkward_points(streets, 250, seed=1))


@pytest.mark.parametrize("compiled", ROADS)
def test_five_levels_with_exclaves_and_holes_are_answered_like_shapely_does(
    small_city: list[Shape], compiled: bool
) -> None:
    index = AreaIndex.build(small_city, "small", compiled=compiled)
    assert any(shapely.from_wkb(s.wkb).geom_type == "MultiPolygon" for s in small_city)
    assert_exact(small_city, index, *awkward_points(small_city, 600, seed=2))


@pytest.mark.parametrize("compiled", ROADS)
def test_all_communities_agree_with_a_tree_search(seed_city: list[Shape], compiled: bool) -> None:
    shapes = tree_order([s for s in seed_city if s.area.level is Level.COMMUNITY])
    index = AreaIndex.build(shapes, "communities", compiled=compiled)
    latitude, longitude = awkward_points(shapes, 2_000, seed=3)
    tree = shapely.STRtree(shapely.from_wkb([s.wkb for s in shapes]))
    point, area = tree.query(shapely.points(longitude, latitude), predicate="intersects")
    first = np.full(len(latitude), len(shapes))
    np.minimum.at(first, point, area)
    codes = np.array([*(s.area.code for s in shapes), None], dtype=object)[first]

    assert (index.at_many(latitude, longitude).codes(Level.COMMUNITY) == codes).all()


# Numbers around 5e-324 are left out: with them GEOS itself underflows and says "on the border" where we are exact.
middles = st.floats(-3, 3, allow_subnormal=False)
outlines = st.lists(
    st.tuples(middles, middles, st.floats(0.01, 2), st.integers(3, 9), st.integers(0, 5), st.booleans()),
    min_size=1,
    max_size=9,
)


@settings(max_examples=40, deadline=None)
@given(outlines, st.integers(0, 2**32 - 1))
def test_outlines_that_overlap_leave_gaps_or_have_holes_are_answered_like_shapely_does(
    drawn: list[tuple[float, float, float, int, int, bool]], seed: int
) -> None:
    shapes = []
    for number, (x, y, size, corners, level, holed) in enumerate(drawn):
        angles = np.arange(corners) * 2 * np.pi / corners + number
        ring = np.column_stack([x + size * np.cos(angles), y + size * np.sin(angles)])
        hole = (ring - [x, y]) * 0.5 + [x, y]
        shapes.append(shape(f"a{number}", shapely.Polygon(ring, [hole] if holed else []), LEVELS[level % 5]))
    index = AreaIndex.build(shapes, "drawn")
    assert_exact(shapes, index, *awkward_points(shapes, 40, seed))


@pytest.mark.parametrize("compiled", ROADS)
def test_borders_along_the_lines_of_the_raster_do_not_leak(compiled: bool) -> None:
    shapes = [shape(f"{x}{y}", shapely.box(x, y, x + 1, y + 1), Level.GRID, None) for x in range(8) for y in range(8)]
    index = AreaIndex.build(shapes, "chessboard", compiled=compiled)
    steps = np.arange(-1, 73) / 8
    longitude, latitude = (axis.ravel() for axis in np.meshgrid(steps, steps))
    assert_exact(shapes, index, latitude, longitude)


@pytest.mark.parametrize("compiled", ROADS)
def test_a_very_crowded_corner_of_a_large_country_is_still_exact(compiled: bool) -> None:
    town = generate(Plan(columns=30, rows=30, holes=0, halvings=3, side_deg=1e-5, west=10.0, south=50.0))
    country = shape("country", shapely.box(0, 40, 30, 60), Level.CITY)
    shapes = [country, *only(town, Level.GRID), *only(town, Level.COMMUNITY)]
    index = AreaIndex.build(shapes, "country", compiled=compiled)
    assert_exact(shapes, index, *awkward_points(shapes, 250, seed=5))


@pytest.mark.parametrize("compiled", ROADS)
def test_near_the_equator_where_differences_do_not_fit_a_double_it_is_still_exact(compiled: bool) -> None:
    tilted = shapely.Polygon([(-1e-9, -1e-17), (1 / 3, 1e-17), (0.5, 0.7), (1e-30, 0.9)])
    shapes = [shape("a", tilted), shape("b", shapely.box(-1, -1, 1, 1), Level.CITY)]
    index = AreaIndex.build(shapes, "equator", compiled=compiled)
    assert_exact(shapes, index, *awkward_points(shapes, 300, seed=6))


def test_on_a_shared_border_the_first_in_the_tree_wins_and_the_border_is_named() -> None:
    shapes = [
        shape("city", shapely.box(0, 0, 4, 2), Level.CITY),
        shape("east", shapely.box(2, 0, 4, 2), Level.DISTRICT, "city"),
        shape("west", shapely.box(0, 0, 2, 2), Level.DISTRICT, "city"),
        shape("z street", shapely.box(2, 0, 4, 2), Level.STREET, "east"),
        shape("a street", shapely.box(0, 0, 2, 2), Level.STREET, "west"),
    ]
    index = AreaIndex.build(shapes, "two")

    assert index.at(Point(1.0, 2.0)) == Hit("city", "east", "z street", None, None, on_border=True)
    assert index.at(Point(1.0, 1.9)) == Hit("city", "west", "a street", None, None)
    assert index.at(Point(1.0, 4.0)) == Hit("city", "east", "z street", None, None, on_border=True)
    assert index.at(Point(1.0, 4.1)) == Hit(None, None, None, None, None)


def test_the_order_in_which_shapes_are_given_does_not_matter(small_city: list[Shape]) -> None:
    shuffled = random.Random(1).sample(small_city, len(small_city))
    latitude, longitude = awkward_points(small_city, 500, seed=8)
    one, other = AreaIndex.build(small_city, "a"), AreaIndex.build(shuffled, "b")
    assert (answers(one, latitude, longitude) == answers(other, latitude, longitude)).all()


@pytest.mark.parametrize("compiled", ROADS)
def test_numbers_that_are_no_place_are_covered_by_nothing(small_city: list[Shape], compiled: bool) -> None:
    index = AreaIndex.build(small_city, "small", compiled=compiled)
    bad = [np.nan, np.inf, -np.inf, 1e308, -1e308, 91.0, 1e-320]
    for latitude in bad:
        for longitude in bad:
            assert index.at(Point(latitude, longitude)) == Hit(None, None, None, None, None)
    hits = index.at_many(np.array(bad), np.array(bad))
    assert hits.codes(Level.CITY).tolist() == [None] * len(bad)
    assert not hits.on_border.any()


def test_a_saved_index_answers_the_same_and_knows_its_areas(small_city: list[Shape], tmp_path: Path) -> None:
    built = AreaIndex.build(small_city, "the edition")
    built.save(tmp_path / "areas.idx")
    opened = AreaIndex.open(tmp_path / "areas.idx")
    latitude, longitude = awkward_points(small_city, 300, seed=9)

    assert opened.edition == "the edition"
    assert opened.levels == LEVELS
    assert dict(opened.areas) == {s.area.code: s.area for s in small_city}
    assert (answers(opened, latitude, longitude) == answers(built, latitude, longitude)).all()
    assert [p.name for p in tmp_path.iterdir()] == ["areas.idx"]


def test_a_chain_names_all_that_contain_an_area(small_city: list[Shape]) -> None:
    index = AreaIndex.build(small_city, "small")
    grid = next(iter(only(small_city, Level.GRID))).area
    chain = index.chain(grid.code)
    assert chain.grid == grid
    assert chain.community is not None
    assert chain.community.code == grid.parent_code
    assert [chain.of(level) is not None for level in LEVELS] == [True] * 5
    assert index.chain(chain.community.code).grid is None
    with pytest.raises(KeyError):
        index.chain("no such code")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "no index"), (b"x" * 300, "no index"), (b"whistle-areas\n" + bytes(50), "damaged")],
)
def test_a_file_that_is_no_index_is_refused_with_words(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "bad.idx").write_bytes(content)
    with pytest.raises(BadIndexFile, match=words):
        AreaIndex.open(tmp_path / "bad.idx")


def test_a_damaged_index_is_found_out_when_asked_for(small_city: list[Shape], tmp_path: Path) -> None:
    path = tmp_path / "areas.idx"
    AreaIndex.build(small_city, "x").save(path)
    AreaIndex.verify(path)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(BadIndexFile, match="damaged"):
        AreaIndex.verify(path)


@pytest.mark.parametrize("compiled", ROADS)
def test_latitudes_without_longitudes_are_refused(small_city: list[Shape], compiled: bool) -> None:
    index = AreaIndex.build(small_city, "small", compiled=compiled)
    for latitude, longitude in (
        (np.zeros(3), np.zeros(2)),
        (np.zeros((2, 2)), np.zeros((2, 2))),
        (np.zeros(1), np.zeros(0)),
    ):
        with pytest.raises(ValueError, match="no list of points"):
            index.at_many(latitude, longitude)


def test_an_index_that_was_cut_short_is_refused(small_city: list[Shape], tmp_path: Path) -> None:
    path = tmp_path / "areas.idx"
    AreaIndex.build(small_city, "x").save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BadIndexFile, match="cut short"):
        AreaIndex.open(path)


BOWTIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ([shape("a", shapely.box(0, 0, 1, 1)), shape("a", shapely.box(1, 0, 2, 1))], "code a is given twice"),
        ([shape("a", BOWTIE)], "a .name of a. has an invalid outline: Self-intersection"),
        ([shape("a", shapely.Polygon())], "has an empty outline"),
        ([shape("a", shapely.LineString([(0, 0), (1, 1)]))], "is no polygon"),
        ([shape("a", shapely.box(500_000, 0, 500_001, 1))], "not on earth in degrees"),
        ([shape("a", shapely.box(-179.5, 0, 179.5, 1))], "crosses the antimeridian"),
        ([shape("", shapely.box(0, 0, 1, 1))], "no usable code"),
        ([Shape(Area("a", "n", Level.STREET, None), b"nonsense")], "no WKB"),
        ([shape(f"{n:02}", shapely.box(0, 0, 1, 1)) for n in range(40)], "40 areas meet or lie over each other"),
    ],
)
def test_shapes_that_cannot_be_indexed_are_refused_by_name(shapes: list[Shape], words: str) -> None:
    with pytest.raises(BadBoundaries, match=words):
        AreaIndex.build(shapes, "bad")


def test_an_area_on_both_sides_of_the_antimeridian_is_welcome() -> None:
    both = shapely.MultiPolygon([shapely.box(-180, 51, -178, 53), shapely.box(179, 51, 180, 53)])
    index = AreaIndex.build([shape("islands", both)], "islands")
    assert index.at(Point(52.0, -179.0)).street == "islands"
    assert index.at(Point(52.0, 179.5)).street == "islands"
    assert index.at(Point(52.0, 0.0)).street is None
    assert index.at(Point(52.0, 180.0)) == Hit(None, None, "islands", None, None, on_border=True)
