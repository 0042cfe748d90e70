"""What has each bot told the gateway about itself: its webhook, the updates it wants, its commands?"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.store.database import Database, Tx

# What a bot gets that never named `allowed_updates`; everything the gateway can produce.
EVERY_UPDATE = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Describes where a bot wants its updates delivered; an empty url means it polls."""

    url: str
    secret: str
    max_connections: int
    allowed_updates: tuple[str, ...] | None


def register(tx: Tx, bot_ids: Iterable[int]) -> None:
    """Makes sure that each bot of the settings has its row."""
    for bot_id in bot_ids:
        tx.execute("INSERT OR IGNORE INTO bot (bot_id, last_update_id) VALUES (?, ?)", (bot_id, 100_000_000))


def webhook_of(database: Database, bot_id: int) -> Webhook:
    """Reads the bot's present webhook."""
    row = database.reader.execute(
        "SELECT webhook_url, webhook_secret, webhook_max_connections, allowed_updates FROM bot WHERE bot_id = ?",
        (bot_id,),
    ).fetchone()
    allowed = tuple(json.loads(row["allowed_updates"])) if row["allowed_updates"] is not None else None
    return Webhook(row["webhook_url"], row["webhook_secret"], row["webhook_max_connections"], allowed)


def set_webhook(tx: Tx, bot_id: int, url: str, secret: str, max_connections: int) -> None:
    """Stores where updates go from now on; an empty url ends delivery."""
    tx.execute(
        "UPDATE bot SET webhook_url = ?, webhook_secret = ?, webhook_max_connections = ? WHERE bot_id = ?",
        (url, secret, max_connections, bot_id),
    )


def set_allowed_updates(tx: Tx, bot_id: int, allowed: list[str]) -> None:
    """Stores which kinds of update are kept for the bot; an empty list means all. Older updates stay."""
    stored = json.dumps(allowed) if allowed else None
    tx.execute("UPDATE bot SET allowed_updates = ? WHERE bot_id = ?", (stored, bot_id))


def set_commands(tx: Tx, bot_id: int, scope: str, language: str, commands: list[dict[str, str]]) -> None:
    """Replaces one command list and tells the phones that may show it; an empty list deletes it."""
    stored = json.dumps(commands, ensure_ascii=False)
    old = tx.execute(
        "SELECT commands FROM command_list WHERE bot_id = ? AND scope = ? AND language = ?",
        (bot_id, scope, language),
    ).fetchone()
    if (old[0] if old else "[]") == stored:
        return
    if commands:
        tx.execute("INSERT OR REPLACE INTO command_list VALUES (?, ?, ?, ?)", (bot_id, scope, language, stored))
    else:
        tx.execute(
            "DELETE FROM command_list WHERE bot_id = ? AND scope = ? AND language = ?",
            (bot_id, scope, language),
        )
    _tell_phones(tx, bot_id, scope)


def _tell_phones(tx: Tx, bot_id: int, scope: str) -> None:
    kind, _, chat = scope.partition(":")
    concerned, values = (
        ("bot_id = ?", (bot_id,)) if kind != "chat" else ("bot_id = ? AND person_id = ?", (bot_id, chat))
    )
    people = tx.execute(
        f"UPDATE person SET last_seq = last_seq + 1 WHERE {concerned} RETURNING person_id, last_seq", values
    ).fetchall()
    for person in people:
        tx.execute("INSERT INTO event (person_id, seq, type) VALUES (?, ?, 'commands')", tuple(person))
        tx.wake(("phone", person["person_id"]))


def commands_of(database: Database, bot_id: int, scope: str, language: str) -> list[dict[str, str]]:
    """Reads exactly one command list."""
    row = database.reader.execute(
        "SELECT commands FROM command_list WHERE bot_id = ? AND scope = ? AND language = ?",
        (bot_id, scope, language),
    ).fetchone()
    commands: list[dict[str, str]] = json.loads(row[0]) if row else []
    return commands


def commands_for(database: Database, bot_id: int, person_id: int, language: str) -> list[dict[str, str]]:
    """Picks the list that a person's phone shows: the narrowest scope first, in it the person's language."""
    language = language.partition("-")[0].lower()
    for scope in (f"chat:{person_id}", "all_private_chats", "default"):
        for spoken in (language, ""):
            commands = commands_of(database, bot_id, scope, spoken)
            if commands:
                return commands
    return []


def secret(database: Database, name: str) -> bytes:
    """Reads a random key that was made with the database."""
    value: Any = database.reader.execute("SELECT value FROM secret WHERE name = ?", (name,)).fetchone()[0]
    return bytes(value)
