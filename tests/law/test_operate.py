"""What operators are told and given agrees with the code: commands, settings, metrics, alerts, units."""

import configparser
import json
import re
from pathlib import Path

import pytest
import yaml

from config.settings import Settings

ROOT = Path(__file__).parent.parent.parent
OPERATE = ROOT / "docs" / "operate"
PAGE = (OPERATE / "README.md").read_text(encoding="utf-8")
LISTED = re.findall(r"^\| `whistle ([a-z -]+)` \|", (ROOT / "docs" / "commands.md").read_text(encoding="utf-8"), re.M)
COMMANDS = {*LISTED, *(name.split()[0] for name in LISTED)}
UNITS = sorted((OPERATE / "systemd").glob("*.service"))


def commands_in(text: str) -> set[str]:
    """Finds the commands that a text names, without what is given to them."""
    said = re.findall(r"(?:^|`|bin/|&& )whistle ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", text, re.M)
    return {words if words in COMMANDS else words.split()[0] for words in said}


def test_every_command_that_operators_are_told_is_one() -> None:
    assert commands_in(PAGE) - COMMANDS == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_starts_a_command_with_settings_that_there_are(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    known = {f"WHISTLE_{name.upper()}" for name in Settings.model_fields}
    named = {name.removesuffix("_FILE") for name in re.findall(r"WHISTLE_[A-Z0-9_]+", text)}
    started = commands_in(re.search(r"^ExecStart=(.*)$", text, re.M).group(1).replace('"', " "))  # type: ignore[union-attr]

    assert named <= known
    assert started <= COMMANDS
    assert {"NoNewPrivileges", "ProtectSystem", "PrivateTmp", "UMask"} <= options(text)


def options(text: str) -> set[str]:
    """Lists the options of a unit's service."""
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return set(parser["Service"])


def test_every_alert_is_explained_and_nothing_else_is() -> None:
    rules = yaml.safe_load((OPERATE / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    explained = re.findall(r"^\| (Whistle[A-Za-z]+) \|", PAGE, re.M)
    assert [rule["alert"] for rule in rules] == explained
    assert all({"severity"} == rule["labels"].keys() and rule["annotations"]["summary"] for rule in rules)


def test_the_board_of_grafana_is_whole() -> None:
    board = json.loads((OPERATE / "grafana-whistle.json").read_text(encoding="utf-8"))
    numbers = [panel["id"] for panel in board["panels"]]
    assert len(set(numbers)) == len(numbers)
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


def test_every_service_of_the_compose_file_runs_a_command() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    told = {str(one["command"]) for one in services.values() if str(one.get("command", "")).startswith("whistle ")}
    assert {line.split()[1] for line in told} >= {"migrate", "web", "bot", "schedule", "worker", "gateway"}
    assert set().union(*(commands_in(line) for line in told)) <= COMMANDS


def test_the_page_is_two_screens() -> None:
    assert len(PAGE.splitlines()) <= 130
