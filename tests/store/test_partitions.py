"""A city's table of events and reports is kept by month; nobody who files or reads notices."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.store import Store, schema
from models.store.partitions import make_months, parts_of
from tests.clock import Clock
from tests.store.filled import on_post, registered

FAR = datetime(2031, 5, 17, 4, 0, tzinfo=UTC)
COLUMNS = "case_no, seq, registered_at, tag, at, channel, data, prev, hash"


@pytest.fixture
async def city(postgres_url: str, clock: Clock) -> Store:
    """Opens a store on PostgreSQL with the cast on post."""
    store = await Store.open(postgres_url, clock=clock)
    await on_post(store)
    return store


def asked(connection: Connection, statement: str) -> list[object]:
    """Gives the first column of what a statement finds."""
    return list(connection.execute(text(statement)).scalars())


async def within(url: str, *statements: str) -> list[object]:
    """Runs statements in one transaction and gives what the last one finds."""

    def work(connection: Connection) -> list[object]:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        return asked(connection, statements[-1])

    return await asyncio.to_thread(schema.on_connection, url, work)


async def test_months_ahead_are_there_after_a_migration(postgres_url: str) -> None:
    now = datetime.now(UTC)
    for table in ("case_event", "report"):
        parts = await asyncio.to_thread(schema.on_connection, postgres_url, lambda c, t=table: parts_of(c, t))
        assert f"parts.{table}_earlier" in parts
        assert f"parts.{table}_rest" in parts
        assert f"parts.{table}_{now + timedelta(days=62):%Y_%m}" in parts


async def test_a_history_lies_in_the_part_of_its_case_and_is_read_from_there(
    city: Store, clock: Clock, postgres_url: str
) -> None:
    facts = await registered(city, FAR)
    async with city.read() as unit:
        events = await unit.cases.events(facts.case_no)
        (report,) = await unit.reports.of_case(facts.case_no)
    lies = await within(postgres_url, "select distinct tableoid::regclass::text from case_event")
    await city.close()

    assert len(events) >= 1
    assert report.report_no == "R2031-0000001"
    assert lies == ["parts.case_event_rest"]


async def test_rows_without_a_month_move_when_it_is_made_and_nothing_is_loosened(empty_url: str, clock: Clock) -> None:
    if empty_url.startswith("sqlite"):
        pytest.skip("one table, in no parts")
    await asyncio.to_thread(schema.upgrade, empty_url)
    city = await Store.open(empty_url, clock=clock)
    await on_post(city)
    facts = await registered(city, FAR)
    async with city.begin() as unit:
        media_id = await unit.media.add_loading(person_id=1, file_id="f", now=FAR)
        (report,) = await unit.reports.of_case(facts.case_no)
        await unit.media.attach_report(report.report_id, media_id, "before")
        before = await unit.cases.events(facts.case_no)

    async with city.begin() as unit:
        made = await unit.months.make(FAR)
    async with city.begin() as unit:
        assert await unit.months.make(FAR) == []
        after = await unit.cases.events(facts.case_no)
        (moved,) = await unit.reports.of_case(facts.case_no)
    lies = await within(
        empty_url,
        "select tableoid::regclass::text from case_event union select tableoid::regclass::text from report order by 1",
    )

    assert {"parts.case_event_2031_05", "parts.report_2031_05"} <= set(made)
    assert lies == ["parts.case_event_2031_05", "parts.report_2031_05"]
    assert (after, moved) == (before, report)
    with pytest.raises(DBAPIError, match="events are only ever added"):
        await within(empty_url, "delete from parts.case_event_2031_05 returning seq")
    with pytest.raises(IntegrityError, match="report_media"):
        await within(empty_url, "delete from report returning report_id")
    await city.close()


async def test_no_event_comes_twice_whatever_month_somebody_writes_beside_it(
    city: Store, clock: Clock, postgres_url: str
) -> None:
    facts = await registered(city, clock())
    await city.close()
    copied = COLUMNS.replace("registered_at", "{at}")
    again = f"insert into case_event ({COLUMNS}) select {copied} from case_event"
    for at, refused in (
        ("registered_at", "pk_case_event|_pkey"),
        ("timestamptz '2031-01-01'", "fk_case_event_case_no"),
    ):
        with pytest.raises(IntegrityError, match=refused):
            await within(postgres_url, f"{again.format(at=at)} where case_no = '{facts.case_no}' returning seq")


async def test_an_update_makes_one_report_however_many_months_lie_between(city: Store, clock: Clock) -> None:
    filing = {"channel": "telegram", "update_id": 77, "person_id": 1, "kind": "ponding", "text": "积水"}

    async def file(at: datetime) -> tuple[int, str]:
        async with city.begin() as unit:
            return await unit.reports.insert(created_at=at, **filing)  # type: ignore[arg-type]

    first = await file(clock())
    found = await asyncio.gather(*(file(clock() + timedelta(days=40 * n)) for n in range(6)))
    async with city.read() as unit:
        assert len(await unit.reports.by_person(1)) == 1
    await city.close()

    assert set(found) == {first}


async def test_two_processes_may_file_the_same_update_at_once(city: Store, clock: Clock) -> None:
    filing = {"channel": "telegram", "person_id": 1, "kind": "ponding", "text": "积水"}

    async def file(update_id: int) -> tuple[int, str]:
        async with city.begin() as unit:
            return await unit.reports.insert(created_at=clock(), update_id=update_id, **filing)  # type: ignore[arg-type]

    pairs = [await asyncio.gather(file(n), file(n)) for n in range(10)]
    await city.close()

    assert all(one == other for one, other in pairs)


FILLED = (
    """
    insert into cases (case_no, version, state, kind, urgency, grade, city_code, placed, edition, on_spot, n_reports,
        n_dispatched, n_returned, n_handled, n_checked, n_rework, n_extensions, n_reopened, designated, urged,
        supervised, escalated, whistled, overdue, registered_at, facts)
    select 'TJ-2026-' || n, 1, 'registered', 'ponding', 'U3', 'general', '120000', true, 'e', false, 1,
        0, 0, 0, 0, 0, 0, 0, false, false, false, false, false, false,
        timestamptz '2026-01-31' + n * interval '1 day', '{}'
    from generate_series(1, 60) n
    """,
    """
    insert into case_event (case_no, seq, tag, at, channel, data, prev, hash)
    select case_no, 1, 'case:registered', registered_at, 'telegram', '{}', '', '' from cases
    """,
    """
    insert into report (channel, update_id, created_at, case_no, kind, text, fields, figures, danger, by_hand,
        place_method, place_reason, edition)
    select 'telegram', row_number() over (), registered_at, case_no, kind, '', '{}', '{}', '[]', false, '', '', 'e'
    from cases
    """,
)
COUNTED = (
    "case_event where tableoid = 'parts.case_event_earlier'::regclass",
    "report where tableoid = 'parts.report_earlier'::regclass",
    "case_event join cases using (case_no) where case_event.registered_at <> cases.registered_at",
    "report full join report_origin using (channel, update_id, report_id) where kind is null",
)


def test_what_was_there_before_stays_as_it_was(empty_url: str) -> None:
    if empty_url.startswith("sqlite"):
        pytest.skip("one table, in no parts")
    schema.upgrade(empty_url, "0007")

    def fill(connection: Connection) -> None:
        connection.execute(text("set session_replication_role = replica"))
        for statement in FILLED:
            connection.execute(text(statement))

    schema.on_connection(empty_url, fill)
    schema.upgrade(empty_url)

    def look(connection: Connection) -> list[object]:
        return [asked(connection, f"select count(*) from {counted}")[0] for counted in COUNTED]

    assert schema.on_connection(empty_url, look) == [60, 60, 0, 0]
    assert schema.on_connection(empty_url, lambda c: make_months(c, datetime.now(UTC))) == []
    schema.downgrade(empty_url, "0007")
    assert schema.on_connection(empty_url, lambda c: asked(c, "select count(*) from case_event")) == [60]
