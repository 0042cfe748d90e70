"""Who has signed in from a phone? A person here is only a chat: who it really is, the bot decides."""

import hashlib
import hmac
import secrets
import sqlite3
from dataclasses import dataclass

from gateway.store.database import Database, Tx


@dataclass(frozen=True, slots=True)
class Person:
    """One signed-in phone user; the id is also the id of the private chat with the bot."""

    person_id: int
    bot_id: int
    first_name: str
    language: str
    blocked: bool
    last_seq: int
    read_message_id: int


_COLUMNS = "person_id, bot_id, first_name, language, blocked, last_seq, read_message_id"


def new_token(key: bytes, sign_in_id: str | None) -> str:
    """Makes a device token.

    The same sign_in_id gives the same token, so a phone whose first answer was lost on the way gets
    its sign-in again instead of a second person (its one-time invite code would be used up).
    """
    if sign_in_id is None:
        return secrets.token_urlsafe(32)
    return hmac.new(key, sign_in_id.encode(), hashlib.sha256).hexdigest()


def sign_in(
    tx: Tx,
    *,
    bot_id: int,
    token: str,
    first_name: str | None,
    language: str,
    now: int,
) -> tuple[Person, bool]:
    """Creates a person; returns it and whether it is new. A nameless one is called by its number."""
    known = tx.execute(f"SELECT {_COLUMNS} FROM person WHERE token_hash = ?", (_hash(token),)).fetchone()
    if known is not None:
        return _person(known), False
    row = tx.execute(
        "INSERT INTO person (bot_id, first_name, language, token_hash, created_at)"
        f" VALUES (?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
        (bot_id, first_name or "", language, _hash(token), now),
    ).fetchone()
    if first_name is None:
        row = tx.execute(
            f"UPDATE person SET first_name = person_id WHERE person_id = ? RETURNING {_COLUMNS}",
            (row["person_id"],),
        ).fetchone()
    return _person(row), True


def by_token(database: Database, token: str) -> Person | None:
    """Finds who holds a device token; only its hash is stored."""
    row = database.reader.execute(f"SELECT {_COLUMNS} FROM person WHERE token_hash = ?", (_hash(token),)).fetchone()
    return _person(row) if row is not None else None


def by_id(source: Database | Tx, person_id: int) -> Person | None:
    """Finds a person by the id, inside a change or outside."""
    sql = f"SELECT {_COLUMNS} FROM person WHERE person_id = ?"
    execute = source.reader.execute if isinstance(source, Database) else source.execute
    row = execute(sql, (person_id,)).fetchone() if -(2**63) <= person_id < 2**63 else None
    return _person(row) if row is not None else None


def set_blocked(tx: Tx, person_id: int, blocked: bool) -> bool:
    """Blocks or unblocks the bot for a person; returns False when it was so already."""
    changed = tx.execute(
        "UPDATE person SET blocked = ? WHERE person_id = ? AND blocked <> ?", (blocked, person_id, blocked)
    )
    return changed.rowcount == 1


def mark_read(tx: Tx, person_id: int, message_id: int) -> bool:
    """Moves the read mark forward; it never goes back. Returns whether it moved."""
    moved = tx.execute(
        "UPDATE person SET read_message_id = ? WHERE person_id = ? AND read_message_id < ? AND last_message_id >= ?",
        (message_id, person_id, message_id, message_id),
    )
    return moved.rowcount == 1


def accepted_answer(tx: Tx, person_id: int, client_id: str) -> str | None:
    """Reads what was answered when the phone sent this client_id before."""
    row = tx.execute(
        "SELECT answer FROM accepted WHERE person_id = ? AND client_id = ?", (person_id, client_id)
    ).fetchone()
    return row[0] if row is not None else None


def remember_answer(tx: Tx, person_id: int, client_id: str, answer: str) -> None:
    """Stores the answer to a client_id in the same change as its effect."""
    tx.execute("INSERT INTO accepted VALUES (?, ?, ?)", (person_id, client_id, answer))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _person(row: sqlite3.Row) -> Person:
    return Person(
        person_id=row["person_id"],
        bot_id=row["bot_id"],
        first_name=row["first_name"],
        language=row["language"],
        blocked=bool(row["blocked"]),
        last_seq=row["last_seq"],
        read_message_id=row["read_message_id"],
    )
