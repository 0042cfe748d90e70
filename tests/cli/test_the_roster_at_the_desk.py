"""The operator brings people in, gives codes, and lets people leave."""

import csv
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Desk

HEADER = "person,name,language,role,area_code,unit_code,shift,invite_code,source,valid_from\n"
NEW = "mao,毛宁,zh_CN,grid_worker,120103009013,,A,,a test,2026-01-01\n"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Gives a place for a roster file."""
    return tmp_path / "roster.csv"


def test_a_dry_run_shows_what_would_change_and_changes_nothing(desk: Desk, roster: Path) -> None:
    roster.write_text(HEADER + NEW, encoding="utf-8")

    said = desk("import", "roster", str(roster), "--dry-run")

    assert "new: 1" in said
    assert "mao 毛宁: grid_worker 120103009013 A" in said
    assert "毛宁" not in desk("roster", "list")


def test_faults_are_named_by_line_and_nothing_changes(desk: Desk, roster: Path) -> None:
    bad = "niu,牛莉,zh_CN,king,120103009013,,A,,a test,2026-01-01\nqiu,邱岳,zh_CN,verifier,999,,A,,a test,2026-01-01\n"
    roster.write_text(HEADER + NEW + bad, encoding="utf-8")

    said = desk("import", "roster", str(roster), "--yes", code=1)

    assert "roster.csv:3: role is 'king'" in said
    assert "roster.csv:4: the area '999' is defined nowhere" in said
    assert "毛宁" not in desk("roster", "list")


def test_a_file_of_another_encoding_is_one_sentence(desk: Desk, roster: Path) -> None:
    roster.write_bytes((HEADER + NEW).encode("gb18030"))

    assert "the file is not UTF-8" in desk("import", "roster", str(roster), "--yes", code=1)


def test_codes_for_everybody_without_a_chat_land_in_a_file_of_the_owner(desk: Desk, roster: Path) -> None:
    roster.write_text(HEADER + NEW, encoding="utf-8")
    codes = roster.with_name("codes.csv")

    desk("import", "roster", str(roster), "--yes", "--codes", str(codes))

    with codes.open(encoding="utf-8-sig") as lines:
        (row,) = csv.DictReader(lines)
    assert row["person"] == "mao"
    assert len(row["invite_code"]) == 19
    assert stat.S_IMODE(codes.stat().st_mode) == 0o600
    assert "exists already" in desk("import", "roster", str(roster), "--codes", str(codes), code=1)


def test_a_fixed_code_is_refused_outside_demonstrations(desk: Desk, roster: Path) -> None:
    roster.write_text(HEADER + NEW.replace(",A,,", ",A,SECRET,"), encoding="utf-8")

    said = desk("import", "roster", str(roster), "--yes", code=1, WHISTLE_ENVIRONMENT="production")

    assert "invite_code must be empty outside demonstrations" in said


def test_a_complete_roster_ends_those_it_does_not_list(desk: Desk, roster: Path) -> None:
    roster.write_text(HEADER + NEW, encoding="utf-8")

    said = desk("import", "roster", str(roster), "--complete", "--yes")

    assert "leaving: 17" in said
    assert desk("roster", "list").count("zh_CN") == 1


def test_people_are_found_by_area_and_role(desk: Desk) -> None:
    found = desk("roster", "list", "--area", "120103013")

    assert "陈静" in found
    assert "李建国" not in found
    assert "李建国" in desk("roster", "list", "--area", "120103009", "--role", "grid_worker")
    assert "there is no role 'king'" in desk("roster", "list", "--role", "king", code=1)
    assert "Nobody fits" in desk("roster", "list", "nobody of this name")


def test_a_code_is_given_by_number_or_by_name(desk: Desk) -> None:
    assert "/start" in desk("roster", "code", "wang")
    assert "王敏" in desk("roster", "code", "王敏")
    assert "there is no person '王'" in desk("roster", "code", "王", code=1)


def test_who_leaves_holds_no_post_any_more(desk: Desk) -> None:
    said = desk("roster", "stop", "zhao", "--yes")

    assert "赵强: 1 posts and 0 chats ended" in said
    assert "邓涛" in desk("route", "try", "ponding", "120103009")
