"""A city brings its own boundaries: what changes is shown first, faults stop the import, a repeat changes nothing."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Desk, Prepare
from tests.cli.small_folder import write_city
from tests.fakes.small_city import EAST, HIGH, LOW, MIDDLE, NEIGHBOUR, STREET, WEST
from tests.make import filed


def test_a_city_comes_in_with_its_units_and_rules(empty: Desk, city_folder: Path) -> None:
    said = empty("import", "city", str(city_folder), "--yes")

    assert "is in force, with 8 areas" in said
    assert "the routing rules of the seed came in" in said


def test_a_repeated_import_says_that_nothing_changes(desk: Desk, city_folder: Path) -> None:
    said = desk("import", "city", str(city_folder))

    assert "in force already; nothing changes" in said
    assert "routing rules were there already and stay" in said


def test_new_boundaries_are_compared_before_they_come_into_force(desk: Desk, tmp_path: Path) -> None:
    further = MIDDLE + 0.005
    names = {NEIGHBOUR: "新梅江街道"}
    boxes = {STREET: (WEST, LOW, further, HIGH), NEIGHBOUR: (further, LOW, EAST, HIGH)}
    folder = write_city(tmp_path / "new", names=names, boxes=boxes)

    said = desk("import", "boundaries", str(folder), "--dry-run")

    assert f"{NEIGHBOUR} 梅江街道 → 新梅江街道" in said
    assert "moved: 2" in said
    assert "梅江街道" in desk("where", "39.09", str(MIDDLE + 0.001))


def test_open_cases_that_would_lie_elsewhere_are_listed(prepared: Callable[[Prepare], Desk], tmp_path: Path) -> None:
    border = WEST + 0.005
    boxes = {STREET: (WEST, LOW, border, HIGH), NEIGHBOUR: (border, LOW, EAST, HIGH)}
    desk = prepared(filed)

    said = desk("import", "boundaries", str(write_city(tmp_path / "new", boxes=boxes)), "--dry-run")

    assert "open cases that lie in another street now, and stay where they are: 1\n  TJ-2026-000001" in said


def test_an_import_that_is_not_agreed_to_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "new", names={NEIGHBOUR: "新梅江街道"})

    desk("import", "boundaries", str(folder), typed="n\n", code=1)

    assert "新梅江街道" not in desk("where", "39.09", "117.23")


def test_boundaries_with_faults_come_in_only_on_purpose(desk: Desk, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "new", boxes={STREET: (WEST, LOW, MIDDLE + 0.005, HIGH)})

    refused = desk("import", "boundaries", str(folder), "--yes", code=1)
    taken = desk("import", "boundaries", str(folder), "--yes", "--anyway")

    assert "overlaps over 100 m²: 1" in refused
    assert "mend them, or say --anyway" in refused
    assert "is in force, with 8 areas" in taken


def test_a_folder_without_a_description_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    said = desk("import", "city", str(tmp_path), code=1)

    assert said.startswith("✗ city.toml: ")
    assert said.count("\n") == 1
