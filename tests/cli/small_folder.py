"""Writes the city of two streets as a folder with a city.toml, as another city would bring its own."""

import json
from collections.abc import Mapping
from pathlib import Path

from geo.areas import Level
from tests.fakes.small_city import AREAS

PAGE = """code = "120000"
name = "天津市"
datum = "wgs84"
outline_from = "district"

[[layers]]
file = "districts.geojson"
level = "district"

[[layers]]
file = "streets.geojson"
level = "street"
parent_field = "parent"

[[layers]]
file = "communities.geojson"
level = "community"
parent_field = "parent"
"""
FILES = {Level.DISTRICT: "districts", Level.STREET: "streets", Level.COMMUNITY: "communities"}
Box = tuple[float, float, float, float]


def write_city(folder: Path, *, names: Mapping[str, str] | None = None, boxes: Mapping[str, Box] | None = None) -> Path:
    """Writes the folder; `names` and `boxes` change areas by their code."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(PAGE, encoding="utf-8")
    for level, stem in FILES.items():
        features = [
            _feature(code, (names or {}).get(code, name), parent, (boxes or {}).get(code, box))
            for code, name, at, parent, box in AREAS
            if at is level
        ]
        page = {"type": "FeatureCollection", "features": features}
        (folder / f"{stem}.geojson").write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    return folder


def _feature(code: str, name: str, parent: str | None, box: Box) -> dict[str, object]:
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"code": code, "name": name, "parent": parent}, "geometry": shape}
