"""Rows written in bulk are the rows written one by one."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.store import Store, bulk
from models.store.inbox import INBOX
from models.store.jobs import JOBS
from models.tables.columns import clean

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=10)
MOMENTS = st.integers(10**8, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
JOB = st.fixed_dictionaries(
    {
        "verb": ANY_TEXT,
        "args": st.dictionaries(ANY_TEXT, st.one_of(st.none(), st.integers(-5, 5), st.floats(), ANY_TEXT), max_size=3),
        "priority": st.integers(0, 9),
        "dedupe": st.none() | st.integers(0, 5).map(str),
        "created_at": MOMENTS,
        "not_before": MOMENTS,
        "tries": st.integers(0, 3),
        "lease_until": st.none() | MOMENTS,
    }
)


async def stored(store: Store) -> list[tuple[Any, ...]]:
    """Reads all jobs and empties the table."""
    async with store.begin() as unit:
        rows = await unit.line.rows(JOBS.select().order_by(JOBS.c.job_id))
        await unit.line.run(JOBS.delete())
    return [tuple(row)[1:] for row in rows]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JOB, max_size=8))
async def test_in_bulk_is_as_one_by_one(store: Store, rows: list[dict[str, Any]]) -> None:
    async with store.begin() as unit:
        n = sum([await unit.line.add_new(JOBS, row, ("dedupe",), giving="job_id") is not None for row in rows])
    alone = await stored(store)
    async with store.begin() as unit:
        assert await bulk.add(unit.line, JOBS, rows, once=("dedupe",)) == n
    assert await stored(store) == alone


async def test_what_exists_is_overwritten_when_asked(store: Store) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"channel": "t", "update_id": 1, "chat_key": "1", "body": b"a", "received_at": at, "tries": 0}
    async with store.begin() as unit:
        await bulk.add(unit.line, INBOX, [row, row | {"update_id": 2}])
        await bulk.add(unit.line, INBOX, [row | {"body": b"b"}], over=("channel", "update_id"))
        first, second = await unit.inbox.get("t", 1), await unit.inbox.get("t", 2)

    assert first is not None
    assert first.body == b"b"
    assert second is not None
    assert second.body == b"a"


async def test_thousands_of_rows_keep_their_order(store: Store) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    updates = [(n, clean(str(n % 7)), b"%d" % n) for n in range(2 * bulk.ROWS_AT_ONCE + 5)]
    async with store.begin() as unit:
        assert await unit.inbox.put_all("t", updates, at) == len(updates)
        assert await unit.inbox.put_all("t", updates[:9], at) == 0
        numbers = await unit.line.column(INBOX.select().with_only_columns(INBOX.c.update_id).order_by(INBOX.c.inbox_id))
    assert numbers == list(range(len(updates)))
