"""Who comes in through the web, and as whom: keys of other systems, one-time links of the bot, browser sessions.

Secrets leave here once, when they are made; what is kept is their hash. A secret has at least 160 random bits, so
that a plain hash of it cannot be searched.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from actions import people
from actions.places import areas_above, areas_below
from actions.ports import Deps
from actions.text import clean
from actions.views import Member
from models.rules.errors import NoSuchItem, NotBound
from models.rules.roles import Actor, Post, Role
from models.store.access import KeyRow as KeyRow
from models.store.access import SessionRow as SessionRow

CHANNEL = "api"
"""The channel under which events of keys and browsers stand in the history."""
READ, WRITE, OPEN311, METRICS, WEBHOOKS = "read", "write", "open311", "metrics", "webhooks"
SCOPES = (READ, WRITE, OPEN311, METRICS, WEBHOOKS)
"""What a key may be for: read cases and figures, act, file by Open311, read metrics, be told of changes."""
_KEY = re.compile(r"wk_([0-9a-z]{8})_[0-9A-Za-z_-]{30,}")
LINK_PATH = "/board/in"
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who shows a key: what it may do, and over which area; `person_id` names in whose name it acts."""

    name: str
    scopes: frozenset[str]
    area_code: str | None
    person_id: int | None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which a person is signed in; `csrf` must come with every write."""

    member: Member
    csrf: str
    session_hash: str
    expires_at: datetime


async def new_key(
    deps: Deps,
    name: str,
    scopes: Iterable[str],
    *,
    area_code: str | None = None,
    person_id: int | None = None,
    days: int | None = None,
) -> str:
    """Makes a key and gives it: it cannot be shown again. Raises `NoSuchItem` for an unknown scope, area or person."""
    wanted = tuple(dict.fromkeys(scopes))
    for scope in wanted:
        if scope not in SCOPES:
            raise NoSuchItem(what="scope", name=scope)
    if area_code is not None and (deps.index is None or area_code not in deps.index.areas):
        raise NoSuchItem(what="area", name=area_code)
    prefix = "".join(secrets.choice("0123456789abcdefghijkmnopqrstuvwxyz") for _ in range(8))
    key = f"wk_{prefix}_{secrets.token_urlsafe(30)}"
    async with deps.store.begin() as unit:
        if person_id is not None and await unit.people.get(person_id) is None:
            raise NoSuchItem(what="person", name=str(person_id))
        await unit.access.add_key(
            prefix=prefix,
            key_hash=digest(key),
            name=clean(name, LONGEST_NAME),
            scopes=wanted,
            area_code=area_code,
            person_id=person_id,
            expires_at=deps.clock() + timedelta(days=days) if days is not None else None,
        )
    return key


async def keys(deps: Deps) -> list[KeyRow]:
    """Lists every key, without the keys themselves."""
    async with deps.store.read() as unit:
        return await unit.access.keys()


async def revoke_key(deps: Deps, prefix: str) -> None:
    """Ends a key at once, by its prefix or by the whole of it; raises `NoSuchItem`."""
    found = _KEY.fullmatch(prefix)
    plain = found[1] if found else prefix.removeprefix("wk_").rstrip("_")
    async with deps.store.begin() as unit:
        if not await unit.access.revoke_key(plain, deps.clock()):
            raise NoSuchItem(what="key", name=plain)


async def key_holder(deps: Deps, key: str) -> KeyHolder | None:
    """Tells who shows a key; None when it is no key that holds."""
    if _KEY.fullmatch(key) is None:
        return None
    async with deps.store.read() as unit:
        row = await unit.access.key(digest(key), deps.clock())
    if row is None:
        return None
    return KeyHolder(row.name, frozenset(row.scopes), row.area_code, row.person_id, row.prefix)


async def actor_of_key(deps: Deps, holder: KeyHolder) -> Actor:
    """Gives as whom a key acts: its person, or a mere viewer of its area."""
    if holder.person_id is None:
        return viewer(deps, holder.area_code)
    actor = (await people.member(deps, holder.person_id, CHANNEL)).actor
    return actor if holder.area_code is None else _narrowed(deps, actor, holder.area_code)


def _narrowed(deps: Deps, actor: Actor, area_code: str) -> Actor:
    """Keeps of the posts what lies within an area."""
    outer, inner = areas_above(deps, area_code), areas_below(deps, [area_code])
    posts = [replace(post, area_code=area_code) for post in actor.posts if post.area_code in outer]
    posts += [post for post in actor.posts if post.area_code in inner - {area_code}]
    return replace(actor, posts=tuple(posts))


def viewer(deps: Deps, area_code: str | None = None) -> Actor:
    """Gives who may look at an area, or the whole city, and change nothing."""
    return Actor(None, (Post(Role.CITY_VIEWER, area_code or deps.city.code),), CHANNEL)


async def sign_in_link(deps: Deps, person_id: int | None, now: datetime) -> str:
    """Makes the address that signs a person in, once, within `signin_link_seconds`; earlier ones of theirs end.

    The secret stands behind `#`: it reaches no server's log, and whoever draws a preview of the link does not use it
    up. Raises `NotBound` without a person.
    """
    if person_id is None:
        raise NotBound()
    token = secrets.token_urlsafe(24)
    async with deps.store.begin() as unit:
        ends_at = now + timedelta(seconds=deps.catalogue.numbers["signin_link_seconds"])
        await unit.access.add_link(digest(token), person_id, now, ends_at)
    return f"{deps.city.web_url}{LINK_PATH}#{token}"


async def sign_in(deps: Deps, token: str, browser: str = "") -> tuple[str, Session] | None:
    """Uses a link up: gives the cookie's secret and the session; None when the link does not hold (any more)."""
    now = deps.clock()
    async with deps.store.begin() as unit:
        person_id = await unit.access.take_link(digest(token), now)
        if person_id is None:
            return None
        secret = secrets.token_urlsafe(32)
        ends_at = now + timedelta(hours=deps.catalogue.numbers["session_hours"])
        await unit.access.add_session(digest(secret), person_id, clean(browser, LONGEST_NAME), now, ends_at)
    member = await people.member(deps, person_id, CHANNEL)
    return secret, Session(member, csrf_of(secret), digest(secret), ends_at)


async def session(deps: Deps, secret: str) -> Session | None:
    """Gives the session of a cookie, with the posts that its person holds now; None when it does not hold."""
    if not secret:
        return None
    async with deps.store.read() as unit:
        row = await unit.access.session(digest(secret), deps.clock())
    if row is None:
        return None
    member = await people.member(deps, row.person_id, CHANNEL)
    return Session(member, csrf_of(secret), row.session_hash, row.expires_at)


async def sign_out(deps: Deps, session_hash: str) -> None:
    """Ends a session."""
    async with deps.store.begin() as unit:
        await unit.access.end_session(session_hash, deps.clock())


async def sign_out_everywhere(deps: Deps, person_id: int) -> int:
    """Ends every session and unused link of a person; counts the sessions."""
    async with deps.store.begin() as unit:
        return await unit.access.end_sessions_of(person_id, deps.clock())


async def sessions(deps: Deps, person_id: int | None = None) -> list[SessionRow]:
    """Lists the sessions that hold."""
    async with deps.store.read() as unit:
        return await unit.access.sessions(deps.clock(), person_id)


def digest(secret: str) -> str:
    """Gives what is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def csrf_of(secret: str) -> str:
    """Makes the token of a session's writes out of its cookie, which no script can read; it is stored nowhere."""
    return hmac.new(secret.encode("utf-8", "surrogateescape"), b"whistle csrf", hashlib.sha256).hexdigest()
