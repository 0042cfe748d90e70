"""Makes what tests need with good defaults: a wired city of two streets, its people, a filed case."""

from datetime import date
from itertools import count

from actions import cases, media, people, reports, routing
from actions.city import import_units
from actions.ports import CityInfo, Deps
from actions.reports import FilingRequest, PlaceGiven
from actions.views import CaseView
from config.seed.read import read
from models.rules.catalogue import Catalogue, build
from models.rules.facts import AreaCodes
from models.rules.roles import Actor, Role, system
from models.store.rows import RosterRow
from models.store.unit import Store
from tests.clock import Clock
from tests.fakes import small_city
from tests.fakes.photos import MemoryPhotos, OpenDarkroom
from tests.fakes.pictures import jpeg

STREET, NEIGHBOUR, DISTRICT, CITY = small_city.STREET, small_city.NEIGHBOUR, small_city.DISTRICT, small_city.CITY
CAST = {
    "li": ("李建国", Role.GRID_WORKER, small_city.SOUTH, None, "A"),
    "lin": ("林小燕", Role.GRID_WORKER, small_city.NORTH, None, "A"),
    "wang": ("王敏", Role.STREET_DISPATCHER, STREET, None, "A"),
    "zhou": ("周明", Role.STREET_SUPERVISOR, STREET, f"ST-{STREET}", "A"),
    "zhao": ("赵强", Role.RESPONSIBLE_UNIT, DISTRICT, f"DR-{DISTRICT}", "A"),
    "feng": ("冯涛", Role.RESPONSIBLE_UNIT, DISTRICT, f"DR-{DISTRICT}", "B"),
    "sun": ("孙丽", Role.VERIFIER, STREET, None, "A"),
    "qian": ("钱卫东", Role.DISTRICT_CENTRE, DISTRICT, None, "A"),
    "chen": ("陈静", Role.STREET_SUPERVISOR, NEIGHBOUR, f"ST-{NEIGHBOUR}", "A"),
    "admin": ("郑浩", Role.ADMIN, CITY, None, "A"),
}
_numbers = count(1)


def make_roster() -> list[RosterRow]:
    """Lists the cast as a roster does."""
    return [
        RosterRow(staff_no=no, name=name, role=role, area_code=area, unit_code=unit, shift=shift)
        for no, (name, role, area, unit, shift) in CAST.items()
    ]


def make_wired(store: Store, clock: Clock | None = None, catalogue: Catalogue | None = None) -> Deps:
    """Wires a city of two streets over a store that knows it already."""
    tables = catalogue or build(read())
    return Deps(
        store=store,
        catalogue=tables,
        setting=tables.setting,
        photos=MemoryPhotos(),
        darkroom=OpenDarkroom(),
        clock=clock or Clock(),
        hint=lambda: None,
        city=CityInfo(CITY, "天津市", "TJ", web_url="http://127.0.0.1:8080"),
        index=small_city.index(),
        gazetteer=small_city.gazetteer(),
    )


async def make_deps(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """Wires a city of two streets and takes over its units, rules and people."""
    deps = make_wired(store, clock, catalogue)
    index = small_city.index()
    async with store.begin() as unit:
        await unit.areas.save_edition(small_city.EDITION, list(small_city.rows()), clock())
        await import_units(unit, catalogue, index.areas.values(), "zh_CN")
        await unit.routing.save(catalogue.routing)
    await people.import_roster(deps, make_roster())
    async with store.begin() as unit:
        for number, staff_no in enumerate(CAST):
            person = await unit.people.by_staff_no(staff_no)
            assert person is not None
            await unit.people.bind("test", 1000 + number, person.person_id, clock())
    return deps


async def actor_of(deps: Deps, staff_no: str) -> Actor:
    """Gives a person of the cast with the posts held now."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no(staff_no)
        assert person is not None
        return await unit.people.actor(person.person_id, "test")


def make_place(at: tuple[float, float] = small_city.IN_SOUTH) -> PlaceGiven:
    """Gives a fix in the middle of a community."""
    return PlaceGiven(
        areas=AreaCodes(CITY, DISTRICT, STREET, small_city.SOUTH),
        edition=small_city.EDITION,
        method="phone",
        reason="inside_by_margin",
        latitude=at[0],
        longitude=at[1],
        raw_latitude=at[0],
        raw_longitude=at[1],
        coord_sys="wgs84",
        accuracy_m=12.0,
    )


def make_request(**changes: object) -> FilingRequest:
    """A complete report of a flooded underpass."""
    values: dict[str, object] = {
        "kind": "ponding",
        "text": "地道积水约30厘米,车辆无法通行",
        "place": make_place(),
        "channel": "test",
        "update_id": next(_numbers),
        "fields": {"depth_cm": 30.0},
    }
    return FilingRequest(**(values | changes))  # type: ignore[arg-type]


async def picture(deps: Deps, who: str, scene: int) -> int:
    """Lets somebody send a picture; the same scene is the same picture."""
    actor = await actor_of(deps, who)
    return (await media.take(deps, actor.person_id, jpeg(scene))).media_id


async def filed(deps: Deps, **changes: object) -> str:
    """Li files a report with a picture; gives the case's number."""
    changes.setdefault("before", (await picture(deps, "li", 1),))
    receipt = await reports.file(deps, await actor_of(deps, "li"), make_request(**changes))
    assert receipt.case_no is not None
    return receipt.case_no


async def dispatched(deps: Deps, **changes: object) -> str:
    """A case that the routing table gave to Zhao."""
    case_no = await filed(deps, **changes)
    assert await routing.place_and_route(deps, [case_no]) == 1
    return case_no


async def verifying(deps: Deps) -> str:
    """A case that Zhao handed in and Sun must check."""
    case_no = await dispatched(deps)
    zhao = await actor_of(deps, "zhao")
    await cases.sign(deps, zhao, case_no)
    await cases.hand_in(deps, zhao, case_no, words="已抽排", media=[await picture(deps, "zhao", 2)])
    assert await routing.assign_checks(deps, [case_no]) == 1
    return case_no


async def seen(deps: Deps, case_no: str) -> CaseView:
    """Shows a case as the service sees it."""
    return await cases.view(deps, system("test"), case_no)


def in_days(clock: Clock, days: int) -> date:
    """Gives a local date so many days ahead."""
    return date.fromordinal(clock().date().toordinal() + days)
