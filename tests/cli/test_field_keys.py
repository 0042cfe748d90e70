"""The operator changes the keys that seal names; a wrong or missing one is said in one sentence."""

import sqlite3
from contextlib import closing

from models.tables.keyring import draw, written
from tests.cli.conftest import Desk


def names(desk: Desk) -> list[str]:
    """Reads the names as they are stored."""
    with closing(sqlite3.connect(desk.data / "whistle.sqlite3")) as connection:
        return [row[0] for row in connection.execute("select name from person")]


def test_a_city_seals_its_names_with_a_key_that_only_its_owner_can_read(desk: Desk) -> None:
    path = desk.data / "field-keys"

    assert path.stat().st_mode & 0o777 == 0o600
    assert all(name.startswith("s1.") for name in names(desk))
    assert "李建国" in desk("roster", "list", "李建国")
    assert "drawn by this installation" in desk("doctor", code=0)


def test_a_new_key_is_drawn_everything_sealed_anew_and_the_old_one_forgotten(desk: Desk) -> None:
    before = names(desk)

    said = desk("keys", "rotate", "--draw")
    assert "of person.name" in said
    assert "nothing was left to do" in desk("keys", "rotate")
    assert "1 keys were forgotten" in desk("keys", "forget")

    assert not {name[:11] for name in before} & {name[:11] for name in names(desk)}
    assert "李建国" in desk("roster", "list", "李建国")


def test_keys_of_the_environment_are_changed_there(desk: Desk) -> None:
    drawn = (desk.data / "field-keys").read_text().strip()
    fresh = desk("keys", "new").strip()
    both = f"{fresh},{drawn}"

    assert "of person.name" in desk("keys", "rotate", WHISTLE_FIELD_KEYS=both)
    assert "李建国" in desk("roster", "list", WHISTLE_FIELD_KEYS=fresh)
    assert "change them there" in desk("keys", "rotate", "--draw", WHISTLE_FIELD_KEYS=both, code=1)


def test_a_wrong_key_is_one_sentence_for_every_command_and_for_the_doctor(desk: Desk) -> None:
    wrong = written(draw())

    said = desk("roster", "list", WHISTLE_FIELD_KEYS=wrong, code=1)
    assert "which is not here: give it in WHISTLE_FIELD_KEYS" in said
    assert "Traceback" not in said
    said = desk("doctor", WHISTLE_FIELD_KEYS=wrong, code=1)
    assert "✗ field keys" in said
    assert "after the newest, in WHISTLE_FIELD_KEYS" in said
    said = desk("doctor", WHISTLE_FIELD_KEYS="nonsense", code=1)
    assert "field key 1 has" in said or "is not base64" in said


def test_a_lost_key_file_is_said_by_the_doctor_and_none_is_drawn_in_its_place(desk: Desk) -> None:
    (desk.data / "field-keys").unlink()

    assert "put it back, or give its keys in WHISTLE_FIELD_KEYS" in desk("doctor", code=1)
    assert not (desk.data / "field-keys").exists()


def test_a_key_file_that_others_can_read_is_a_fault(desk: Desk) -> None:
    (desk.data / "field-keys").chmod(0o644)

    assert "can be read by others" in desk("doctor", code=1)
