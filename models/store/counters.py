"""Numbers that people see: consecutive as far as possible, never twice."""

import re
from typing import Final

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects import sqlite

from models.store.line import Line
from models.tables.columns import table
from models.tables.mark import Counter

COUNTERS = table(Counter)
MAKING_LOCK: Final = 7_743_003
"""Key of the advisory lock that lets one transaction at a time make a sequence on PostgreSQL."""


async def take(line: Line, name: str) -> int:
    """Takes the next number of a counter.

    On PostgreSQL each counter is a sequence: a row would be held until the commit and let only one registration run
    at a time. A transaction that is rolled back leaves a gap there, and a crash one of at most 32.
    """
    if line.sqlite:
        return int(await line.scalar(_COUNTING, {"b_name": name}))
    sequence = {"sequence": _sequence(name)}
    number = await line.scalar(_NEXT, sequence)
    if number is None:
        await _make(line, name)
        number = await line.scalar(_NEXT, sequence)
    return int(number)


async def _make(line: Line, name: str) -> None:
    """Makes the sequence of a counter, once a year, behind the last number that was given out in another way."""
    await line.run(text("select pg_advisory_xact_lock(:key)"), {"key": MAKING_LOCK})
    last = await line.scalar(select(COUNTERS.c.last).where(COUNTERS.c.name == name))
    await line.run(text(f"create sequence if not exists {_sequence(name)} start with {int(last or 0) + 1}"))


def _sequence(name: str) -> str:
    return "counter_" + re.sub(r"[^a-z0-9]+", "_", name.lower())


_NEXT = text("select case when to_regclass(:sequence) is not null then nextval(:sequence) end")
_FIRST = sqlite.insert(COUNTERS).values(name=bindparam("b_name"), last=1)
_COUNTING = _FIRST.on_conflict_do_update(index_elements=["name"], set_={"last": COUNTERS.c.last + 1}).returning(
    COUNTERS.c.last
)
