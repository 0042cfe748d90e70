"""Which updates has a bot not taken yet? They stay until it confirms them or they are too old."""

import json
from dataclasses import dataclass
from typing import Any

from gateway.store.bots import EVERY_UPDATE
from gateway.store.database import Database, Tx

# A message waits a day for its bot, a button press 150 s (tdlib/telegram-bot-api Client.cpp).
KEPT_FOR_S = {"callback_query": 150}
KEPT_FOR_DEFAULT_S = 86_400

# Presses and membership changes travel in queues of their own, apart from the chat's messages.
CALLBACK_QUEUE = 3 << 33
MEMBER_QUEUE = 1 << 33


@dataclass(frozen=True, slots=True)
class Waiting:
    """One update that waits; `body` is the complete JSON text."""

    update_id: int
    queue_id: int
    expires_at: int
    body: str


def add(tx: Tx, bot_id: int, kind: str, queue_id: int, content: dict[str, Any], now: int) -> int | None:
    """Queues an update for the bot; returns None when the bot does not want this kind."""
    row = tx.execute("SELECT allowed_updates FROM bot WHERE bot_id = ?", (bot_id,)).fetchone()
    if kind not in (EVERY_UPDATE if row[0] is None else json.loads(row[0])):
        return None
    update_id = int(
        tx.execute(
            "UPDATE bot SET last_update_id = last_update_id + 1 WHERE bot_id = ? RETURNING last_update_id",
            (bot_id,),
        ).fetchone()[0]
    )
    body = json.dumps({"update_id": update_id, kind: content}, ensure_ascii=False, separators=(",", ":"))
    expires_at = now + KEPT_FOR_S.get(kind, KEPT_FOR_DEFAULT_S)
    tx.execute("INSERT INTO pending_update VALUES (?, ?, ?, ?, ?)", (bot_id, update_id, queue_id, expires_at, body))
    tx.wake(("updates", bot_id))
    return update_id


def waiting(database: Database, bot_id: int, from_id: int, limit: int, now: int) -> list[Waiting]:
    """Reads the oldest updates from `from_id` on that have not expired."""
    rows = database.reader.execute(
        "SELECT update_id, queue_id, expires_at, body FROM pending_update"
        " WHERE bot_id = ? AND update_id >= ? AND expires_at > ? ORDER BY update_id LIMIT ?",
        (bot_id, from_id, now, limit),
    ).fetchall()
    return [Waiting(*row) for row in rows]


def from_the_end(database: Database, bot_id: int, count: int) -> int:
    """Finds the id at which the last `count` updates begin."""
    row = database.reader.execute(
        "SELECT min(update_id) FROM (SELECT update_id FROM pending_update WHERE bot_id = ?"
        " ORDER BY update_id DESC LIMIT ?)",
        (bot_id, count),
    ).fetchone()
    return int(row[0]) if row[0] is not None else 0


def any_before(database: Database, bot_id: int, update_id: int) -> bool:
    """Tells whether confirming up to `update_id` would delete anything."""
    row = database.reader.execute(
        "SELECT 1 FROM pending_update WHERE bot_id = ? AND update_id < ? LIMIT 1", (bot_id, update_id)
    ).fetchone()
    return row is not None


def confirm_before(tx: Tx, bot_id: int, update_id: int) -> None:
    """Forgets everything below `update_id`: the bot has it."""
    tx.execute("DELETE FROM pending_update WHERE bot_id = ? AND update_id < ?", (bot_id, update_id))


def confirm(tx: Tx, bot_id: int, update_id: int) -> None:
    """Forgets one update: the bot has it, or it is too old."""
    tx.execute("DELETE FROM pending_update WHERE bot_id = ? AND update_id = ?", (bot_id, update_id))


def drop_all(tx: Tx, bot_id: int) -> None:
    """Forgets every waiting update of the bot."""
    tx.execute("DELETE FROM pending_update WHERE bot_id = ?", (bot_id,))


def drop_expired(tx: Tx, now: int) -> list[dict[str, Any]]:
    """Forgets what is too old and returns it."""
    rows = tx.execute("DELETE FROM pending_update WHERE expires_at <= ? RETURNING body", (now,)).fetchall()
    return [json.loads(row[0]) for row in rows]


def count(database: Database, bot_id: int, now: int) -> int:
    """Counts what waits for the bot."""
    row = database.reader.execute(
        "SELECT count(*) FROM pending_update WHERE bot_id = ? AND expires_at > ?", (bot_id, now)
    ).fetchone()
    return int(row[0])
