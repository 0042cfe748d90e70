"""Where are the bytes of photos and documents, and who may see them? Bytes are kept once, by content."""

import hashlib
import os
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from gateway.store.database import Database, Tx


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file under the id a bot knows it by; `picture` joins the sizes of one photo."""

    file_id: str
    unique_id: str
    kind: str
    picture: str | None
    sha256: str
    name: str
    mime: str
    size: int
    width: int | None
    height: int | None
    path: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is known of a file before it has an id."""

    kind: str
    sha256: str
    name: str
    mime: str
    size: int
    picture: str | None = None
    width: int | None = None
    height: int | None = None


_COLUMNS = "file_id, unique_id, kind, picture, sha256, name, mime, size, width, height, path"
_SUFFIX = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}


class Blobs:
    """Keeps bytes in a folder under their SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, sha256: str) -> Path:
        """Tells where the bytes with this hash lie."""
        return self._folder / sha256[:2] / sha256

    def keep(self, content: bytes) -> str:
        """Writes the bytes to the disk for good and returns their hash; blocks, so call it in a thread."""
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path_of(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f"{sha256}.{secrets.token_hex(4)}")
        with draft.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sha256


def add(tx: Tx, new: NewFile) -> StoredFile:
    """Gives a file its ids; the same content under the same kind and name gets the same ids again."""
    known = tx.execute(
        f"SELECT {_COLUMNS} FROM file WHERE sha256 = ? AND kind = ? AND name = ?",
        (new.sha256, new.kind, new.name),
    ).fetchone()
    if known is not None:
        return _file(known)
    prefix = "AgAC" if new.kind == "photo" else "BQAC"
    file_no = tx.execute("SELECT coalesce(max(file_no), 0) + 1 FROM file").fetchone()[0]
    suffix = _SUFFIX.get(new.mime) or Path(new.name).suffix[:12]
    stored = StoredFile(
        file_id=prefix + secrets.token_urlsafe(36),
        unique_id="AQAD" + new.sha256[:16],
        kind=new.kind,
        picture=new.picture,
        sha256=new.sha256,
        name=new.name,
        mime=new.mime,
        size=new.size,
        width=new.width,
        height=new.height,
        path=f"{new.kind}s/file_{file_no}{suffix if suffix.isascii() else ''}",
    )
    tx.execute(
        f"INSERT INTO file (file_no, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            file_no,
            stored.file_id,
            stored.unique_id,
            stored.kind,
            stored.picture,
            stored.sha256,
            stored.name,
            stored.mime,
            stored.size,
            stored.width,
            stored.height,
            stored.path,
        ),
    )
    return stored


def by_id(database: Database, file_id: str) -> StoredFile | None:
    """Finds a file by the id that a bot or a phone was given."""
    return _one(database, "file_id = ?", file_id)


def by_path(database: Database, path: str) -> StoredFile | None:
    """Finds a file by the path that getFile answered."""
    return _one(database, "path = ?", path)


def sizes_of(database: Database, picture: str) -> list[StoredFile]:
    """Reads all sizes of one photo, the smallest first."""
    rows = database.reader.execute(
        f"SELECT {_COLUMNS} FROM file WHERE picture = ? ORDER BY width * height, file_no", (picture,)
    ).fetchall()
    return [_file(row) for row in rows]


def show_in_chat(tx: Tx, person_id: int, file_ids: list[str]) -> None:
    """Lets the phones of this chat fetch the files."""
    for file_id in file_ids:
        tx.execute("INSERT OR IGNORE INTO file_in_chat VALUES (?, ?)", (person_id, file_id))


def is_shown_in(database: Database, person_id: int, file_id: str) -> bool:
    """Tells whether the file occurs in the person's chat."""
    row = database.reader.execute(
        "SELECT 1 FROM file_in_chat WHERE person_id = ? AND file_id = ?", (person_id, file_id)
    ).fetchone()
    return row is not None


def _one(database: Database, condition: str, value: str) -> StoredFile | None:
    row = database.reader.execute(f"SELECT {_COLUMNS} FROM file WHERE {condition}", (value,)).fetchone()
    return _file(row) if row is not None else None


def _file(row: sqlite3.Row) -> StoredFile:
    return StoredFile(*row)
