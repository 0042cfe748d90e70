"""A whole city for measurements: its boundaries, somebody on every unit's post, grid workers, a chat for each.

Whoever holds this town measures with the real actions; only the phones are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import shapely

import wiring
from actions import places, reports
from actions.people import import_roster
from actions.ports import Deps
from actions.reports import FilingRequest, PlaceGiven
from config.settings import Settings
from geo.areas import Level
from geo.loaders import read_city
from models.rules.facts import AreaCodes
from models.rules.fields import check
from models.rules.kinds import Group
from models.rules.roles import Actor, Role
from models.store import bulk
from models.store.chats import CHATS
from models.store.rows import RosterRow

N_WORKERS = 2_000
TOKEN = "1000000000:" + "b" * 35
FIRST_CHAT = 5_000_000


@dataclass(slots=True)
class Town:
    """The city with who lives in it, and a chance that is the same in each run."""

    settings: Settings
    wired: wiring.Wired
    reporters: Sequence[Actor]
    spots: Sequence[tuple[float, float]]
    kinds: Sequence[str]
    chance: Random = field(default_factory=lambda: Random(7))
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def deps(self) -> Deps:
        """Gives what actions need."""
        return self.wired.deps

    def environ(self) -> dict[str, str]:
        """Gives the environment from which another process reads the same settings."""
        given = self.settings.model_dump(exclude_unset=True) | {"bot_token": TOKEN}
        shared = {"REDIS_URL": str(given.pop("redis_url"))}
        return shared | {f"WHISTLE_{name.upper()}": str(value) for name, value in given.items()}

    def request(self, *, life_danger: bool = False) -> FilingRequest:
        """Makes a report from somewhere in the city, and places it as the bot does."""
        latitude, longitude = self.chance.choice(self.spots)
        latitude += self.chance.gauss(0, 0.002)
        longitude += self.chance.gauss(0, 0.002)
        placed = places.place_fix(self.deps, places.fix(latitude, longitude, accuracy_m=10))
        chain = placed.chain
        assert self.deps.index is not None
        areas = AreaCodes(self.deps.city.code, placed=False)
        if chain is not None:
            levels = (chain.district, chain.street, chain.community, chain.grid)
            areas = AreaCodes(self.deps.city.code, *(one.code if one else None for one in levels))
        place = PlaceGiven(
            areas=areas,
            edition=self.deps.index.edition,
            method="phone",
            reason=str(placed.reason),
            latitude=latitude,
            longitude=longitude,
        )
        return FilingRequest(
            kind=self.chance.choice(self.kinds),
            text="地道积水约30厘米，车辆无法通行",
            place=place,
            channel="gateway",
            update_id=next(self.numbers),
            life_danger=life_danger,
        )

    async def file(self, n: int) -> None:
        """Files so many reports, two hundred a transaction: how the town came to be is not measured."""
        for start in range(0, n, 200):
            async with self.deps.store.begin():
                for _ in range(min(200, n - start)):
                    await reports.file(self.deps, self.chance.choice(self.reporters), self.request())


async def found(folder: Path, database: str, redis: str, **more: object) -> Town:
    """Brings the demo city with its people into a migrated database."""
    given = {"data_folder": folder, "database_url": database, "redis_url": redis, "environment": "production"}
    settings = Settings(**(given | {"bot_token": TOKEN, "log_level": "warning"} | more))  # type: ignore[arg-type]
    wired = await wiring.install(settings, await wiring.wire(settings))
    deps = wired.deps
    spots = _spots(settings.city_folder)
    async with deps.store.read() as unit:
        units = await unit.units.all()
    rows = [
        RosterRow(
            staff_no=f"U{at}",
            name=f"值守{at}",
            role=Role.RESPONSIBLE_UNIT,
            area_code=one.area_code or deps.city.code,
            unit_code=one.code,
        )
        for at, one in enumerate(units)
    ]
    rows.append(RosterRow(staff_no="D", name="调度", role=Role.STREET_DISPATCHER, area_code=deps.city.code))
    codes = list(spots)
    rows += [
        RosterRow(staff_no=f"G{at}", name=f"网格员{at}", role=Role.GRID_WORKER, area_code=codes[at % len(codes)])
        for at in range(N_WORKERS)
    ]
    await import_roster(deps, rows)
    async with deps.store.begin() as unit:
        people = sorted({post.person_id for post in await unit.people.posts()})
        chats = [
            {"channel": "gateway", "chat_id": FIRST_CHAT + person, "person_id": person, "bound_at": deps.clock()}
            for person in people
        ]
        await bulk.add(unit.line, CHATS, chats)
        workers = [post.person_id for post in await unit.people.posts(Role.GRID_WORKER)][:200]
        reporters = [await unit.people.actor(person, "gateway") for person in workers]
    hazards = [kind for kind in deps.catalogue.kinds.values() if kind.group is Group.HAZARD]
    kinds = [kind.code for kind in hazards if check(kind, kind.grade, {}, deps.clock()) is None]
    return Town(settings, wired, reporters, list(spots.values()), kinds)


def _spots(city: Path) -> dict[str, tuple[float, float]]:
    """Gives a point inside each street, latitude first."""
    found = {}
    for shape in read_city(city):
        if shape.area.level is Level.STREET:
            point = shapely.point_on_surface(shapely.from_wkb(shape.wkb))
            found[shape.area.code] = (point.y, point.x)
    return found
