"""Which roads and buildings does a city bring, and in which streets do they lie?

Points are placed by the caller, who has the boundaries; this module knows none.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Final, Literal

from geo.gazetteer import Landmark

COLUMNS: Final = ("name", "level", "street_code", "lon", "lat")
StreetAt = Callable[[float, float], str | None]
"""Longitude and latitude (WGS-84) to the code of the street there, or None outside the city."""

_Level = Literal["road", "landmark"]
_LEVELS: Final[dict[str, _Level]] = {"road": "road", "landmark": "landmark"}


class BadLandmarks(Exception):
    """A row of the landmarks cannot be used; the text names the line and the fault."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        self.what = what
        super().__init__(f"landmarks.csv, line {line}: {what}")


def read_landmarks(lines: Iterable[str], street_at: StreetAt) -> list[Landmark]:
    """Reads the lines of a `landmarks.csv`; raises BadLandmarks.

    A row names a street or a point. A road that crosses several streets has a row for each of them, or
    several points; rows of one name and level become one landmark.
    """
    rows = csv.DictReader(lines)
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise BadLandmarks(1, f"the columns must be {', '.join(COLUMNS)}")
    streets: dict[tuple[str, _Level], dict[str, None]] = defaultdict(dict)
    for row in rows:
        level = _LEVELS.get(row["level"])
        if not row["name"] or level is None:
            raise BadLandmarks(rows.line_num, "a name and a level, road or landmark, are needed")
        streets[row["name"], level][_street(rows.line_num, row, street_at)] = None
    return [Landmark(name, tuple(codes), level) for (name, level), codes in streets.items()]


def _street(line: int, row: dict[str, str], street_at: StreetAt) -> str:
    if row["street_code"]:
        return row["street_code"]
    try:
        lon, lat = float(row["lon"]), float(row["lat"])
    except ValueError as fault:
        raise BadLandmarks(line, "a street_code or a point (lon, lat) is needed") from fault
    code = street_at(lon, lat)
    if code is None:
        raise BadLandmarks(line, "the point lies in no street")
    return code
