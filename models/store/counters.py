"""Numbers that people see: consecutive as far as possible, never twice."""

from models.store.errors import named_faults
from models.store.line import Line
from models.tables.columns import table
from models.tables.mark import Counter

COUNTERS = table(Counter)


async def take(line: Line, name: str) -> int:
    """Takes the next number of a counter.

    On PostgreSQL it is taken and committed beside the transaction: a counter row held until the commit would
    let only one registration run at a time. A transaction that is rolled back leaves a gap there.
    """
    if line.numbers is None:
        return await _next(line, name)
    with named_faults():
        async with line.numbers.begin() as aside:
            return await _next(Line(aside, line.clock), name)


async def _next(line: Line, name: str) -> int:
    first = line.insert(COUNTERS).values(name=name, last=1)
    counted = first.on_conflict_do_update(index_elements=["name"], set_={"last": COUNTERS.c.last + 1})
    return int(await line.scalar(counted.returning(COUNTERS.c.last)))
