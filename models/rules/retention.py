"""How long what is known about people is kept, sort by sort; the periods are the city's, in `config/seed`.

Cases, reports and events are the city's record and are kept; they name people by number only.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from models.rules.catalogue_rows import Book


class Kept(StrEnum):
    """What is kept for a time."""

    INBOX = "inbox"
    MESSAGES = "messages"
    TALKS = "talks"
    JOBS = "jobs"
    ATTEMPTS = "attempts"
    CODES = "codes"
    BINDINGS = "bindings"
    SESSIONS = "sessions"
    CHATS = "chats"
    LOOSE_PHOTOS = "loose_photos"
    VOID_PHOTOS = "void_photos"
    LEFT_PEOPLE = "left_people"


SHORTEST_DAYS = 2
"""Telegram repeats what was not acknowledged for a day: what came in must outlive that."""


def periods(book: Book) -> Mapping[Kept, int]:
    """Reads the period of every sort in days."""
    found: dict[Kept, int] = {}
    rows = book.latest("retention", lambda r: r.values["code"], "code", "days", "meaning")
    for row in rows:
        days = book.whole(row, "days")
        if days is None or days < SHORTEST_DAYS:
            book.fault(row, f"days needs a whole number from {SHORTEST_DAYS}")
        elif row.values["code"].strip() not in set(Kept):
            book.fault(row, f"nothing is called {row.values['code']!r}; there are {', '.join(Kept)}")
        else:
            book.text(row, "meaning")
            found[Kept(row.values["code"].strip())] = days
    if rows and not book.faults:
        missing = [kept for kept in Kept if kept not in found]
        if missing:
            book.fault(rows[-1], f"no period is given for {', '.join(missing)}")
    return found


def before(now: datetime, days: int) -> datetime:
    """Gives the moment before which something is kept no longer."""
    return now - timedelta(days=days)
