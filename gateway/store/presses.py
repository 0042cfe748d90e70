"""Which button presses still wait for the bot's answer?"""

import secrets
from collections.abc import Iterable
from typing import Any

from gateway.store import messages
from gateway.store.database import Tx

# How long a press may be answered; the phone has given up its spinner long before.
ANSWERABLE_FOR_S = 600


def add(tx: Tx, bot_id: int, person_id: int, now: int) -> int:
    """Stores a press under a number nobody can guess."""
    press_id = secrets.randbits(62)
    tx.execute("INSERT INTO press VALUES (?, ?, ?, ?, 0)", (press_id, bot_id, person_id, now))
    return press_id


def answer(tx: Tx, bot_id: int, press_id: int, now: int) -> int | None:
    """Marks a press answered and returns whose it was; None when unknown, too old or already answered."""
    row = tx.execute(
        "UPDATE press SET answered = 1 WHERE press_id = ? AND bot_id = ? AND answered = 0 AND pressed_at > ?"
        " RETURNING person_id",
        (press_id if press_id < 2**63 else -1, bot_id, now - ANSWERABLE_FOR_S),
    ).fetchone()
    return int(row[0]) if row is not None else None


def tell_expired(tx: Tx, updates: Iterable[dict[str, Any]]) -> None:
    """Ends the presses among updates that no bot took in time, and tells their phones that nothing was done."""
    for update in updates:
        press_id = update.get("callback_query", {}).get("id")
        ended = "UPDATE press SET answered = 1 WHERE press_id = ? AND answered = 0 RETURNING person_id"
        row = tx.execute(ended, (int(press_id),)).fetchone() if press_id else None
        if row is not None:
            told = {"press_id": press_id, "text": None, "show_alert": False, "expired": True}
            messages.add_event(tx, int(row[0]), "callback_answer", told)


def drop_old(tx: Tx, now: int) -> None:
    """Forgets presses that can no longer be answered."""
    tx.execute("DELETE FROM press WHERE pressed_at <= ?", (now - ANSWERABLE_FOR_S,))
