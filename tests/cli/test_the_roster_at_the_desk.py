"""The operator brings people in, gives codes, and lets people leave."""

import csv
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from actions import bindings, people
from actions.ports import Deps
from actions.roster import find
from tests.cli.conftest import Desk, Prepare

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


def test_a_workbook_with_the_citys_own_headings_and_role_names_is_read(desk: Desk, roster: Path) -> None:
    book = roster.with_suffix(".xlsx")
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(
            (
                ("工号", "姓名", "手机号", "角色", "网格编码", "班次"),
                (10001, "毛宁", 13900000001, "网格员", 120103009013, "A角"),
                (),
                (10002, "牛莉", None, "网格长", 120103009013, "B"),
            )
        ):
            sheet.write_row(at, 0, row)

    refused = desk("import", "roster", str(book), "--yes", code=1)
    assert "roster.xlsx:4: role is '网格长'" in refused

    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ("工号", "姓名", "手机号", "角色", "网格编码", "班次"))
        sheet.write_row(1, 0, (10001, "毛宁", 13900000001, "网格员", 120103009013, "A角"))
    desk("import", "roster", str(book), "--yes")
    said = desk("roster", "list", "毛宁")
    assert "10001" in said
    assert "光明里社区" in said


def test_a_file_that_is_no_workbook_is_one_sentence(desk: Desk, roster: Path) -> None:
    book = roster.with_suffix(".xlsx")
    book.write_bytes(b"not a workbook")

    assert "the workbook cannot be read" in desk("import", "roster", str(book), "--yes", code=1)


def test_cards_are_printed_for_who_has_no_chat_and_read_by_their_owner_only(desk: Desk, tmp_path: Path) -> None:
    pdf = tmp_path / "cards.pdf"
    said = desk("roster", "cards", str(pdf), "--role", "street_supervisor", "--yes")

    assert "3 cards are in" in said
    assert pdf.read_bytes().startswith(b"%PDF")
    assert stat.S_IMODE(pdf.stat().st_mode) == 0o600
    assert "exists already" in desk("roster", "cards", str(pdf), "--yes", code=1)
    assert "Everybody has a chat" in desk("roster", "cards", str(tmp_path / "x.pdf"), "--area", "120103013001", "--yes")


def test_cards_for_telegram_need_to_know_the_bot(desk: Desk, tmp_path: Path) -> None:
    said = desk(
        "roster",
        "cards",
        str(tmp_path / "cards.pdf"),
        "--yes",
        code=1,
        WHISTLE_CHANNEL="telegram",
        WHISTLE_BOT_TOKEN="1:x",
    )

    assert "--link" in said


def test_somebody_moves_and_swaps_and_is_away_by_command(desk: Desk) -> None:
    moved = desk("roster", "transfer", "lin", "120103013001", "--yes")
    assert "begun: grid_worker 120103013001 A" in moved
    assert "no role" in desk("roster", "transfer", "lin", "120103013001", "--role", "king", "--yes", code=1)
    swapped = desk("roster", "swap", "zhao", "deng")
    assert "responsible_unit 120103 DR-120103 B" in swapped
    day = datetime.now(UTC).date() + timedelta(days=2)
    away = desk("roster", "absent", "zhao", "--from", day.isoformat(), "--to", day.isoformat())
    assert "is away from" in away
    assert "1 absences ended" in desk("roster", "back", "zhao")
    assert "is not away" in desk("roster", "back", "zhao")


def test_the_first_admin_is_confirmed_by_command(prepared: Callable[[Prepare], Desk]) -> None:
    async def asked(deps: Deps) -> None:
        strict = replace(deps, confirm_bindings=True)
        for chat_id, named in ((900, "admin"), (901, "qian")):
            person = await find(strict, named)
            code = await people.issue_code(strict, person.person_id)
            assert isinstance(await bindings.start(strict, "gateway", chat_id, code), bindings.Pending)

    desk = prepared(asked)
    assert "admin" in desk("roster", "waiting")
    assert "is confirmed" in desk("roster", "confirm", "admin")
    assert "is refused" in desk("roster", "refuse", "qian")
    assert "waits" in desk("roster", "confirm", "admin", code=1)
    assert desk("roster", "waiting").strip() == "Nobody waits."
