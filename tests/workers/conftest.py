"""A wired city, an embedded Valkey of the tests' own, and workers that can be killed."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from actions.ports import Deps
from config.seed.read import read
from models.rules.catalogue import Catalogue, build
from models.store.unit import Store
from tests.clock import Clock
from tests.make import make_deps
from workers import embedded


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Builds the demonstration city's catalogue once."""
    return build(read())


@pytest.fixture
async def deps(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """Gives a city of two streets."""
    return await make_deps(store, clock, catalogue)


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """Runs the embedded server as the service runs it; a socket's path must be short."""
    folder = Path(tempfile.mkdtemp(prefix="wv"))
    socket = folder / "v.sock"
    server = subprocess.Popen(list(embedded.command(folder, socket)), stdout=subprocess.DEVNULL)
    url = f"unix://{socket}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=5)
        shutil.rmtree(folder)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Returns when the server answers; fails when it ended instead."""
    while server.poll() is None:
        with Redis.from_url(url) as client:
            try:
                client.ping()
            except (RedisError, OSError):
                continue
            return
    raise AssertionError(f"the embedded server ended with {server.returncode}")


@pytest.fixture
def redis_url(valkey_url: str) -> str:
    """Gives an empty server."""
    with Redis.from_url(valkey_url) as client:
        client.flushall()
    return valkey_url
