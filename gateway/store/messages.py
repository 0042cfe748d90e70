"""What was said in a chat, in what order, and what has a phone not seen yet?

A message's `body` uses the field names of the Bot API; `phone_only` holds what bots never get.
Every change of a chat is also an event with a rising `seq`, which is all a phone has to ask for.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from gateway.store.database import Database, Tx

# A phone that was away for longer than this many events reloads the history instead.
KEPT_EVENTS = 2_000
_PRUNE_EVERY = 256


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a private chat as it is stored."""

    person_id: int
    message_id: int
    seq: int
    from_bot: bool
    sent_at: int
    edited_at: int | None
    client_id: str | None
    body: dict[str, Any]
    phone_only: dict[str, Any]


_COLUMNS = "m.person_id, m.message_id, m.seq, m.from_bot, m.sent_at, m.edited_at, m.client_id, m.body, m.phone_only"


def add(
    tx: Tx,
    person_id: int,
    *,
    from_bot: bool,
    now: int,
    body: dict[str, Any],
    phone_only: dict[str, Any] | None = None,
    client_id: str | None = None,
) -> Message:
    """Appends a message to the chat of an existing person."""
    seq, message_id = tx.execute(
        "UPDATE person SET last_seq = last_seq + 1, last_message_id = last_message_id + 1"
        " WHERE person_id = ? RETURNING last_seq, last_message_id",
        (person_id,),
    ).fetchone()
    tx.execute(
        "INSERT INTO message (person_id, message_id, seq, from_bot, sent_at, client_id, body, phone_only)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            person_id,
            message_id,
            seq,
            from_bot,
            now,
            client_id,
            _dump(body),
            _dump(phone_only) if phone_only else None,
        ),
    )
    _add_event(tx, person_id, seq, "message", message_id)
    return Message(person_id, message_id, seq, from_bot, now, None, client_id, body, phone_only or {})


def edit(
    tx: Tx, message: Message, *, now: int, body: dict[str, Any], phone_only: dict[str, Any], mark: bool
) -> Message:
    """Replaces a message's content; `mark` sets the edit date, which a mere change of buttons does not."""
    seq = _next_seq(tx, message.person_id)
    edited_at = now if mark else message.edited_at
    tx.execute(
        "UPDATE message SET seq = ?, edited_at = ?, body = ?, phone_only = ? WHERE person_id = ? AND message_id = ?",
        (
            seq,
            edited_at,
            _dump(body),
            _dump(phone_only) if phone_only else None,
            message.person_id,
            message.message_id,
        ),
    )
    _add_event(tx, message.person_id, seq, "edited", message.message_id)
    return Message(
        message.person_id,
        message.message_id,
        seq,
        message.from_bot,
        message.sent_at,
        edited_at,
        message.client_id,
        body,
        phone_only,
    )


def delete(tx: Tx, person_id: int, message_id: int) -> None:
    """Empties a message and marks it deleted; its number is never used again."""
    seq = _next_seq(tx, person_id)
    tx.execute(
        "UPDATE message SET deleted = 1, seq = ?, body = '{}', phone_only = NULL"
        " WHERE person_id = ? AND message_id = ?",
        (seq, person_id, message_id),
    )
    _add_event(tx, person_id, seq, "deleted", message_id)


def add_event(tx: Tx, person_id: int, kind: str, body: dict[str, Any]) -> int:
    """Tells the phone something that is not a message; returns its seq."""
    seq = _next_seq(tx, person_id)
    _add_event(tx, person_id, seq, kind, None, body)
    return seq


def get(source: Database | Tx, person_id: int, message_id: int) -> Message | None:
    """Finds a message that is not deleted."""
    execute = source.reader.execute if isinstance(source, Database) else source.execute
    if not 0 < message_id < 2**63:
        return None
    row = execute(
        f"SELECT {_COLUMNS} FROM message m WHERE person_id = ? AND message_id = ? AND deleted = 0",
        (person_id, message_id),
    ).fetchone()
    return _message(row) if row is not None else None


def history(database: Database, person_id: int, before: int | None, limit: int) -> tuple[list[Message], bool]:
    """Reads up to `limit` messages older than `before`, oldest first, and whether there are more."""
    rows = database.reader.execute(
        f"SELECT {_COLUMNS} FROM message m WHERE person_id = ? AND message_id < ? AND deleted = 0"
        " ORDER BY message_id DESC LIMIT ?",
        (person_id, before if before is not None else 2**62, limit + 1),
    ).fetchall()
    return [_message(row) for row in reversed(rows[:limit])], len(rows) > limit


def unread(database: Database, person_id: int, read_message_id: int) -> int:
    """Counts the bot's messages above the read mark."""
    row = database.reader.execute(
        "SELECT count(*) FROM message WHERE person_id = ? AND message_id > ? AND from_bot = 1 AND deleted = 0",
        (person_id, read_message_id),
    ).fetchone()
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Event:
    """One line of what a phone has to learn; `message` is the message as it is now."""

    seq: int
    type: str
    message_id: int | None
    body: dict[str, Any]
    message: Message | None


def events_after(database: Database, person_id: int, after: int, limit: int = 200) -> list[Event]:
    """Reads the events above `after` in order; one of a message that is gone meanwhile says "deleted"."""
    rows = database.reader.execute(
        "SELECT e.seq AS event_seq, e.type, e.message_id AS about, e.body AS event_body, m.deleted,"
        f" {_COLUMNS}"
        " FROM event e LEFT JOIN message m ON m.person_id = e.person_id AND m.message_id = e.message_id"
        " WHERE e.person_id = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
        (person_id, after, limit),
    ).fetchall()
    return [_event(row) for row in rows]


def oldest_event(database: Database, person_id: int) -> int | None:
    """Tells from which seq on the events are still kept."""
    row = database.reader.execute("SELECT min(seq) FROM event WHERE person_id = ?", (person_id,)).fetchone()
    return int(row[0]) if row[0] is not None else None


def _next_seq(tx: Tx, person_id: int) -> int:
    row = tx.execute(
        "UPDATE person SET last_seq = last_seq + 1 WHERE person_id = ? RETURNING last_seq", (person_id,)
    ).fetchone()
    return int(row[0])


def _add_event(
    tx: Tx, person_id: int, seq: int, kind: str, message_id: int | None, body: dict[str, Any] | None = None
) -> None:
    tx.execute(
        "INSERT INTO event (person_id, seq, type, message_id, body) VALUES (?, ?, ?, ?, ?)",
        (person_id, seq, kind, message_id, _dump(body) if body else None),
    )
    if seq % _PRUNE_EVERY == 0:
        tx.execute("DELETE FROM event WHERE person_id = ? AND seq <= ?", (person_id, seq - KEPT_EVENTS))
    tx.wake(("phone", person_id))


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _message(row: sqlite3.Row) -> Message:
    return Message(
        row["person_id"],
        row["message_id"],
        row["seq"],
        bool(row["from_bot"]),
        row["sent_at"],
        row["edited_at"],
        row["client_id"],
        json.loads(row["body"]),
        json.loads(row["phone_only"]) if row["phone_only"] else {},
    )


def _event(row: sqlite3.Row) -> Event:
    return Event(
        row["event_seq"],
        "deleted" if row["deleted"] else row["type"],
        row["about"],
        json.loads(row["event_body"]) if row["event_body"] else {},
        _message(row) if row["message_id"] is not None and not row["deleted"] else None,
    )
