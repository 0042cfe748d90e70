"""One transaction and everything that can be asked or written in it; the store hands them out.

SQLite has one writer at a time, PostgreSQL many.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cached_property
from typing import Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.store.access import Access
from models.store.answered import Answers
from models.store.areas import Areas
from models.store.audit import Audit
from models.store.bindings import Bindings
from models.store.buttons import Buttons
from models.store.cards import Cards
from models.store.cases import Cases
from models.store.changes import Changes
from models.store.cube import Cube
from models.store.drafts import Drafts
from models.store.engine import parse, postgres_engine, sqlite_engine
from models.store.errors import StoreBusyError, StoreMisuseError, StoreUnavailableError, named_faults
from models.store.holders import Holders
from models.store.inbox import Inbox
from models.store.jobs import Jobs
from models.store.keys import Keys
from models.store.kv import Marks
from models.store.line import Line
from models.store.media import Media
from models.store.messages import Messages
from models.store.partitions import Months
from models.store.people import People
from models.store.persons import Persons
from models.store.pulse import Pulse
from models.store.replica import Replica, ReplicaState
from models.store.reports import Reports
from models.store.retention import Retention
from models.store.routing import Routing
from models.store.staffing import Staffing
from models.store.statistics import Statistics
from models.store.units import Units
from models.store.webhooks import Webhooks
from models.tables.columns import keys_of
from models.tables.keyring import Keyring

BUSY_MS = 10_000
_OPEN: ContextVar["tuple[Store, Unit] | None"] = ContextVar("whistle_unit", default=None)
_LOOKING: ContextVar[bool] = ContextVar("whistle_looking", default=False)


class Unit:
    """The aggregates of the store inside one transaction; a joined unit shares its parent's connection."""

    def __init__(self, line: Line, cube: Cube | None = None) -> None:
        self.line = line
        self.cube = cube
        self.open = True
        self.child: Unit | None = None
        self.callbacks: dict[Callable[[], object], None] = {}

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Runs the callback once the outermost transaction is committed, and never when it is not.

        The same callback runs once, however often it is given. What it raises reaches the caller of the
        outermost `begin`, although the data is safe by then.
        """
        self.callbacks[callback] = None

    @cached_property
    def cases(self) -> Cases:
        """The cases, their events and clocks."""
        return Cases(self.line)

    @cached_property
    def reports(self) -> Reports:
        """What people sent."""
        return Reports(self.line)

    @cached_property
    def media(self) -> Media:
        """Pictures."""
        return Media(self.line)

    @cached_property
    def people(self) -> People:
        """The roster, chats and codes."""
        return People(self.line)

    @cached_property
    def access(self) -> Access:
        """Keys, one-time links and sessions."""
        return Access(self.line)

    @cached_property
    def bindings(self) -> Bindings:
        """Chats that wait for an admin."""
        return Bindings(self.line)

    @cached_property
    def staffing(self) -> Staffing:
        """Posts that begin and end, and absences."""
        return Staffing(self.line)

    @cached_property
    def answers(self) -> Answers:
        """Writes that were answered, by the caller's key."""
        return Answers(self.line)

    @cached_property
    def changes(self) -> Changes:
        """Which cases changed, in order."""
        return Changes(self.line)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Addresses that are told of changes."""
        return Webhooks(self.line)

    @cached_property
    def areas(self) -> Areas:
        """Boundaries by edition."""
        return Areas(self.line)

    @cached_property
    def routing(self) -> Routing:
        """Who answers for what."""
        return Routing(self.line)

    @cached_property
    def units(self) -> Units:
        """Responsible units."""
        return Units(self.line)

    @cached_property
    def jobs(self) -> Jobs:
        """What workers must do."""
        return Jobs(self.line)

    @cached_property
    def messages(self) -> Messages:
        """What must be said."""
        return Messages(self.line)

    @cached_property
    def cards(self) -> Cards:
        """Which message shows what in which chat."""
        return Cards(self.line)

    @cached_property
    def buttons(self) -> Buttons:
        """What the buttons of messages mean."""
        return Buttons(self.line)

    @cached_property
    def inbox(self) -> Inbox:
        """What came in."""
        return Inbox(self.line)

    @cached_property
    def drafts(self) -> Drafts:
        """Half-finished talks."""
        return Drafts(self.line)

    @cached_property
    def statistics(self) -> Statistics:
        """How many cases have which fate."""
        return Statistics(self.line, self.cube)

    @cached_property
    def months(self) -> Months:
        """The parts in which PostgreSQL keeps events and reports."""
        return Months(self.line)

    @cached_property
    def keys(self) -> Keys:
        """Which key sealed what."""
        return Keys(self.line)

    @cached_property
    def audit(self) -> Audit:
        """What was signed."""
        return Audit(self.line)

    @cached_property
    def pulse(self) -> Pulse:
        """How the service does, in counts and ages."""
        return Pulse(self.line)

    @cached_property
    def retention(self) -> Retention:
        """What was kept long enough."""
        return Retention(self.line)

    @cached_property
    def persons(self) -> Persons:
        """All that is known of one person."""
        return Persons(self.line)

    @cached_property
    def kv(self) -> Marks:
        """Small marks and leases."""
        return Marks(self.line)

    @cached_property
    def holders(self) -> Holders:
        """Gives back work whose holder is gone."""
        return Holders(self.line)


def utc_now() -> datetime:
    """Reads the clock."""
    return datetime.now(UTC)


class Store:
    """The database of one process. It must be opened in the process that uses it, never before a fork."""

    def __init__(
        self,
        writer: AsyncEngine,
        reader: AsyncEngine,
        clock: Callable[[], datetime],
        busy_ms: int,
        replica: Replica | None = None,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._on_sqlite = writer.dialect.name == "sqlite"
        self._replica = replica
        self._clock = clock
        self._busy_s = busy_ms / 1000
        self._pid = os.getpid()
        self._turn = asyncio.Lock()
        self._cube = Cube()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        clock: Callable[[], datetime] = utc_now,
        busy_ms: int = BUSY_MS,
        readers: int = 4,
        writers: int = 10,
        read_url: str = "",
        most_behind_s: float = 5.0,
        keyring: Keyring | None = None,
    ) -> Self:
        """Connects and checks that a commit will be durable; StoreAwayError when nobody answers.

        `writers` is the number of connections kept on PostgreSQL; SQLite has one writer a process. `read_url` names a
        replica for whoever is `looking`; it need not answer, and is not asked when more than `most_behind_s` behind.
        Without a keyring names and talks are written readably: that is for tests, a service always has one.
        """
        parsed = parse(url)
        if parsed.drivername.startswith("sqlite"):
            writer = sqlite_engine(parsed, begin="BEGIN IMMEDIATE", size=1, busy_ms=busy_ms, keyring=keyring)
            reader = sqlite_engine(
                parsed, begin="BEGIN", size=readers, busy_ms=busy_ms, query_only=True, keyring=keyring
            )
            store = cls(writer, reader, clock, busy_ms)
        else:
            engine = postgres_engine(parsed, size=writers, busy_ms=busy_ms, keyring=keyring)
            reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            replica = None
            if read_url:
                other = postgres_engine(
                    parse(read_url), size=readers, busy_ms=busy_ms, asks_first=True, keyring=keyring
                )
                replica = Replica(other, engine, most_behind_s)
            store = cls(engine, reader, clock, busy_ms, replica)
        try:
            await store._check()
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Closes every connection."""
        await self._writer.dispose()
        await self._reader.dispose()
        if self._replica is not None:
            await self._replica.close()

    @property
    def keyring(self) -> Keyring:
        """Gives the keys that seal and open here."""
        return keys_of(self._writer.dialect)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Unit]:
        """Opens a write transaction, or joins the one that is open here through a savepoint."""
        parent = self._current()
        if parent is not None:
            async with self._joined(parent) as unit:
                yield unit
            return
        async with self._my_turn(), self._connection(self._writer) as connection:
            unit = Unit(Line(connection, self._clock))
            with _entered(self, unit):
                yield unit
            with named_faults():
                await connection.commit()
        for callback in unit.callbacks:
            callback()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """Opens a read-only snapshot; inside an open `begin` it reads what that has written."""
        parent = self._current()
        if parent is not None:
            yield parent
            return
        replica = self._replica if _LOOKING.get() else None
        lent = await replica.lend() if replica is not None else None
        if replica is None or lent is None:
            async with self._connection(self._reader) as connection:
                yield Unit(Line(connection, self._clock, writes=False), self._cube)
            return
        try:
            yield Unit(Line(lent, self._clock, writes=False), self._cube)
        except StoreUnavailableError as fault:
            replica.failed(fault)
            raise
        finally:
            await lent.close()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Lets every `read` in this context be answered by the replica, which may be a moment behind."""
        token = _LOOKING.set(True)
        try:
            yield
        finally:
            _LOOKING.reset(token)

    async def replica(self) -> ReplicaState | None:
        """Tells how the replica does; None when there is none."""
        return None if self._replica is None else await self._replica.state()

    def _current(self) -> Unit | None:
        """Finds the unit that is open in this context; a task that outlived its transaction has none."""
        if os.getpid() != self._pid:
            raise StoreMisuseError("the store was opened before a fork; open one in the child")
        found = _OPEN.get()
        if found is None or found[0] is not self or not found[1].open:
            return None
        return found[1]

    @asynccontextmanager
    async def _joined(self, parent: Unit) -> AsyncIterator[Unit]:
        """Runs a part of the open transaction that can fail alone."""
        if parent.child is not None:
            raise StoreMisuseError("two parts of one transaction cannot run at once")
        unit = Unit(parent.line)
        parent.child = unit
        try:
            with named_faults():
                savepoint = await parent.line.connection.begin_nested()
            try:
                with _entered(self, unit):
                    yield unit
                with named_faults():
                    await savepoint.commit()
            finally:
                if savepoint.is_active:
                    await savepoint.rollback()
        finally:
            parent.child = None
        parent.callbacks.update(unit.callbacks)

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        """Queues the writers of this process on SQLite: in turn they are fast, at once they starve."""
        if not self._on_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(self._busy_s):
                await self._turn.acquire()
        except TimeoutError as error:
            raise StoreBusyError("the writer of this process is busy") from error
        try:
            yield
        finally:
            self._turn.release()

    @asynccontextmanager
    async def _connection(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        """Lends a connection inside a new transaction, which is rolled back unless somebody commits."""
        with named_faults():
            connection = await engine.connect()
        try:
            with named_faults():
                await connection.begin()
            yield connection
        finally:
            await connection.close()

    async def _check(self) -> None:
        """Refuses a database that would lose a commit when the power fails."""
        async with self._connection(self._writer) as connection:
            if self._on_sqlite:
                wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
                for pragma, value in wanted.items():
                    found = (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar()
                    if found != value:
                        raise StoreMisuseError(f"SQLite runs with {pragma} = {found}, not {value}")
                return
            for name in ("fsync", "synchronous_commit"):
                found = (await connection.execute(text(f"show {name}"))).scalar()
                if found == "off":
                    raise StoreMisuseError(f"PostgreSQL runs with {name} = off")


@contextmanager
def _entered(store: Store, unit: Unit) -> Iterator[None]:
    """Makes the unit the one that is open here, until it ends."""
    token = _OPEN.set((store, unit))
    try:
        yield
    finally:
        unit.open = False
        _OPEN.reset(token)
