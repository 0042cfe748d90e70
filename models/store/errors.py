"""What can go wrong with the database, named after what a door does about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc


class StoreError(Exception):
    """Root of the faults of the store."""


class StoreMisuseError(StoreError):
    """Our own code used the store wrongly: across a fork, from two tasks at once, or after its end."""


class StoreUnavailableError(StoreError):
    """The database cannot take this now; nothing was written. Doors answer 503 and ask to come again."""


class StoreBusyError(StoreUnavailableError):
    """Others held the database for longer than we wait."""


class StoreFullError(StoreUnavailableError):
    """There is no room left on the disk."""


class StoreAwayError(StoreUnavailableError):
    """The database cannot be reached, read or written: stopped, starting, read-only or broken."""


PG_BUSY = frozenset({"55P03", "40P01", "40001", "53300", "53400", "57014", "25P03"})
"""lock not available, deadlock, serialization, too many connections, limit, statement cancelled, idle too long."""
PG_FULL = frozenset({"53100", "53200"})
PG_AWAY = ("08", "57P", "25006", "58", "XX")
"""Classes of states: connection, operator intervention, read-only, system error, corrupt."""
SQLITE_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE", "SQLITE_NOMEM")
SQLITE_AWAY = (
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
    "SQLITE_PROTOCOL",
)


@contextmanager
def named_faults(*, reads_only: bool = False) -> Iterator[None]:
    """Turns the faults of either driver that a door can answer for into ours; others pass unchanged.

    In a transaction that `reads_only` a refused write is our mistake and not the database's state.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreBusyError(str(error)) from error
    except exc.DBAPIError as error:
        found = _named(error)
        if found is None:
            raise
        if reads_only and _refused_write(error):
            raise StoreMisuseError("a write inside `read`") from error
        raise found(str(error.orig)) from error
    except OSError as error:
        raise StoreAwayError(str(error)) from error


def _refused_write(error: exc.DBAPIError) -> bool:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    return name.startswith("SQLITE_READONLY") or getattr(error.orig, "sqlstate", None) == "25006"


def _named(error: exc.DBAPIError) -> type[StoreUnavailableError] | None:
    """Finds the name of a driver's fault."""
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if isinstance(state, str):
        return _named_pg(state)
    name = getattr(error.orig, "sqlite_errorname", None)
    if isinstance(name, str):
        return _named_sqlite(name)
    return StoreAwayError if error.connection_invalidated else None


def _named_pg(state: str) -> type[StoreUnavailableError] | None:
    if state in PG_BUSY:
        return StoreBusyError
    if state in PG_FULL:
        return StoreFullError
    return StoreAwayError if state.startswith(PG_AWAY) else None


def _named_sqlite(name: str) -> type[StoreUnavailableError] | None:
    if name.startswith(SQLITE_BUSY):
        return StoreBusyError
    if name.startswith(SQLITE_FULL):
        return StoreFullError
    return StoreAwayError if name.startswith(SQLITE_AWAY) else None
