"""Help is instant, faults are one sentence, settings are shown without their secrets."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from cli import app
from scripts.write_docs import walk
from tests.cli.conftest import Desk

ROOT = Path(__file__).parent.parent.parent
HEAVY = ("sqlalchemy", "aiogram", "aiohttp", "shapely", "numpy", "redis", "rq", "pydantic", "structlog")


def test_help_imports_nothing_heavy() -> None:
    asked = (
        "import sys, cli\n"
        "from typer.testing import CliRunner\n"
        "assert CliRunner().invoke(cli.app, ['--help']).exit_code == 0\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules))\n"
    )

    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def test_the_file_itself_is_the_command() -> None:
    done = subprocess.run([sys.executable, "cli.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "roster" in done.stdout


def test_every_command_and_every_option_says_what_it_is_for() -> None:
    for path, command in walk(get_command(app), ""):
        assert command.help, path
        assert all(one.help for one in command.params if one.name != "help"), path


def test_settings_are_shown_with_their_origin_and_without_secrets(desk: Desk) -> None:
    url = "postgresql+asyncpg://whistle:hidden-one@127.0.0.1/whistle"
    said = desk(
        "settings", WHISTLE_DATABASE_URL=url, WHISTLE_API_KEY="hidden-two", REDIS_URL="redis://:hidden-three@h:1/0"
    )

    assert "postgresql+asyncpg://whistle:***@127.0.0.1/whistle" in said
    assert "redis://:***@h:1/0" in said
    assert "hidden" not in said
    assert said.count("WHISTLE_DATABASE_URL") == 2


@pytest.mark.parametrize("command", ["settings", "audit", "run", "migrate"])
def test_a_setting_that_cannot_be_read_is_one_sentence(desk: Desk, command: str) -> None:
    said = desk(command, code=1, WHISTLE_WEB_PORT="many")

    assert said.startswith("✗ WHISTLE_WEB_PORT: ")
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["audit", "bot", "web", "schedule", "worker"])
def test_a_database_that_is_not_there_yet_is_one_sentence(tmp_path: Path, command: str) -> None:
    said = Desk(tmp_path / "new")(command, code=1)

    assert said.startswith("✗ there is no database at ")
    assert said.rstrip().endswith("run `whistle migrate`, or `whistle run` for everything")


def test_a_database_url_of_another_sort_is_one_sentence(desk: Desk) -> None:
    for url in ("mysql://h/d", "nonsense", "sqlite+aiosqlite://"):
        assert desk("audit", code=1, WHISTLE_DATABASE_URL=url).startswith("✗ WHISTLE_DATABASE_URL: ")


def test_a_migration_brings_an_empty_folder_to_the_present_schema(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "new")

    assert "The database is at schema" in desk("migrate")
    assert "every open case has a clock" in desk("audit")


def test_a_queue_that_nobody_knows_is_one_sentence(desk: Desk) -> None:
    assert "there is no queue 'letters'; there are place and notify" in desk("worker", "--queue", "letters", code=1)
