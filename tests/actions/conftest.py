"""A wired city on a real database for the actions."""

import pytest

from actions.ports import Deps
from config.seed.read import read
from models.rules.catalogue import Catalogue, build
from models.store.unit import Store
from tests.clock import Clock
from tests.make import make_deps


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Builds the demonstration city's catalogue once."""
    return build(read())


@pytest.fixture
async def deps(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """Gives a city of two streets."""
    return await make_deps(store, clock, catalogue)
