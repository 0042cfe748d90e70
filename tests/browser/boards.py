"""A board over a city in which something happened, and the screens that look at it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

import wiring
from actions.ports import Deps
from config.settings import Settings
from config.texts import Texts
from models.rules.facts import AreaCodes
from tests.web.lives import live
from web.app import build

ROOT = Path(__file__).resolve().parents[2]
DISTRICT, STREET = "120103", "120103009"


@dataclass(frozen=True)
class Board:
    """A running board and the city behind it."""

    address: str
    deps: Deps


@pytest.fixture(scope="session")
def lived_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepares the demonstration city with some hundred random lives, once."""
    folder = tmp_path_factory.mktemp("board")
    settings = Settings(data_folder=folder)

    async def prepare() -> None:
        wired = await wiring.install(settings, await wiring.wire(settings))
        deps = wired.deps
        assert deps.index is not None
        streets = [a for a in deps.index.areas.values() if a.level.value == "street"]
        home = [a for a in streets if a.parent_code == DISTRICT]
        places = [AreaCodes(deps.city.code, a.parent_code, a.code) for a in (*streets[::3], *home * 4)]
        places.append(AreaCodes(deps.city.code, placed=False))
        await live(deps, n=300, seed=5, people=(1, 2, 3), places=places, until=deps.clock(), days=30)
        await wired.close()

    def run() -> None:
        wiring.migrate(settings)
        asyncio.run(prepare())

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()
    return folder


@pytest.fixture
async def board(lived_city: Path, tmp_path: Path) -> AsyncIterator[Board]:
    """Serves the board over a copy of the city."""
    folder = tmp_path / "data"
    await asyncio.to_thread(shutil.copytree, lived_city, folder)
    settings = Settings(data_folder=folder, web_port=0)
    wired = await wiring.wire(settings)
    server = TestServer(build(wired.deps, Texts.load([ROOT / "web" / "locales"]), settings))
    await server.start_server()
    yield Board(str(server.make_url("/board/")), wired.deps)
    await server.close()
    await wired.close()
    # The bundled library is worth keeping for the next test.
    if (folder / "board").exists():
        await asyncio.to_thread(shutil.copytree, folder / "board", lived_city / "board", dirs_exist_ok=True)


@pytest.fixture
def complaints() -> list[str]:
    """Collects what the browser complains of."""
    return []


def desk(width: int = 1440, height: int = 900) -> dict[str, object]:
    """Describes a screen without a finger."""
    return {
        "viewport": {"width": width, "height": height},
        "is_mobile": False,
        "has_touch": False,
        "device_scale_factor": 1,
    }
