"""A web server over a real database and a city of two streets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from actions.ports import Deps
from config.seed.read import read
from config.settings import Settings
from config.texts import Texts
from models.rules.catalogue import Catalogue, build
from models.store.unit import Store
from tests.clock import Clock
from tests.make import make_deps
from web.app import build as build_web

ROOT = Path(__file__).resolve().parents[2]
Client = TestClient  # type: ignore[type-arg]
NewClient = Callable[..., Awaitable[Client]]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Builds the demonstration city's catalogue once."""
    return build(read())


@pytest.fixture(scope="session")
def texts() -> Texts:
    """Loads the sentences of the web server."""
    return Texts.load([ROOT / "web" / "locales"])


@pytest.fixture
async def deps(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """Gives a city of two streets."""
    return await make_deps(store, clock, catalogue)


@pytest.fixture
async def new_client(deps: Deps, texts: Texts, tmp_path: Path) -> AsyncIterator[NewClient]:
    """Makes clients of servers with the settings that a test wishes."""
    made: list[Client] = []

    async def make(**wishes: object) -> Client:
        settings = Settings(**({"data_folder": tmp_path / "data", "web_port": 0} | wishes))  # type: ignore[arg-type]
        client = TestClient(TestServer(build_web(deps, texts, settings)))
        await client.start_server()
        made.append(client)
        return client

    yield make
    for client in made:
        await client.close()


@pytest.fixture
async def client(new_client: NewClient) -> Client:
    """Gives a client of the demonstration on this machine."""
    return await new_client()
