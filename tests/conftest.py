"""What every test may use: a clock to move, fresh databases, and an environment without the developer's settings."""

import os

import pytest

from tests.clock import Clock

pytest_plugins = ["tests.databases"]


@pytest.fixture
def clock() -> Clock:
    """Gives a clock that stands at a Monday morning."""
    return Clock()


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps settings of the developer's shell out of the tests; those of the tests themselves stay."""
    for name in list(os.environ):
        if name.startswith("WHISTLE_") and not name.startswith("WHISTLE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("REDIS_URL", raising=False)
