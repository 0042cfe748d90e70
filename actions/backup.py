"""One file that holds an installation: its database, its pictures, and a page that tells what must be in it."""

import asyncio
import hashlib
import json
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

from actions.ports import PhotoStore
from models.store import backing, schema
from models.store.backing import BackupError as BackupError
from models.store.moving import Moved as Moved

PAGE: Final = "manifest.json"
FORM: Final = 1
DATABASE: Final = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
PICTURES: Final = "photos/"
CHUNK: Final = 1 << 20
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. `photos` says where pictures are that it does not hold, and is empty when it does."""

    made_at: str
    engine: str
    revision: str
    tables: tuple[Moved, ...]
    files: dict[str, str]
    photos: str

    @property
    def n_pictures(self) -> int:
        """Counts the pictures in it."""
        return sum(name.startswith(PICTURES) for name in self.files)


def back_up(url: str, target: Path, *, photos: Path | str, with_photos: bool, now: datetime, told: Told) -> Contents:
    """Writes a backup while the service works; `photos` is the folder of the pictures, or where else they are.

    The database is copied before the pictures, so that every picture that it names is there. Raises `BackupError`.
    """
    if target.exists():
        raise BackupError(f"{target} is there already; give another name")
    revision = schema.revision_of(url)
    if revision is None:
        raise BackupError("there is nothing to back up: the database was never migrated")
    engine, files = backing.engine_of(url), dict[str, str]()
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup") as room:
        copy = Path(room) / DATABASE[engine]
        told("database")
        tables = asyncio.run(backing.save(url, copy))
        part.touch(mode=0o600)
        with tarfile.open(part, "w:gz", compresslevel=1) as archive:
            _add(archive, files, copy, copy.name)
            within = isinstance(photos, Path) and with_photos
            if isinstance(photos, Path) and within:
                for path in sorted(p for p in photos.rglob("*") if p.is_file()):
                    told(path.name)
                    _add(archive, files, path, PICTURES + path.relative_to(photos).as_posix())
            found = Contents(now.isoformat(), engine, revision, tuple(tables), files, "" if within else str(photos))
            _write_page(archive, found)
    part.replace(target)
    return found


def look_into(source: Path, told: Told = lambda _: None) -> Contents:
    """Reads a backup from end to end and checks every file in it; raises `BackupError` for one that is damaged."""
    sums: dict[str, str] = {}
    page: dict[str, Any] | None = None
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is None:
                    raise BackupError(f"{source.name} is no backup: {member.name} is no file")
                told(member.name)
                if member.name == PAGE:
                    page = json.load(content)
                else:
                    sums[member.name] = hashlib.file_digest(cast("BytesIO", content), "sha256").hexdigest()
    except (tarfile.TarError, OSError, EOFError, ValueError) as fault:
        raise BackupError(f"{source} cannot be read ({type(fault).__name__}: {fault})") from fault
    if page is None or page.get("form") != FORM:
        raise BackupError(f"{source.name} is no whole backup of Whistle")
    if sums != page["files"]:
        wrong = sorted(name for name in sums.keys() | page["files"].keys() if sums.get(name) != page["files"].get(name))
        raise BackupError(f"{source.name} is damaged: {wrong[0]} is not what was written")
    tables = tuple(Moved(**table) for table in page["tables"])
    return Contents(page["made_at"], page["engine"], page["revision"], tables, page["files"], page["photos"])


def put_back(
    url: str, source: Path, *, photos: PhotoStore, force: bool, now: datetime, told: Told = lambda _: None
) -> Contents:
    """Puts a backup in the place of the installation, and compares every table with what was saved.

    Raises `BackupError`: for a damaged file, another kind of database, a schema newer than this code, a service at
    work, and for living data unless `force` is given.
    """
    found = look_into(source, told)
    _check(url, found, force=force, now=now)
    with (
        tempfile.TemporaryDirectory(dir=source.parent, prefix=".restore") as room,
        tarfile.open(source) as archive,
        asyncio.Runner() as loop,
    ):
        copy = Path(room) / DATABASE[found.engine]
        for member in archive:
            content = archive.extractfile(member)
            assert content is not None
            told(member.name)
            if member.name == copy.name:
                with copy.open("wb") as written:
                    while chunk := content.read(CHUNK):
                        written.write(chunk)
                _compare(found.tables, loop.run(backing.restore(url, copy)))
            elif member.name.startswith(PICTURES):
                loop.run(photos.put(member.name.removeprefix(PICTURES), content.read()))
    schema.upgrade(url)
    return found


def _check(url: str, found: Contents, *, force: bool, now: datetime) -> None:
    engine = backing.engine_of(url)
    if engine != found.engine:
        raise BackupError(
            f"the backup is of {found.engine} and WHISTLE_DATABASE_URL names {engine}: restore it there; "
            "`whistle migrate-data` moves it afterwards"
        )
    if found.revision > schema.head():
        raise BackupError(
            f"the backup has the schema {found.revision}, this code knows {schema.head()}: update the code"
        )
    owner = backing.holder(url, now)
    if owner is not None:
        raise BackupError(f"the service works on that database ({owner}): end it, wait ten seconds and come again")
    living = backing.living(url)
    if living and not force:
        raise BackupError(f"that database is in use ({', '.join(living)} hold rows): --force replaces what is there")


def _compare(saved: tuple[Moved, ...], there: list[Moved]) -> None:
    if list(saved) != there:
        wrong = sorted({one.table for one in {*saved} ^ {*there}})
        raise BackupError(f"what was put back differs from what was saved in {', '.join(wrong)}")


def _add(archive: tarfile.TarFile, files: dict[str, str], path: Path, name: str) -> None:
    with path.open("rb") as content:
        files[name] = hashlib.file_digest(content, "sha256").hexdigest()
    archive.add(path, arcname=name, recursive=False)


def _write_page(archive: tarfile.TarFile, found: Contents) -> None:
    body = json.dumps({"form": FORM, **asdict(found)}, ensure_ascii=False, indent=1).encode()
    member = tarfile.TarInfo(PAGE)
    member.size = len(body)
    archive.addfile(member, BytesIO(body))
