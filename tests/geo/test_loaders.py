"""Boundaries come in many files, and each fault is named with its file and feature."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from geo.areas import Area, BadBoundaries, Level
from geo.boundaries import examine
from geo.datum import Datum, from_wgs84_many
from geo.loaders import Layer, fields_of, layers_of, read_boundaries, read_city, read_layer

CITY = Path(__file__).parents[2] / "config" / "seed" / "city"
OUTLINES = [shapely.box(117.1, 39.1, 117.2, 39.2), shapely.box(117.2, 39.1, 117.3, 39.2)]
STREET = Layer(Level.STREET, code_field="code", name_field="label", parent_field="above")


def written(path: Path, layer: str | None = None, encoding: str = "UTF-8") -> Path:
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(OUTLINES)),
        [np.array(["120101001", "120101002"]), np.array(["甲街道", "乙街道"]), np.array(["120101", "120101"])],
        ["code", "label", "above"],
        geometry_type="Polygon",
        crs="EPSG:4326",
        layer=layer,
        encoding=encoding,
    )
    return path


def to_vrt(source: Path, layer: str, crs: str, path: Path) -> None:
    """Writes the recipe by which GDAL projects the layer."""
    path.write_text(
        f"<OGRVRTDataSource><OGRVRTWarpedLayer><OGRVRTLayer name='{layer}'><SrcDataSource>{source}</SrcDataSource>"
        f"</OGRVRTLayer><TargetSRS>{crs}</TargetSRS></OGRVRTWarpedLayer></OGRVRTDataSource>"
    )


def assert_both_read(paths: Path | list[Path], layer: Layer = STREET) -> None:
    shapes = read_boundaries(paths, layer)
    assert [s.area for s in shapes] == [
        Area("120101001", "甲街道", Level.STREET, "120101"),
        Area("120101002", "乙街道", Level.STREET, "120101"),
    ]
    for shape, outline in zip(shapes, OUTLINES, strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkb(shape.wkb), outline) < 1e-9


@pytest.mark.parametrize("name", ["streets.geojson", "streets.gpkg", "streets.shp"])
def test_the_common_formats_are_read(tmp_path: Path, name: str) -> None:
    assert_both_read(written(tmp_path / name))


def test_a_shapefile_in_an_old_chinese_encoding_is_read_when_that_is_declared(tmp_path: Path) -> None:
    path = written(tmp_path / "streets.shp", encoding="GBK")
    path.with_suffix(".cpg").unlink()
    assert_both_read(path, replace(STREET, encoding="GBK"))


def test_an_old_encoding_and_a_projection_may_come_together(tmp_path: Path) -> None:
    degrees = written(tmp_path / "degrees.gpkg")
    to_vrt(degrees, "degrees", "EPSG:4527", tmp_path / "to.vrt")
    meta, _, wkb, columns = pyogrio.raw.read(tmp_path / "to.vrt")
    path = tmp_path / "streets.shp"
    pyogrio.raw.write(path, wkb, columns, meta["fields"], geometry_type="Polygon", crs="EPSG:4527", encoding="GBK")
    path.with_suffix(".cpg").unlink()
    assert_both_read(path, replace(STREET, encoding="GBK"))


def test_a_zipped_shapefile_is_read(tmp_path: Path) -> None:
    written(tmp_path / "streets.shp")
    with zipfile.ZipFile(tmp_path / "streets.zip", "w") as archive:
        for part in tmp_path.glob("streets.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert_both_read(tmp_path / "streets.zip")


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:3857", "EPSG:32650"])
def test_any_declared_coordinate_system_is_brought_to_degrees(tmp_path: Path, crs: str) -> None:
    degrees = written(tmp_path / "degrees.gpkg")
    to_vrt(degrees, "degrees", crs, tmp_path / "to.vrt")
    meta, _, wkb, columns = pyogrio.raw.read(tmp_path / "to.vrt")
    pyogrio.raw.write(tmp_path / "projected.gpkg", wkb, columns, meta["fields"], geometry_type="Polygon", crs=crs)

    assert_both_read(tmp_path / "projected.gpkg")


@pytest.mark.parametrize("datum", list(Datum))
def test_a_declared_chinese_datum_is_undone(tmp_path: Path, datum: Datum) -> None:
    def as_sent(degrees: np.ndarray) -> np.ndarray:
        latitude, longitude = from_wgs84_many(degrees[:, 1].copy(), degrees[:, 0].copy(), datum)
        return np.column_stack([longitude, latitude])

    path = tmp_path / "shifted.geojson"
    shifted = shapely.to_wkb(shapely.transform(np.array(OUTLINES), as_sent))
    pyogrio.raw.write(path, shifted, [np.array(["1", "2"])], ["code"], geometry_type="Polygon", crs="EPSG:4326")

    shapes = read_boundaries(path, Layer(Level.STREET, name_field="code", datum=datum))

    for shape, outline in zip(shapes, OUTLINES, strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkb(shape.wkb), outline) < 1e-6


def test_layers_and_fields_can_be_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "city.gpkg", layer="streets")
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(OUTLINES[:1])),
        [np.array(["d"]), np.array(["d"])],
        ["code", "label"],
        geometry_type="Polygon",
        crs="EPSG:4326",
        layer="districts",
        append=True,
    )
    assert layers_of(path) == ("streets", "districts")
    assert fields_of(path, "streets") == ("code", "label", "above")
    districts = read_boundaries(path, Layer(Level.DISTRICT, name_field="label", layer="districts"))
    assert [s.area.code for s in districts] == ["d"]


def test_several_files_make_one_set(tmp_path: Path) -> None:
    one, two = written(tmp_path / "one.geojson"), written(tmp_path / "two.geojson")
    assert len(read_boundaries([one, two], STREET)) == 4


def test_codes_that_were_typed_as_numbers_stay_codes(tmp_path: Path) -> None:
    path = tmp_path / "numbers.geojson"
    numbers = [np.array([120101001.0, 120101002.0])]
    pyogrio.raw.write(
        path, shapely.to_wkb(np.array(OUTLINES)), numbers, ["code"], geometry_type="Polygon", crs="EPSG:4326"
    )
    assert [s.area.code for s in read_boundaries(path, Layer(Level.STREET, name_field="code"))] == [
        "120101001",
        "120101002",
    ]


def feature(properties: str, geometry: str) -> str:
    one = f'{{"type":"Feature","properties":{properties},"geometry":{geometry}}}'
    return f'{{"type":"FeatureCollection","features":[{one}]}}'


SQUARE = '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("this is no map", "bad.geojson: "),
        (feature('{"name":"n"}', SQUARE), "bad.geojson: no field 'code'; there are name"),
        (feature('{"code":"","name":"n"}', SQUARE), "bad.geojson: feature 1 has no code"),
        (feature('{"code":"7","name":"n"}', "null"), r"bad.geojson: feature 1 \(7\) has no outline"),
        (feature('{"code":"7","name":"n"}', SQUARE.replace("1,1", "1,91")), "bad.geojson: 7: no such place"),
    ],
)
def test_a_fault_is_named_with_its_file_and_feature(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "bad.geojson"
    path.write_text(content)
    with pytest.raises(BadBoundaries, match=words):
        read_boundaries(path, Layer(Level.STREET))


def test_a_file_without_a_coordinate_system_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "bare.shp")
    (tmp_path / "bare.prj").unlink()
    with pytest.raises(BadBoundaries, match="names no coordinate system"):
        read_boundaries(tmp_path / "bare.shp", STREET)


def test_a_file_or_layer_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBoundaries, match=r"none\.gpkg"):
        read_boundaries(tmp_path / "none.gpkg", STREET)
    with pytest.raises(BadBoundaries, match=r"one\.gpkg"):
        read_boundaries(written(tmp_path / "one.gpkg"), Layer(Level.STREET, layer="absent"))


def test_the_seed_city_is_read_whole_and_says_what_is_synthetic() -> None:
    shapes = read_city(CITY)
    counts = {level: sum(s.area.level is level for s in shapes) for level in Level}
    assert counts == {Level.CITY: 1, Level.DISTRICT: 16, Level.STREET: 252, Level.COMMUNITY: 5509, Level.GRID: 0}
    assert {s.area.level for s in shapes if s.area.synthetic} == {Level.STREET, Level.COMMUNITY}
    assert shapes[0].area == Area("120000", "天津市", Level.CITY, None)
    codes = {s.area.code for s in shapes}
    assert all(s.area.parent_code in codes for s in shapes[1:])


def test_a_city_folder_that_is_not_described_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadBoundaries, match=r"city\.toml"):
        read_city(tmp_path)
    shutil.copytree(CITY, tmp_path / "city")
    (tmp_path / "city" / "city.toml").write_text('code = "1"')
    with pytest.raises(BadBoundaries, match=r"city\.toml: 'name' is missing"):
        read_city(tmp_path / "city")
    (tmp_path / "city" / "city.toml").write_text("code = [")
    with pytest.raises(BadBoundaries, match=r"city\.toml"):
        read_city(tmp_path / "city")


def test_a_feature_without_an_outline_is_refused_alone_when_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "some.geojson"
    features = ",".join(
        f'{{"type":"Feature","properties":{{"code":"{code}","name":"n"}},"geometry":{outline}}}'
        for code, outline in (("1", SQUARE), ("2", "null"), ("3", '{"type":"Polygon","coordinates":[]}'))
    )
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}', encoding="utf-8")

    report = examine(read_layer(path, Layer(level=Level.STREET, empty_too=True)))

    assert [shape.area.code for shape in report.shapes] == ["1"]
    assert [(one.area.code, one.reason) for one in report.refused] == [
        ("2", "2 (n) has an empty outline"),
        ("3", "3 (n) has an empty outline"),
    ]
