"""Who plays: in every street a worker, a dispatcher, a supervisor and a verifier, and somebody in every unit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random

from actions import people
from actions.play.script import Script
from actions.ports import Deps, Unit
from models.rules.errors import NoSuchItem
from models.rules.roles import Actor, Role
from models.store.rows import RosterRow, UnitRow

CHANNEL = "play"
Box = tuple[float, float, float, float]
"""West, south, east and north in WGS-84 degrees."""
_OF_STREET = (Role.GRID_WORKER, Role.STREET_DISPATCHER, Role.STREET_SUPERVISOR, Role.VERIFIER)


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the play, with the actors in it by role, and the box around it."""

    code: str
    actors: Mapping[Role, Actor]
    box: Box


@dataclass(frozen=True, slots=True)
class Cast:
    """The streets of the play, who decides in each district, and who works in the units."""

    streets: tuple[Street, ...]
    centres: Mapping[str, Actor]
    workers: tuple[Actor, ...]

    def everybody(self) -> Iterator[Actor]:
        """Yields all who play."""
        for street in self.streets:
            yield from street.actors.values()
        yield from self.centres.values()
        yield from self.workers

    async def leave(self, deps: Deps) -> None:
        """Ends every post of the play: what comes afterwards is for those who try the service."""
        async with deps.store.begin() as unit:
            for actor in self.everybody():
                if actor.person_id is not None:
                    await unit.people.end_posts(actor.person_id, deps.clock())


async def gather(
    deps: Deps, script: Script, set_clock: Callable[[datetime], None], begun: datetime, boxes: Mapping[str, Box]
) -> Cast:
    """Brings the people of the play into the roster, with posts from `begun` on.

    Streets in which somebody holds a post now are left to them: those who came to try the service find their own
    street quiet. Raises `NoSuchItem` when no street is left.
    """
    assert deps.index is not None
    async with deps.store.read() as unit:
        taken = {post.area_code for post in await unit.people.posts()}
        units = [held for held in await unit.units.all() if held.active]
    held = {street for code in taken if (street := _street_of(deps, code)) is not None}
    areas = deps.index.areas.values()
    streets = [a.code for a in areas if a.level.value == "street" and a.code in boxes and a.code not in held]
    if not streets:
        raise NoSuchItem(what="street without people", name=deps.city.name)
    districts = [a.code for a in areas if a.level.value == "district"]
    rows = list(_roster(deps, script, streets, districts, units))
    set_clock(begun)
    await people.import_roster(deps, rows)
    async with deps.store.read() as unit:
        known = {row.staff_no: await _actor(unit, row.staff_no) for row in rows}
    return Cast(
        tuple(_street(code, known, boxes[code]) for code in streets),
        {code: known[_staff_no(Role.DISTRICT_CENTRE, code)] for code in districts},
        tuple(known[row.staff_no] for row in rows if row.role is Role.RESPONSIBLE_UNIT),
    )


def _street_of(deps: Deps, code: str) -> str | None:
    """Finds the street in which an area lies; None for what is larger than a street."""
    assert deps.index is not None
    area = deps.index.areas.get(code)
    while area is not None and area.level.value != "street":
        area = deps.index.areas.get(area.parent_code) if area.parent_code else None
    return area.code if area is not None else None


def _roster(
    deps: Deps, script: Script, streets: Sequence[str], districts: Sequence[str], units: Sequence[UnitRow]
) -> Iterator[RosterRow]:
    for code in streets:
        for role in _OF_STREET:
            yield _row(script, role, code, f"ST-{code}" if role is Role.STREET_SUPERVISOR else None)
    for code in districts:
        yield _row(script, Role.DISTRICT_CENTRE, code, None)
    for held in units:
        if held.area_code not in streets and not held.code.startswith("ST-"):
            yield _row(script, Role.RESPONSIBLE_UNIT, held.area_code or deps.city.code, held.code)


def _row(script: Script, role: Role, area: str, unit: str | None) -> RosterRow:
    number = _staff_no(role, unit or area)
    # By their number: a second play meets the same people.
    return RosterRow(staff_no=number, name=script.name(Random(number)), role=role, area_code=area, unit_code=unit)


def _staff_no(role: Role, where: str) -> str:
    return f"{CHANNEL}-{role}-{where}"


def _street(code: str, known: Mapping[str, Actor], box: Box) -> Street:
    numbers = {role: f"ST-{code}" if role is Role.STREET_SUPERVISOR else code for role in _OF_STREET}
    return Street(code, {role: known[_staff_no(role, where)] for role, where in numbers.items()}, box)


async def _actor(unit: Unit, staff_no: str) -> Actor:
    person = await unit.people.by_staff_no(staff_no)
    assert person is not None
    return await unit.people.actor(person.person_id, CHANNEL)
