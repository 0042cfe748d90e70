"""A city of two streets that fits in the head, in the demonstration city's names.

The district is one degree square's hundredth part wide: 尖山街道 is its west half and 梅江街道 its east half, and
each street has a north and a south community. One hundredth of a degree is about 850 m here.
"""

from collections.abc import Iterator

import shapely

from geo.areas import Area, AreaIndex, Level, Shape
from geo.gazetteer import Gazetteer
from models.store.rows import AreaShape

EDITION = "test-1"
CITY, DISTRICT, STREET, NEIGHBOUR = "120000", "120103", "120103009", "120103013"
NORTH, SOUTH = "120103009012", "120103009013"
WEST, MIDDLE, EAST = 117.20, 117.22, 117.24
LOW, HALF, HIGH = 39.08, 39.09, 39.10

AREAS = (
    (CITY, "天津市", Level.CITY, None, (WEST, LOW, EAST, HIGH)),
    (DISTRICT, "河西区", Level.DISTRICT, CITY, (WEST, LOW, EAST, HIGH)),
    (STREET, "尖山街道", Level.STREET, DISTRICT, (WEST, LOW, MIDDLE, HIGH)),
    (NEIGHBOUR, "梅江街道", Level.STREET, DISTRICT, (MIDDLE, LOW, EAST, HIGH)),
    (NORTH, "红星里社区", Level.COMMUNITY, STREET, (WEST, HALF, MIDDLE, HIGH)),
    (SOUTH, "光明里社区", Level.COMMUNITY, STREET, (WEST, LOW, MIDDLE, HALF)),
    (NEIGHBOUR + "001", "川水园社区", Level.COMMUNITY, NEIGHBOUR, (MIDDLE, HALF, EAST, HIGH)),
    (NEIGHBOUR + "002", "玉水园社区", Level.COMMUNITY, NEIGHBOUR, (MIDDLE, LOW, EAST, HALF)),
)

IN_SOUTH = (39.085, 117.21)
"""In the middle of 光明里社区, far from every border."""
IN_NORTH = (39.095, 117.205)
"""In 红星里社区, more than a kilometre from IN_SOUTH."""
IN_NEIGHBOUR = (39.095, 117.23)
AT_BORDER = (39.085, 117.2202)
"""Seventeen metres inside 梅江街道."""
OUTSIDE = (39.085, 117.30)


def index() -> AreaIndex:
    """Builds the index."""
    return AreaIndex.build(
        tuple(Shape(Area(c, n, lv, p), shapely.to_wkb(shapely.box(*b))) for c, n, lv, p, b in AREAS), EDITION
    )


def gazetteer() -> Gazetteer:
    """Builds the names."""
    return Gazetteer.build((code, name, level.value, parent) for code, name, level, parent, _ in AREAS)


def rows() -> Iterator[AreaShape]:
    """Gives the areas as the store keeps them."""
    for code, name, level, parent, box in AREAS:
        yield AreaShape(
            code=code, level=level.value, name=name, parent_code=parent, wkb=shapely.to_wkb(shapely.box(*box))
        )
