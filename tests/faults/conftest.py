"""Services to do harm to: the embedded default, and what a city runs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio

from tests.faults import servers
from tests.faults.drill import Drill, drill
from tests.faults.servers import Servers

EMBEDDED, CITY = "SQLite+Valkey", "PostgreSQL+Redis"
SEED = 20261124


@pytest.fixture(scope="session")
def own_servers() -> Iterator[Servers]:
    """Starts a PostgreSQL and a Redis that tests may stop."""
    if not servers.at_hand():
        pytest.skip("PostgreSQL and Redis are not installed; `make servers`")
    with TemporaryDirectory() as folder:
        # PostgreSQL runs as another user and must reach its folder.
        Path(folder).chmod(0o711)
        with servers.started(Path(folder) / "own") as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[EMBEDDED, CITY])
async def at_work(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Drill]:
    """Runs one service for all the harm of a module."""
    folder: Path = tmp_path_factory.mktemp("drill")
    async with AsyncExitStack() as stack:
        database_url = redis_url = ""
        if request.param == CITY:
            own: Servers = request.getfixturevalue("own_servers")
            database_url = await asyncio.to_thread(own.database, "drill")
            redis_url = own.redis_url
        yield await stack.enter_async_context(
            drill(folder, seed=SEED, n_reporters=10, database_url=database_url, redis_url=redis_url)
        )


@pytest.fixture(scope="module")
def engine(at_work: Drill) -> str:
    """Names what the service runs on."""
    return CITY if at_work.service.database_url else EMBEDDED
