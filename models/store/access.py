"""Keys, one-time links and sessions as rows; every check of a hash is one statement that also looks at the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, delete, or_, select, update

from models.store.line import Line
from models.tables.access import ApiKey, SigninLink, WebSession
from models.tables.columns import table
from models.tables.person import Person

KEYS, LINKS, SESSIONS, PEOPLE = table(ApiKey), table(SigninLink), table(WebSession), table(Person)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key without its secret."""

    key_id: int
    prefix: str
    name: str
    scopes: tuple[str, ...]
    area_code: str | None
    person_id: int | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session without its secret."""

    session_hash: str
    person_id: int
    browser: str
    created_at: datetime
    expires_at: datetime


class Access:
    """Keys, links and sessions."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def add_key(
        self,
        *,
        prefix: str,
        key_hash: str,
        name: str,
        scopes: Sequence[str],
        area_code: str | None,
        person_id: int | None,
        expires_at: datetime | None,
    ) -> int:
        """Keeps a new key and gives its number."""
        row = {
            "prefix": prefix,
            "key_hash": key_hash,
            "name": name,
            "scopes": list(scopes),
            "area_code": area_code,
            "person_id": person_id,
            "created_at": self._line.clock(),
            "expires_at": expires_at,
            "revoked_at": None,
        }
        return await self._line.add(KEYS, row, giving="key_id")

    async def key(self, key_hash: str, now: datetime) -> KeyRow | None:
        """Gives the key of a hash; None when it is unknown, over or revoked, or its person left."""
        good = and_(KEYS.c.key_hash == key_hash, KEYS.c.revoked_at.is_(None), _not_over(KEYS.c.expires_at, now))
        left = select(PEOPLE.c.person_id).where(PEOPLE.c.person_id == KEYS.c.person_id, PEOPLE.c.active.is_(False))
        row = await self._line.one(select(KEYS).where(good, ~left.exists()))
        return _key(row) if row is not None else None

    async def holds(self, prefix: str, now: datetime) -> bool:
        """Tells whether a key still holds."""
        good = and_(KEYS.c.prefix == prefix, KEYS.c.revoked_at.is_(None), _not_over(KEYS.c.expires_at, now))
        return await self._line.scalar(select(KEYS.c.key_id).where(good)) is not None

    async def keys(self) -> list[KeyRow]:
        """Lists every key, the newest first, those that ended too."""
        return [_key(row) for row in await self._line.rows(select(KEYS).order_by(KEYS.c.key_id.desc()))]

    async def revoke_key(self, prefix: str, now: datetime) -> bool:
        """Ends a key by its prefix; False when there is none that still holds."""
        held = update(KEYS).where(KEYS.c.prefix == prefix, KEYS.c.revoked_at.is_(None))
        return await self._line.run(held.values(revoked_at=now)) == 1

    async def add_link(self, link_hash: str, person_id: int, now: datetime, expires_at: datetime) -> None:
        """Keeps a new link; earlier unused ones of the person end, and those long over are swept out."""
        unused = and_(LINKS.c.person_id == person_id, LINKS.c.used_at.is_(None))
        await self._line.run(delete(LINKS).where(or_(unused, LINKS.c.expires_at <= now)))
        row = {"link_hash": link_hash, "person_id": person_id, "issued_at": now, "expires_at": expires_at}
        await self._line.run(LINKS.insert().values(row | {"used_at": None}))

    async def take_link(self, link_hash: str, now: datetime) -> int | None:
        """Uses a link up and tells whose it was; None when it is unknown, over or used, and for who comes second."""
        unused = and_(LINKS.c.link_hash == link_hash, LINKS.c.used_at.is_(None), LINKS.c.expires_at > now)
        taken = update(LINKS).where(unused, _active(LINKS)).values(used_at=now)
        person_id = await self._line.scalar(taken.returning(LINKS.c.person_id))
        return None if person_id is None else int(person_id)

    async def add_session(
        self, session_hash: str, person_id: int, browser: str, now: datetime, expires_at: datetime
    ) -> None:
        """Keeps a new session; those that are over are swept out."""
        await self._line.run(delete(SESSIONS).where(SESSIONS.c.expires_at <= now))
        row = {
            "session_hash": session_hash,
            "person_id": person_id,
            "browser": browser,
            "created_at": now,
            "expires_at": expires_at,
            "revoked_at": None,
        }
        await self._line.run(SESSIONS.insert().values(row))

    async def session(self, session_hash: str, now: datetime) -> SessionRow | None:
        """Gives the session of a hash; None when it is unknown, over or ended, or its person left."""
        holds = and_(SESSIONS.c.session_hash == session_hash, _session_holds(now), _active(SESSIONS))
        row = await self._line.one(select(SESSIONS).where(holds))
        return _session(row) if row is not None else None

    async def sessions(self, now: datetime, person_id: int | None = None) -> list[SessionRow]:
        """Lists the sessions that hold, of one person or of everybody, the newest first."""
        wanted = select(SESSIONS).where(_session_holds(now))
        if person_id is not None:
            wanted = wanted.where(SESSIONS.c.person_id == person_id)
        return [_session(row) for row in await self._line.rows(wanted.order_by(SESSIONS.c.created_at.desc()))]

    async def end_session(self, session_hash: str, now: datetime) -> bool:
        """Ends one session; False when it had ended."""
        held = update(SESSIONS).where(SESSIONS.c.session_hash == session_hash, SESSIONS.c.revoked_at.is_(None))
        return await self._line.run(held.values(revoked_at=now)) == 1

    async def end_sessions_of(self, person_id: int, now: datetime) -> int:
        """Ends every session and unused link of a person; counts the sessions."""
        await self._line.run(delete(LINKS).where(LINKS.c.person_id == person_id, LINKS.c.used_at.is_(None)))
        held = update(SESSIONS).where(SESSIONS.c.person_id == person_id, _session_holds(now))
        return await self._line.run(held.values(revoked_at=now))

    async def end_all_of(self, person_id: int, now: datetime) -> None:
        """Ends every session, link and key of a person who leaves."""
        await self.end_sessions_of(person_id, now)
        held = update(KEYS).where(KEYS.c.person_id == person_id, KEYS.c.revoked_at.is_(None))
        await self._line.run(held.values(revoked_at=now))


def _not_over(column: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column > now)


def _session_holds(now: datetime) -> ColumnElement[bool]:
    return and_(SESSIONS.c.revoked_at.is_(None), SESSIONS.c.expires_at > now)


def _active(holding: Table) -> ColumnElement[bool]:
    """Tells in SQL that the row's person is still in the roster."""
    mine = PEOPLE.c.person_id == holding.c.person_id
    return select(PEOPLE.c.person_id).where(mine, PEOPLE.c.active).exists()


def _key(row: Row[Any]) -> KeyRow:
    values = row._asdict()
    del values["key_hash"]
    return KeyRow(**(values | {"scopes": tuple(values["scopes"])}))


def _session(row: Row[Any]) -> SessionRow:
    values = row._asdict()
    del values["revoked_at"]
    return SessionRow(**values)
