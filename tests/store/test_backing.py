"""A city on PostgreSQL is backed up in one snapshot and comes back; without the client's programs that is said."""

import asyncio
import os
from pathlib import Path

import pytest

from actions.backup import BackupError, back_up, look_into, put_back
from actions.photos import open_photos
from tests.clock import MONDAY, Clock
from tests.store.city_at_work import at_work, conserved


def silent(_: str) -> None:
    """Hears what is being done."""


@pytest.fixture
def two_cities(postgres_url: str, empty_url: str) -> tuple[str, str]:
    """Gives a migrated PostgreSQL database and one without anything."""
    if empty_url.startswith("sqlite"):
        pytest.skip("two PostgreSQL databases")
    return postgres_url, empty_url


def test_a_city_on_postgres_is_dumped_and_comes_back(two_cities: tuple[str, str], tmp_path: Path, clock: Clock) -> None:
    url, empty_url = two_cities
    asyncio.run(at_work(url, clock))
    file = tmp_path / "city.tar.gz"
    saved = back_up(url, file, photos="s3://bucket/prefix", with_photos=True, now=MONDAY, told=silent)
    photos = open_photos(str(tmp_path / "photos"))

    assert saved.photos == "s3://bucket/prefix"
    assert look_into(file) == saved
    with pytest.raises(BackupError, match="--force"):
        put_back(url, file, photos=photos, force=False, now=MONDAY)
    assert put_back(empty_url, file, photos=photos, force=False, now=MONDAY) == saved
    assert asyncio.run(conserved(empty_url, clock)) == 3
    asyncio.run(at_work(empty_url, clock))
    assert put_back(empty_url, file, photos=photos, force=True, now=MONDAY) == saved
    assert asyncio.run(conserved(empty_url, clock)) == 3
    again = back_up(empty_url, tmp_path / "again.tar.gz", photos="", with_photos=False, now=MONDAY, told=silent)
    assert again.tables == saved.tables
    with pytest.raises(BackupError, match="is of postgresql"):
        put_back(f"sqlite+aiosqlite:///{tmp_path}/x.db", file, photos=photos, force=False, now=MONDAY)


def test_without_the_clients_programs_it_says_so(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(BackupError, match="pg_dump is missing"):
        back_up(postgres_url, tmp_path / "x.tar.gz", photos="", with_photos=False, now=MONDAY, told=silent)
