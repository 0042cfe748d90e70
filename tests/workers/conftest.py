"""A real Valkey from the embedded command, a city on a real database, and worker processes."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import structlog
from redis import Redis
from redis.exceptions import RedisError

from actions.ports import Deps, Store
from config.seed.read import read
from models.rules.catalogue import build
from tests.make import make_deps
from tests.workers.at_work import START, FileClock, Notes
from workers import embedded
from workers.queues import Queues, connect
from workers.relay import Relay
from workers.runtime import Runtime

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 60.0
REDIS_URL = os.environ.get("WHISTLE_TEST_REDIS_URL")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Logs nothing: faults are what these tests are about, and a pretty traceback takes seconds."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def valkey_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Runs the embedded Valkey for this test process."""
    folder = tmp_path_factory.mktemp("v")
    socket = folder / "v.sock"
    with subprocess.Popen(embedded.command(folder / "data", socket)) as process:
        url = f"unix://{socket}"
        until(lambda: answers(url), "Valkey answers")
        yield url
        process.terminate()


@pytest.fixture(params=["embedded", "server"] if REDIS_URL else ["embedded"])
def redis_url(request: pytest.FixtureRequest) -> str:
    """Gives an empty Valkey, and a Redis where `WHISTLE_TEST_REDIS_URL` names one."""
    url = REDIS_URL if request.param == "server" else request.getfixturevalue("valkey_home")
    assert isinstance(url, str)
    with Redis.from_url(url) as client:
        client.flushdb()
    return url


def answers(url: str) -> bool:
    """Asks a server whether it is there."""
    with suppress(RedisError), Redis.from_url(url) as client:
        return bool(client.ping())
    return False


def until(holds: Callable[[], bool], what: str) -> None:
    """Waits for something that another process does."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)


@pytest.fixture
def clock_file(tmp_path: Path) -> FileClock:
    """Gives a clock for several processes, at a Monday morning."""
    clock = FileClock(tmp_path / "clock")
    clock.set(START)
    return clock


@pytest.fixture
async def deps(database_url: str, clock_file: FileClock) -> AsyncIterator[Deps]:
    """Gives the city of two streets on a fresh database."""
    store = await Store.open(database_url, clock=clock_file)
    yield await make_deps(store, clock_file, build(read()))  # type: ignore[arg-type]
    await store.close()


@pytest.fixture
def here(deps: Deps) -> Runtime:
    """Gives what jobs find in their process."""
    return Runtime(deps, Notes(deps))


@pytest.fixture
def relay(here: Runtime, redis_url: str) -> Iterator[Relay]:
    """Gives a relay in front of the real queue."""
    with connect(redis_url) as connection:
        yield Relay(here, Queues(connection), "relay")


@pytest.fixture
def lone_relay(here: Runtime, tmp_path: Path) -> Relay:
    """Gives a relay whose Redis is away."""
    return Relay(here, Queues(connect(f"unix://{tmp_path / 'nowhere.sock'}")), "relay")


@contextmanager
def worker(database_url: str, redis_url: str, clock: FileClock, queue: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs one worker process."""
    words = ["-m", "tests.workers.at_work", database_url, redis_url, str(clock.path), queue]
    with subprocess.Popen([sys.executable, *words], cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()
