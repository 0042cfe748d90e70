"""A backup is rehearsed: it is taken of a city at work, everything is lost, and everything is back, row by row."""

import asyncio
import shutil
import tarfile
import threading
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from models.store import schema
from tests.cli.conftest import Desk
from tests.clock import Clock
from tests.store.city_at_work import at_work, conserved


@pytest.fixture
def desk_at_work(empty: Desk, clock: Clock) -> Desk:
    """Gives an installation with three cases and a picture."""
    asyncio.run(at_work(empty.url, clock))
    (empty.data / "photos" / "2026").mkdir(parents=True)
    (empty.data / "photos" / "2026" / "a.jpg").write_bytes(b"a picture")
    return empty


def test_everything_is_back_after_everything_was_lost(desk_at_work: Desk, tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "backups" / "monday.tar.gz"
    said = desk_at_work("backup", str(file))
    assert "whistle keys" in said
    assert file.stat().st_mode & 0o077 == 0
    assert "The file is whole." in desk_at_work("restore", str(file), "--check")
    shutil.rmtree(desk_at_work.data)

    back = desk_at_work("restore", str(file))

    assert "Everything is back, each row the same." in back
    assert asyncio.run(conserved(desk_at_work.url, clock)) == 3
    assert (desk_at_work.data / "photos" / "2026" / "a.jpg").read_bytes() == b"a picture"
    asyncio.run(at_work(desk_at_work.url, clock))
    assert asyncio.run(conserved(desk_at_work.url, clock)) == 6


def test_living_data_is_replaced_only_by_force_and_stays_beside(
    desk_at_work: Desk, tmp_path: Path, clock: Clock
) -> None:
    file = tmp_path / "monday.tar.gz"
    desk_at_work("backup", str(file), "--no-photos")
    asyncio.run(at_work(desk_at_work.url, clock))

    assert "--force replaces" in desk_at_work("restore", str(file), code=1)
    assert asyncio.run(conserved(desk_at_work.url, clock)) == 6
    desk_at_work("restore", str(file), "--force")

    assert asyncio.run(conserved(desk_at_work.url, clock)) == 3
    assert len(list(desk_at_work.data.glob("whistle.sqlite3.replaced-*"))) == 1
    assert "there already" in desk_at_work("backup", str(file), code=1)


def test_a_backup_taken_while_reports_come_in_is_of_one_moment(desk_at_work: Desk, tmp_path: Path) -> None:
    stop = threading.Event()

    def crowd() -> None:
        while not stop.is_set():
            asyncio.run(at_work(desk_at_work.url, Clock()))

    filing = threading.Thread(target=crowd)
    filing.start()
    try:
        for n in range(3):
            desk_at_work("backup", str(tmp_path / f"{n}.tar.gz"))
    finally:
        stop.set()
        filing.join()
    for n in range(3):
        shutil.rmtree(desk_at_work.data)
        desk_at_work("restore", str(tmp_path / f"{n}.tar.gz"))
        assert asyncio.run(conserved(desk_at_work.url, Clock())) >= 3


def test_a_service_at_work_is_not_overwritten(desk_at_work: Desk, tmp_path: Path) -> None:
    file = tmp_path / "monday.tar.gz"
    desk_at_work("backup", str(file))

    def leads(connection: Connection) -> None:
        connection.execute(text("insert into lease values ('schedule', 'schedule@here:1', '2100-01-01 00:00:00')"))

    schema.on_connection(desk_at_work.url, leads)
    assert "schedule@here:1" in desk_at_work("restore", str(file), "--force", code=1)


def test_a_damaged_file_changes_nothing(desk_at_work: Desk, tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "monday.tar.gz"
    desk_at_work("backup", str(file))
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert "cannot be read" in desk_at_work("restore", str(file), "--force", code=1)

    with tarfile.open(file, "w:gz") as forged, tarfile.open(fileobj=BytesIO(whole)) as old:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            data = content.read()
            if member.name.endswith("a.jpg"):
                data = b"A" + data[1:]
            forged.addfile(member, BytesIO(data))
    assert "a.jpg is not what was written" in desk_at_work("restore", str(file), "--force", code=1)
    (tmp_path / "text").write_text("no backup", encoding="utf-8")
    assert "cannot be read" in desk_at_work("restore", str(tmp_path / "text"), code=1)
    assert asyncio.run(conserved(desk_at_work.url, clock)) == 3
