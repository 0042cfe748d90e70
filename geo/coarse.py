"""Outlines for pictures: few points, and still without gaps, for neighbours keep the same border. Not for placing."""

import json
from collections.abc import Sequence
from typing import Any, Final

import shapely

from geo.shapes import Shape

# About 10 m: finer than a picture of a city can show.
_DECIMALS: Final = 4


def feature_collection(shapes: Sequence[Shape], tolerance_degrees: float) -> dict[str, Any]:
    """Gives areas of one level as GeoJSON (RFC 7946) whose shared borders are simplified alike.

    An area too small to survive the rounding keeps its exact outline.
    """
    exact = shapely.from_wkb([shape.wkb for shape in shapes])
    coarse = shapely.orient_polygons(shapely.coverage_simplify(exact, tolerance_degrees))
    features = []
    for shape, outline, original in zip(shapes, coarse, exact, strict=True):
        geometry = json.loads(shapely.to_geojson(original if outline.is_empty else outline))
        geometry["coordinates"] = _rounded(geometry["coordinates"])
        area = shape.area
        properties = {"code": area.code, "name": area.name, "parent": area.parent_code, "synthetic": area.synthetic}
        features.append({"type": "Feature", "id": area.code, "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _rounded(coordinates: Any) -> Any:
    """Rounds nested coordinates; points that become one are kept once, but never fewer than a ring needs."""
    if isinstance(coordinates[0], int | float):
        return [round(degree, _DECIMALS) for degree in coordinates[:2]]
    parts = [_rounded(part) for part in coordinates]
    if not isinstance(parts[0][0], int | float):
        return parts
    thinned = [point for i, point in enumerate(parts) if i == 0 or point != parts[i - 1]]
    return thinned if len(thinned) >= 4 else parts
