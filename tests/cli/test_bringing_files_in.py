"""A city brings boundary files as they are: any format, field names, datum; and goes back if it was wrong."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.areas import Level
from geo.datum import Datum, from_wgs84_many
from tests.cli.conftest import Desk, Prepare
from tests.fakes.small_city import AREAS, EAST, HIGH, LOW, MIDDLE, NEIGHBOUR, STREET, WEST
from tests.make import filed

Box = tuple[float, float, float, float]
FIELDS = ("QHDM", "QHMC", "SJ")


def layer(level: Level, boxes: dict[str, Box] | None = None) -> tuple[list[shapely.Geometry], list[list[str]]]:
    """Gives outlines and the columns of a level of the small city."""
    rows = [(c, n, p or "", (boxes or {}).get(c, b)) for c, n, at, p, b in AREAS if at is level]
    return [shapely.box(*row[3]) for row in rows], [[row[i] for row in rows] for i in range(3)]


def write(path: Path, name: str, level: Level, *, append: bool = False, **change: object) -> None:
    """Writes a layer; what `change` says may replace anything that pyogrio takes."""
    outlines, columns = layer(level)
    given = {
        "geometry": shapely.to_wkb(outlines),
        "field_data": [np.array(column, dtype=object) for column in columns],
        "fields": list(FIELDS),
        "crs": "EPSG:4326",
        "geometry_type": "Polygon",
        "append": append,
        "layer": name,
    } | change
    pyogrio.raw.write(path, **given)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A GeoPackage with three layers whose fields are called in the surveyors' way."""
    path = tmp_path / "city.gpkg"
    write(path, "qu", Level.DISTRICT)
    write(path, "jiedao", Level.STREET, append=True)
    write(path, "shequ", Level.COMMUNITY, append=True)
    return path


ALL = ("--level", "qu=district", "--level", "jiedao=street", "--level", "shequ=community")
MAPPED = (*ALL, "--code", "QHDM", "--name", "QHMC", "--parent", "SJ", "--city", "120000=天津市")


def test_a_package_of_several_layers_comes_in_by_options_alone(empty: Desk, package: Path) -> None:
    said = empty("import", "boundaries", str(package), *MAPPED, "--yes")

    assert "is in force, with 8 areas" in said
    assert "尖山街道 120103009 › 光明里社区 120103009013" in empty("where", "117.21", "39.085")


def test_what_is_not_said_is_asked(empty: Desk, package: Path) -> None:
    answers = ("district", "QHDM", "QHMC", "street", "-", "120000", "天津市", "y")

    said = empty("import", "boundaries", str(package), typed="".join(f"{answer}\n" for answer in answers))

    assert "city.gpkg, layer qu: district, code from QHDM, name from QHMC" in said
    assert "is in force, with 4 areas" in said


def test_nobody_is_asked_where_the_answer_was_yes(empty: Desk, package: Path) -> None:
    assert "Say --level" not in empty("import", "boundaries", str(package), *MAPPED, "--dry-run", "--yes")
    assert "say --level qu=LEVEL" in empty("import", "boundaries", str(package), "--yes", code=1)
    said = empty("import", "boundaries", str(package), "--level", "qu=district", "--code", "GB", "--yes", code=1)
    assert "which field holds the code? Say --code; there are QHDM, QHMC, SJ" in said
    assert "there is no level 'ward'" in empty("import", "boundaries", str(package), "--level", "qu=ward", code=1)
    assert "there is no datum 'mars'" in empty("import", "boundaries", str(package), "--datum", "mars", code=1)
    assert "say which it is: --city" in empty(
        "import", "boundaries", str(package), *ALL, "--code", "QHDM", "--name", "QHMC", "--yes", code=1
    )


def test_a_zipped_shapefile_in_metres_comes_in(desk: Desk, tmp_path: Path) -> None:
    outlines, _ = layer(Level.STREET)
    metres = _projected(outlines)
    folder = tmp_path / "shape"
    folder.mkdir()
    changed = {"geometry": shapely.to_wkb(metres), "crs": "EPSG:4548", "encoding": "GBK"}
    write(folder / "jiedao.shp", "jiedao", Level.STREET, **changed)
    archive = tmp_path / "jiedao.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for part in folder.iterdir():
            packed.write(part, part.name)

    said = desk(
        "import",
        "boundaries",
        str(archive),
        "--level",
        "street",
        "--code",
        "QHDM",
        "--name",
        "QHMC",
        "--yes",
        "--anyway",
    )

    assert "is in force, with 3 areas" in said
    assert "尖山街道" in desk("where", "39.085", "117.21")


def _projected(outlines: list[shapely.Geometry]) -> list[shapely.Geometry]:
    """Draws outlines in CGCS2000 / 3-degree Gauss-Kruger CM 117E, by the series of its definition's spherical twin."""
    from geo.datum import metres_per_degree

    north_m, east_m = metres_per_degree((LOW + HIGH) / 2)
    # Exact enough for a street: the test asks for a place hundreds of metres from any border.
    return [
        shapely.transform(o, lambda xy: np.column_stack([(xy[:, 0] - 117) * east_m + 500_000, xy[:, 1] * north_m]))
        for o in outlines
    ]


def test_a_shifted_outline_is_questioned_and_converted_only_when_agreed(desk: Desk, tmp_path: Path) -> None:
    outlines, _ = layer(Level.DISTRICT)

    def shifted(xy: np.ndarray) -> np.ndarray:
        latitude, longitude = from_wgs84_many(xy[:, 1].copy(), xy[:, 0].copy(), Datum.GCJ02)
        return np.column_stack([longitude, latitude])

    moved = shapely.to_wkb(shapely.transform(outlines, shifted))
    path = tmp_path / "qu.geojson"
    write(path, "qu", Level.DISTRICT, geometry=moved)
    words = ("import", "boundaries", str(path), "--level", "district", "--code", "QHDM", "--name", "QHMC")

    assert "Say --datum gcj02, or --datum wgs84" in desk(*words, "--yes", code=1)
    assert "gone: 6" in desk(*words, typed="y\nn\n", code=1)
    agreed = desk(*words, typed="y\nn\n", code=1)
    refused = desk(*words, typed="n\nn\n", code=1)
    declared = desk(*words, "--datum", "gcj02", "--dry-run")
    kept = desk(*words, "--datum", "wgs84", "--dry-run")

    assert "fit the known ground better as gcj02" in agreed
    assert "moved: 2" not in agreed
    assert "moved: 2" in refused
    assert "known ground" not in declared
    assert "better as gcj02" in kept
    assert "moved: 2" in kept


def test_broken_rings_are_repaired_and_listed_and_small_gaps_are_rounding(desk: Desk, tmp_path: Path) -> None:
    bow = [[WEST, LOW], [MIDDLE, HIGH], [MIDDLE, LOW], [WEST, HIGH], [WEST, LOW]]
    right = [[MIDDLE + 1e-5, LOW], [EAST, LOW], [EAST, HIGH], [MIDDLE + 1e-5, HIGH], [MIDDLE + 1e-5, LOW]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for code, ring in ((STREET, bow), (NEIGHBOUR, right))
    ]
    path = tmp_path / "street.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")

    said = desk("import", "boundaries", str(path), "--dry-run", "--yes")

    assert f"repaired: 1\n  {STREET} {STREET}: Self-intersection" in said
    assert "street.geojson: street, code from code, name from name" in said


def test_one_command_leads_back_to_the_edition_before(
    prepared: Callable[[Prepare], Desk], tmp_path: Path, city_folder: Path
) -> None:
    desk = prepared(filed)
    desk("import", "boundaries", str(city_folder), "--yes")
    border = WEST + 0.005
    boxes = {STREET: (WEST, LOW, border, HIGH), NEIGHBOUR: (border, LOW, EAST, HIGH)}
    outlines, _ = layer(Level.STREET, boxes)
    path = tmp_path / "street.geojson"
    write(path, "street", Level.STREET, geometry=shapely.to_wkb(outlines))
    desk("import", "boundaries", str(path), "--level", "street", "--code", "QHDM", "--name", "QHMC", "--yes")
    assert "梅江街道" in desk("where", "39.085", "117.21")

    weighed = desk("import", "rollback", "--dry-run")
    back = desk("import", "rollback", "--yes")

    assert "new: 5" in weighed
    assert "open cases that lie in another street now, and stay where they are: 1\n  TJ-2026-000001" in weighed
    assert "is in force, with 8 areas" in back
    assert "尖山街道" in desk("where", "39.085", "117.21")
    listed = desk("import", "editions")
    assert listed.count("in force") == 1
    forward = desk("import", "rollback", "--yes")
    assert "is in force, with 3 areas" in forward
    assert "there is no other edition 'ffff'" in desk("import", "rollback", "ffff", code=1)


def test_there_is_nothing_to_go_back_to_after_a_first_import(desk: Desk) -> None:
    assert "there is no other edition" in desk("import", "rollback", code=1)


def test_a_street_that_grew_tells_how_far_it_moved(desk: Desk, tmp_path: Path) -> None:
    boxes = {STREET: (WEST, LOW, MIDDLE + 0.001, HIGH), NEIGHBOUR: (MIDDLE + 0.001, LOW, EAST, HIGH)}
    outlines, _ = layer(Level.STREET, boxes)
    path = tmp_path / "street.geojson"
    write(path, "street", Level.STREET, geometry=shapely.to_wkb(outlines))

    said = desk(
        "import", "boundaries", str(path), "--level", "street", "--code", "QHDM", "--name", "QHMC", "--dry-run", "--yes"
    )

    assert "moved: 2" in said
    assert "up to 87 m" in said


def test_long_lists_are_cut_unless_all_of_it_is_wanted(empty: Desk, tmp_path: Path) -> None:
    boxes = [shapely.box(117 + x * 1e-3, 39, 117 + (x + 1.5) * 1e-3, 39.001) for x in range(15)]
    codes = [f"{x:02d}" for x in range(15)]
    path = tmp_path / "street.geojson"
    columns = [np.array(column, dtype=object) for column in (codes, codes, codes)]
    write(path, "street", Level.STREET, geometry=shapely.to_wkb(boxes), field_data=columns)
    words = ("import", "boundaries", str(path), "--code", "QHDM", "--name", "QHMC", "--city", "1=某市", "--dry-run")

    cut, whole = empty(*words, "--yes"), empty(*words, "--yes", "--full")
    tolerant = empty(*words, "--yes", "--tolerance", "1e9")

    assert "overlaps over 100 m²: 14" in cut
    assert "… and 2 more; --full lists all" in cut
    assert "13 13 and 14 14" in whole
    assert "overlaps" not in tolerant
