"""The operator gives a person their data, erases a person, and lets go of what is old."""

import zipfile

from tests.cli.conftest import Desk


def test_what_would_be_let_go_of_is_only_counted(desk: Desk) -> None:
    said = desk("retain", "--dry-run")

    assert "would be let go of" in said
    assert "void_photos" in said
    assert "left_people" in desk("retain")


def test_a_person_is_exported_into_a_file_of_the_operators_own(desk: Desk) -> None:
    path = desk.data / "li.zip"
    assert "readable by you only" in desk("person", "export", "li", "--out", str(path))

    assert path.stat().st_mode & 0o777 == 0o600
    assert "李建国" in zipfile.ZipFile(path).read("data.json").decode()
    assert "exists already" in desk("person", "export", "li", "--out", str(path), code=1)
    assert "there is no person 'nobody'" in desk("person", "export", "nobody", "--out", str(desk.data / "x"), code=1)


def test_a_person_is_erased_after_a_question(desk: Desk) -> None:
    desk("person", "erase", "li", typed="n\n", code=1)
    assert "李建国" in desk("roster", "list", "李建国")

    assert "nothing else is known of them" in desk("person", "erase", "li", "--yes")
    assert "Nobody fits" in desk("roster", "list", "李建国")
    assert "there is no person 'li'" in desk("person", "erase", "li", "--yes", code=1)
