"""The city of the stories and its people. At the end of every story the books are closed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from actions import people
from actions.city import import_units
from actions.ports import CityInfo, Deps
from config.seed.read import read
from config.texts import Texts
from models.rules.catalogue import Catalogue, build
from models.rules.roles import Role
from models.store import Store
from models.store.rows import RosterRow
from tests.clock import Clock
from tests.fakes import small_city
from tests.fakes.photos import MemoryPhotos, OpenDarkroom
from tests.journeys.city import City, open_city
from tests.journeys.phone import Phone
from tests.make import make_roster

LOCALES = Path(__file__).parents[2] / "bot" / "locales"
OTHERS = (
    RosterRow(staff_no="liu", name="刘桂兰", role=Role.COMMUNITY_LEAD, area_code=small_city.SOUTH),
    RosterRow(staff_no="song", name="宋洁", role=Role.STREET_DISPATCHER, area_code=small_city.NEIGHBOUR),
    RosterRow(
        staff_no="ma", name="马骏", role=Role.RESPONSIBLE_UNIT, area_code=small_city.DISTRICT, unit_code="EM-120103"
    ),
)
"""Who else lives in the stories: a community lead, the dispatcher next door, the district's emergency bureau."""


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Writes tracebacks plainly: the coloured ones with all variables take seconds each."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, renderer])


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Builds the demonstration city's catalogue once."""
    return build(read())


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Loads the sentences once."""
    return Texts.load([LOCALES])


@pytest.fixture
async def deps(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """Wires a city of two streets with its units, rules and people; nobody has a phone yet."""
    index = small_city.index()
    made = Deps(
        store=store,
        catalogue=catalogue,
        setting=catalogue.setting,
        photos=MemoryPhotos(),
        darkroom=OpenDarkroom(),
        clock=clock,
        hint=lambda: None,
        city=CityInfo(small_city.CITY, "天津市", "TJ"),
        index=index,
        gazetteer=small_city.gazetteer(),
    )
    async with store.begin() as unit:
        await unit.areas.save_edition(small_city.EDITION, list(small_city.rows()), clock())
        await import_units(unit, catalogue, index.areas.values(), "zh_CN")
        await unit.routing.save(catalogue.routing)
    await people.import_roster(made, [*make_roster(), *OTHERS])
    return made


@pytest.fixture
async def city(deps: Deps, clock: Clock, texts: Texts, tmp_path: Path) -> AsyncIterator[City]:
    """Starts the city; at the end of the story the books must balance."""
    async with open_city(deps, clock, texts, tmp_path / "gateway") as opened:
        yield opened
        await opened.closes_the_books()


@pytest.fixture
async def li(city: City) -> Phone:
    """Li 李建国, grid worker of 光明里社区."""
    return await city.phone("li")


@pytest.fixture
async def lin(city: City) -> Phone:
    """Lin 林小燕, grid worker of 红星里社区."""
    return await city.phone("lin")


@pytest.fixture
async def wang(city: City) -> Phone:
    """Wang 王敏, dispatcher of 尖山街道."""
    return await city.phone("wang")


@pytest.fixture
async def zhou(city: City) -> Phone:
    """Zhou 周明, supervisor of 尖山街道 and head of its own unit."""
    return await city.phone("zhou")


@pytest.fixture
async def zhao(city: City) -> Phone:
    """Zhao 赵强, on post A of the district's drainage unit."""
    return await city.phone("zhao")


@pytest.fixture
async def feng(city: City) -> Phone:
    """Feng 冯涛, on post B of the district's drainage unit."""
    return await city.phone("feng")


@pytest.fixture
async def sun(city: City) -> Phone:
    """Sun 孙丽, verifier of 尖山街道."""
    return await city.phone("sun")


@pytest.fixture
async def qian(city: City) -> Phone:
    """Qian 钱卫东, district centre of 河西区."""
    return await city.phone("qian")


@pytest.fixture
async def chen(city: City) -> Phone:
    """Chen 陈静, supervisor of 梅江街道, who must see nothing of the others."""
    return await city.phone("chen")
