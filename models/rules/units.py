"""Which responsible units (责任单位) a city has: the named ones, and one of a pattern in every street or district."""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from models.rules.kinds import Label, UnitSeed


class Place(NamedTuple):
    """An area as the boundaries name it; `level` is `district`, `street` or `community`."""

    code: str
    level: str
    name: str


def expand(seeds: Iterable[UnitSeed], places: Iterable[Place]) -> tuple[UnitSeed, ...]:
    """Gives every unit of the city: patterns are filled with the code and name of each area of their level."""
    areas = tuple(places)
    units: dict[str, UnitSeed] = {}
    for seed in seeds:
        fitting = [area for area in areas if area.level == seed.each]
        for unit in [seed] if seed.each is None else [_filled(seed, area) for area in fitting]:
            units[unit.code] = unit
    return tuple(units.values())


def _filled(seed: UnitSeed, area: Place) -> UnitSeed:
    names = (text.replace("{name}", area.name) for text in seed.label.all)
    code = seed.code.replace("{" + area.level + "}", area.code)
    return replace(seed, code=code, label=Label(*names), area_code=area.code, each=None)
