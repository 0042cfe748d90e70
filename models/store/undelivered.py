"""Which holders have not been told in time that a case is theirs? Asked of messages and cases together."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, exists, func, or_, select, text

from models.rules.states import State
from models.store.line import Line
from models.tables.case import Case
from models.tables.columns import table
from models.tables.outbox import MESSAGE_ASIDE, Message

CASES, MESSAGES = table(Case), table(Message)
EARLIER = MESSAGES.alias("earlier")
PREFIX = "case:"
"""What the key of a case's card starts with, before its number."""


class Late(NamedTuple):
    """A case whose holder has not been told; `why` is empty while sending is still tried."""

    case_no: str
    person_id: int
    since: datetime
    why: str


async def late(line: Line, before: datetime, urgent_before: datetime, buried_since: datetime, limit: int) -> list[Late]:
    """Lists dispatched cases whose loud notice did not reach the holder, the longest waiting first.

    It should have left before `before`, or `urgent_before` for a life in danger, or was set aside since then for
    good. Whoever was told through another chat was told.
    """
    waits = and_(
        MESSAGES.c.buried_at.is_(None),
        or_(
            MESSAGES.c.not_before < before,
            and_(MESSAGES.c.priority <= 0, MESSAGES.c.not_before < urgent_before),
        ),
    )
    # Word for word the condition of the index: with bound values SQLite cannot tell that it is the same.
    aside = and_(MESSAGES.c.buried_at >= buried_since, text(MESSAGE_ASIDE))
    of_holder = and_(
        CASES.c.case_no == func.substr(MESSAGES.c.card_key, len(PREFIX) + 1),
        CASES.c.holder_id == MESSAGES.c.person_id,
        CASES.c.state == str(State.DISPATCHED),
        CASES.c.dispatched_at <= MESSAGES.c.created_at,
    )
    told = exists().where(
        EARLIER.c.person_id == MESSAGES.c.person_id,
        EARLIER.c.card_key == MESSAGES.c.card_key,
        EARLIER.c.created_at >= CASES.c.dispatched_at,
        EARLIER.c.sent_at.is_not(None),
    )
    found: dict[str, Late] = {}
    for part in (waits, aside):
        rows = select(CASES.c.case_no, MESSAGES.c.person_id, MESSAGES.c.not_before, MESSAGES.c.error)
        rows = rows.join_from(MESSAGES, CASES, of_holder)
        rows = rows.where(
            part, MESSAGES.c.sent_at.is_(None), MESSAGES.c.loud, MESSAGES.c.card_key.like(f"{PREFIX}%"), ~told
        )
        # Through what is open or set aside and then sorted, not along everything that was ever sent: hence the sum.
        for row in await line.rows(rows.order_by(MESSAGES.c.row_id + 0).limit(limit)):
            found.setdefault(row.case_no, Late(row.case_no, row.person_id, row.not_before, row.error or ""))
    return _longest_first(list(found.values()))[:limit]


def _longest_first(found: Sequence[Late]) -> list[Late]:
    return sorted(found, key=lambda one: (one.since, one.case_no))
