"""An operator at the command line, in a city of two streets that was brought in by the commands themselves."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from actions.ports import Deps
from cli import app
from config.seed.read import read
from models.rules.catalogue import build
from models.store import Store
from tests.cli.small_folder import write_city
from tests.clock import Clock
from tests.make import make_deps

RUNNER = CliRunner()


@dataclass(frozen=True)
class Desk:
    """One installation and its operator; calling it runs `whistle` and gives what it printed."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, code: int = 0, typed: str | None = None, **settings: str) -> str:
        environment = {"WHISTLE_DATA_FOLDER": str(self.data), **self.settings, **settings}
        done = RUNNER.invoke(app, list(words), env=environment, input=typed)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == code, done.output
        return done.output

    @property
    def url(self) -> str:
        """Gives the database of the installation."""
        return f"sqlite+aiosqlite:///{self.data / 'whistle.sqlite3'}"


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Takes back the logging that commands set up: its stream ends with the command."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Writes the two streets as a folder that can be imported."""
    return write_city(tmp_path_factory.mktemp("city"))


@pytest.fixture
def empty(tmp_path: Path, sqlite_template: Path, city_folder: Path) -> Desk:
    """Gives an installation that was migrated and holds nothing."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "whistle.sqlite3")
    return Desk(data, {"WHISTLE_CITY_FOLDER": str(city_folder)})


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, city_folder: Path) -> Path:
    """Founds the city once: boundaries, units, rules and people came in by commands."""
    data = tmp_path_factory.mktemp("founded")
    shutil.copyfile(sqlite_template, data / "whistle.sqlite3")
    desk = Desk(data)
    desk("import", "city", str(city_folder), "--yes")
    desk("import", "roster", "config/seed/roster.csv", "--yes")
    return data


@pytest.fixture
def desk(founded: Path, tmp_path: Path, city_folder: Path) -> Desk:
    """Gives a fresh copy of the founded city."""
    data = tmp_path / "data"
    shutil.copytree(founded, data)
    return Desk(data, {"WHISTLE_CITY_FOLDER": str(city_folder)})


Prepare = Callable[[Deps], Awaitable[object]]


@pytest.fixture
def prepared(empty: Desk, clock: Clock) -> Callable[[Prepare], Desk]:
    """Gives an installation in which something has happened: what the given function does through actions."""

    async def happen(prepare: Prepare) -> None:
        store = await Store.open(empty.url, clock=clock)
        try:
            await prepare(await make_deps(store, clock, build(read())))
        finally:
            await store.close()

    def made(prepare: Prepare) -> Desk:
        asyncio.run(happen(prepare))
        return empty

    return made
