"""Which writes were answered already. Whoever comes second waits for the first one's commit and gets its answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select, update

from models.store.line import Line
from models.tables.answered import Answered as AnsweredTable
from models.tables.columns import table

ANSWERED = table(AnsweredTable)
OPEN = 0
"""The status of a write that is being done in this transaction."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write was answered."""

    fingerprint: str
    status: int
    body: str


class Answers:
    """Answered writes."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def claim(self, caller: str, key: str, fingerprint: str, now: datetime, since: datetime) -> Answer | None:
        """Claims a write for this transaction; gives the answer when it was done before.

        What was answered before `since` is forgotten.
        """
        await self._line.run(delete(ANSWERED).where(ANSWERED.c.at < since))
        row = {"caller": caller, "key": key, "fingerprint": fingerprint, "status": OPEN, "body": "", "at": now}
        if await self._line.add_new(ANSWERED, row, ("caller", "key"), giving="key") is not None:
            return None
        found = await self._line.one(select(ANSWERED).where(_is(caller, key)))
        assert found is not None
        return Answer(found.fingerprint, found.status, found.body)

    async def keep(self, caller: str, key: str, status: int, body: str) -> None:
        """Keeps the answer of a write that this transaction claimed."""
        await self._line.run(update(ANSWERED).where(_is(caller, key)).values(status=status, body=body))


def _is(caller: str, key: str) -> ColumnElement[bool]:
    return and_(ANSWERED.c.caller == caller, ANSWERED.c.key == key)
