"""Numbers that people see: consecutive as far as possible, never twice."""

from functools import cache

from sqlalchemy import bindparam
from sqlalchemy.sql import Executable

from models.store.errors import named_faults
from models.store.line import Line, meeting
from models.tables.columns import table
from models.tables.mark import Counter

COUNTERS = table(Counter)


async def take(line: Line, name: str) -> int:
    """Takes the next number of a counter.

    On PostgreSQL it is taken and committed beside the transaction: a counter row held until the commit would
    let only one registration run at a time. A transaction that is rolled back leaves a gap there.
    """
    if line.numbers is None:
        return int(await line.scalar(_counting(line.sqlite), {"b_name": name}))
    with named_faults():
        async with line.numbers.begin() as aside:
            return int((await aside.execute(_counting(line.sqlite), {"b_name": name})).scalar_one())


@cache
def _counting(on_sqlite: bool) -> Executable:
    first = meeting(on_sqlite, COUNTERS).values(name=bindparam("b_name"), last=1)
    counted = first.on_conflict_do_update(index_elements=["name"], set_={"last": COUNTERS.c.last + 1})
    return counted.returning(COUNTERS.c.last)
