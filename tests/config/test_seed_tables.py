"""The tables are read with file and line, and whatever cannot be read is refused with both."""

import re
from pathlib import Path

import pytest

from config.seed.read import FOLDER, SeedFault, read


def test_a_row_knows_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "kinds.csv").write_text('code,label\n\na,"x\ny"\nb,z\n', encoding="utf-8-sig")
    first, second = read(tmp_path)["kinds"]
    assert (first.file, first.values) == ("kinds.csv", {"code": "a", "label": "x\ny"})
    assert second.line == 5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"code,label\na\n", "kinds.csv:2: the row has 1 cells, the header 2"),
        (b'code,label\na,"b\n', "kinds.csv:2: "),
        (b"code\n\xff\n", "kinds.csv:0: the file is not UTF-8"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "kinds.csv").write_bytes(content)
    with pytest.raises(SeedFault, match=re.escape(told)):
        read(tmp_path)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeedFault, match="the folder holds no table"):
        read(tmp_path)


def test_every_shipped_row_says_where_it_is_from_and_since_when() -> None:
    for name, rows in read().items():
        for row in rows:
            assert row.values["source"], f"{name}:{row.line}"
            assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.values["valid_from"]), f"{name}:{row.line}"


def test_the_folders_of_the_city_are_not_tables() -> None:
    assert not {"streets_codes", "geonames_places"} & read().keys()
    assert (FOLDER / "city").is_dir()
