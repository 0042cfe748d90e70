"""Pages by a cursor: an opaque word that says behind which item the next page begins, whatever came since."""

import base64
import binascii
import json
from datetime import UTC, datetime

from pydantic import Field

from web.api.operation import Query
from web.errors import BadParameter

MOST = 200
USUAL = 50


class PageQuery(Query):
    """Which page, and how long."""

    limit: int = Field(default=USUAL, ge=1, le=MOST)
    cursor: str | None = Field(default=None, max_length=200)


def pack(*parts: str | int | datetime) -> str:
    """Makes a cursor."""
    plain = [part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def by_time(cursor: str | None) -> tuple[datetime, str] | None:
    """Reads a cursor of a moment and a number; raises `BadParameter`."""
    match _unpacked(cursor):
        case None:
            return None
        case [str(at), str(number)]:
            moment = _moment(at)
            if moment is not None:
                return moment, number
    raise BadParameter("bad_cursor", "cursor", given=(cursor or "")[:40])


def by_number(cursor: str | None) -> int | None:
    """Reads a cursor of a number; raises `BadParameter`."""
    match _unpacked(cursor):
        case None:
            return None
        case [int(number)] if not isinstance(number, bool) and 0 <= number < 2**53:
            return number
    raise BadParameter("bad_cursor", "cursor", given=(cursor or "")[:40])


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _unpacked(cursor: str | None) -> object:
    if cursor is None:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return ()
