"""The operator signs, an auditor checks with a copy of the roots and the public key; every tampering is named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.cli.conftest import Desk, Prepare
from tests.cli.test_replaying import two_cases

FIRST, SECOND = "TJ-2026-000001", "TJ-2026-000002"


@pytest.fixture
def desk(prepared: Callable[[Prepare], Desk]) -> Desk:
    """Gives an installation with two cases, signed once."""
    made = prepared(two_cases)
    made("audit", "sign")
    return made


def tamper(desk: Desk, *statements: str) -> None:
    """Changes the database as its owner could."""
    with closing(sqlite3.connect(desk.data / "whistle.sqlite3")) as connection, connection:
        for statement in (
            "drop trigger case_event_no_update",
            "drop trigger case_event_no_delete",
            *statements,
        ):
            connection.execute(statement)


def test_an_untouched_city_has_no_doubt(desk: Desk) -> None:
    said = desk("audit", "verify")

    assert "✓ 1 roots and 2 cases looked at, 0 doubts" in said
    assert (desk.data / "audit" / "signing-key").stat().st_mode & 0o777 == 0o600


def test_an_auditor_checks_with_a_copy_and_the_public_key(desk: Desk) -> None:
    copy, key = desk.data / "copy.jsonl", desk.data / "key.pem"
    copy.write_text((desk.data / "audit" / "roots.jsonl").read_text())
    key.write_text(desk("audit", "key"))
    desk("audit", "sign")

    said = desk("audit", "verify", "--roots", str(copy), "--key", str(key), code=1)
    assert "root 2 is in the database and not in the file: the file is an older copy" in said
    assert "there is no" in desk("audit", "verify", "--roots", "nowhere", code=1)
    assert "holds no public key" in desk("audit", "verify", "--key", str(copy), code=1)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (
            [f"update case_event set channel = 'x' where case_no = '{SECOND}' and seq = 2"],
            [f"{SECOND}: the chain breaks at event 2: it is not what was written"],
        ),
        (
            [f"delete from case_event where case_no = '{SECOND}' and seq = 3"],
            [f"{SECOND}: the chain breaks at event 3: it is missing, though later ones are there"],
        ),
        (
            [
                f"update case_event set seq = 99 where case_no = '{SECOND}' and seq = 2",
                f"update case_event set seq = 2 where case_no = '{SECOND}' and seq = 3",
                f"update case_event set seq = 3 where case_no = '{SECOND}' and seq = 99",
            ],
            [f"{SECOND}: the chain breaks at event 2: it does not follow the event before it"],
        ),
        (
            [f"delete from case_event where case_no = '{SECOND}' and seq > 4"],
            [
                f"{SECOND}: event 6 is gone; it was there when root 1 was signed",
                f"{SECOND}: the chain breaks at event 5: it and what came after it were cut off",
            ],
        ),
        (
            [f"delete from {table} where case_no = '{SECOND}'" for table in ("timer", "case_event", "cases")],
            [f"{SECOND}: the whole case is gone; it had 6 events when root 1 was signed"],
        ),
    ],
)
def test_every_tampering_is_named(desk: Desk, statements: list[str], said: list[str]) -> None:
    tamper(desk, *statements)

    found = desk("audit", "verify", code=1)
    assert [sentence for sentence in said if sentence not in found] == []


def test_replaying_all_names_the_first_bad_event_too(desk: Desk) -> None:
    tamper(desk, f"update case_event set data = replace(data, 'ponding', 'gas') where case_no = '{FIRST}'")

    said = desk("replay", "--check", code=1)
    assert f"{FIRST}: the chain breaks at event 1: it is not what was written" in said


def test_the_doctor_compares_the_file_of_roots_with_the_database(desk: Desk) -> None:
    path = desk.data / "audit" / "roots.jsonl"
    assert "signed roots 1 in" in desk("doctor", code=1)

    path.write_text(path.read_text().replace('"cases":2', '"cases":1'))
    assert "✗ signed roots root 1 of" in desk("doctor", code=1)
