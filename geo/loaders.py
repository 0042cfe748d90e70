"""What does this boundary file hold? GeoJSON, GeoPackage, Shapefile, zipped or not.

Anything with a declared coordinate system is brought to WGS-84 by the PROJ inside pyogrio, shifted Chinese
datums by `datum`. Judging the shapes is left to `boundaries`.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from geo.areas import Area, BadBoundaries, Level, Shape
from geo.datum import BadCoordinate, Datum, to_wgs84_many

# Longitude first and in degrees already: nothing to do.
_PLAIN_CRS: Final = frozenset({"EPSG:4326", "OGC:CRS84", "EPSG:4490"})


@dataclass(frozen=True, slots=True)
class Layer:
    """How to read one layer of one file: which level it is and which fields carry what.

    `datum` is what the numbers are shifted by, whatever coordinate system the file names; `bare` takes the numbers of
    a file that names none for degrees; `layer` picks one of several layers of a GeoPackage, the first by default;
    `encoding` is for old shapefiles that do not name theirs; `empty_too` keeps features without an outline, for
    `boundaries` to refuse by name, instead of refusing the file.
    """

    level: Level
    code_field: str = "code"
    name_field: str = "name"
    parent_field: str | None = None
    datum: Datum = Datum.WGS84
    layer: str | None = None
    encoding: str | None = None
    bare: bool = False
    empty_too: bool = False


def read_city(folder: Path) -> list[Shape]:
    """Reads a folder that a `city.toml` describes, coarsest level first; raises BadBoundaries.

    `city.toml` names the city (code, name, datum), its layers (file, level, fields), and the level whose
    union is the city's own outline.
    """
    page = folder / "city.toml"
    try:
        described = tomllib.loads(page.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as fault:
        raise BadBoundaries(f"{page.name}: {fault}") from fault
    try:
        return _read_described(folder, described)
    except KeyError as fault:
        raise BadBoundaries(f"{page.name}: {fault} is missing") from fault


def _read_described(folder: Path, described: dict[str, Any]) -> list[Shape]:
    city = Area(described["code"], described["name"], Level.CITY, None)
    datum = Datum(described.get("datum", "wgs84"))
    shapes: list[Shape] = []
    for layer in described["layers"]:
        reading = Layer(
            level=Level(layer["level"]),
            code_field=layer.get("code_field", "code"),
            name_field=layer.get("name_field", "name"),
            parent_field=layer.get("parent_field"),
            datum=Datum(layer.get("datum", datum)),
            layer=layer.get("layer"),
        )
        parent = None if reading.parent_field else city.code
        shapes += read_layer(folder / layer["file"], reading, default_parent=parent)
    return [drawn_from(city, shapes, Level(described["outline_from"])), *shapes]


def read_boundaries(paths: Path | Iterable[Path], layer: Layer) -> list[Shape]:
    """Reads the same layer from one or several files; raises BadBoundaries, file and feature named."""
    several = [paths] if isinstance(paths, Path) else list(paths)
    return [shape for path in several for shape in read_layer(path, layer)]


def layers_of(path: Path) -> tuple[str, ...]:
    """Returns the names of the layers in a file; raises BadBoundaries if it is no boundary file."""
    try:
        return tuple(str(name) for name, _ in pyogrio.list_layers(_source(path)))
    except (pyogrio.errors.DataSourceError, OSError) as fault:
        raise BadBoundaries(f"{path.name}: {fault}") from fault


def fields_of(path: Path, layer: str | None = None) -> tuple[str, ...]:
    """Returns the field names of a layer, for a mapping that is asked for; raises BadBoundaries."""
    try:
        return tuple(str(name) for name in pyogrio.read_info(_source(path), layer=layer)["fields"])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as fault:
        raise BadBoundaries(f"{path.name}: {fault}") from fault


def read_layer(path: Path, layer: Layer, default_parent: str | None = None) -> list[Shape]:
    """Reads one layer into shapes in WGS-84; raises BadBoundaries with the file and feature named."""
    fields, outlines = _read_raw(path, layer)
    for needed in filter(None, (layer.code_field, layer.name_field, layer.parent_field)):
        if needed not in fields:
            raise BadBoundaries(f"{path.name}: no field {needed!r}; there are {', '.join(sorted(fields))}")
    codes = [_text(value) for value in fields[layer.code_field]]
    for row, (code, outline) in enumerate(zip(codes, outlines, strict=True), start=1):
        if not code:
            raise BadBoundaries(f"{path.name}: feature {row} has no code")
        if (outline is None or outline.is_empty) and not layer.empty_too:
            raise BadBoundaries(f"{path.name}: feature {row} ({code}) has no outline")
    outlines[shapely.is_missing(outlines)] = shapely.Polygon()
    names = [_text(value) for value in fields[layer.name_field]]
    parents = (
        [_text(value) or None for value in fields[layer.parent_field]]
        if layer.parent_field
        else [default_parent] * len(codes)
    )
    synthetic = [bool(value) for value in fields.get("synthetic", [False] * len(codes))]
    moved = _to_wgs84(path, codes, outlines, layer.datum)
    return [
        Shape(Area(code, name, layer.level, parent, invented), wkb)
        for code, name, parent, invented, wkb in zip(
            codes, names, parents, synthetic, shapely.to_wkb(moved), strict=True
        )
    ]


def drawn_from(city: Area, shapes: list[Shape], level: Level) -> Shape:
    """Draws the city as the union of the areas of a level; raises BadBoundaries when there are none."""
    parts = [shape for shape in shapes if shape.area.level is level]
    if not parts:
        raise BadBoundaries(f"no {level} outlines to draw the city from")
    whole = shapely.union_all(shapely.make_valid(shapely.from_wkb([shape.wkb for shape in parts])))
    synthetic = any(shape.area.synthetic for shape in parts)
    area = Area(city.code, city.name, city.level, city.parent_code, synthetic)
    return Shape(area, shapely.to_wkb(whole))


def _read_raw(path: Path, wanted: Layer) -> tuple[dict[str, NDArray[Any]], NDArray[np.object_]]:
    source, encoding = _source(path), wanted.encoding
    try:
        layer = wanted.layer or layers_of(path)[0]
        crs = pyogrio.read_info(source, layer=layer)["crs"]
        if crs is None and not wanted.bare:
            raise BadBoundaries(
                f"{path.name}: names no coordinate system; add its .prj file, or declare the datum of its degrees"
            )
        if crs is None or crs in _PLAIN_CRS:
            meta, _, wkb, columns = pyogrio.raw.read(source, layer=layer, force_2d=True, encoding=encoding)
        else:
            meta, _, wkb, columns = _read_projected(source, layer, encoding)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, IndexError) as fault:
        raise BadBoundaries(f"{path.name}: {fault}") from fault
    outlines = shapely.from_wkb(wkb, on_invalid="ignore")
    return dict(zip((str(name) for name in meta["fields"]), columns, strict=True)), outlines


def _read_projected(source: str, layer: str, encoding: str | None) -> Any:
    """Lets GDAL itself project the layer: no second copy of PROJ is needed for that."""
    option = f'<OOI key="ENCODING">{escape(encoding)}</OOI>' if encoding else ""
    options = f"<OpenOptions>{option}</OpenOptions>" if option else ""
    recipe = (
        "<OGRVRTDataSource><OGRVRTWarpedLayer>"
        f"<OGRVRTLayer name={quoteattr(layer)}><SrcDataSource>{escape(source)}</SrcDataSource>{options}</OGRVRTLayer>"
        "<TargetSRS>OGC:CRS84</TargetSRS></OGRVRTWarpedLayer></OGRVRTDataSource>"
    )
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "projected.vrt"
        page.write_text(recipe, encoding="utf-8")
        return pyogrio.raw.read(page, force_2d=True)


def _source(path: Path) -> str:
    found = path.resolve()
    return f"/vsizip/{found}" if found.suffix.lower() == ".zip" else str(found)


def _to_wgs84(path: Path, codes: list[str], outlines: NDArray[np.object_], datum: Datum) -> NDArray[np.object_]:
    degrees, owner = shapely.get_coordinates(outlines, return_index=True)
    longitude, latitude = np.ascontiguousarray(degrees[:, 0]), np.ascontiguousarray(degrees[:, 1])
    try:
        latitude, longitude = to_wgs84_many(latitude, longitude, datum)
    except BadCoordinate as fault:
        bad = ~((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180))
        raise BadBoundaries(f"{path.name}: {codes[int(owner[int(np.argmax(bad))])]}: {fault}") from fault
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return outlines
    return np.asarray(shapely.set_coordinates(outlines.copy(), np.column_stack([longitude, latitude])))


def _text(value: object) -> str:
    """A code read as a number keeps no ".0"; nothing, or not a number, is no text."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()
