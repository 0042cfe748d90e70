"""Who asks? A person in a browser, a key of another system, the board's own key, or anybody in a demonstration."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web

from actions import access
from actions.access import METRICS, OPEN311, READ, WEBHOOKS, WRITE, Session
from actions.views import Member
from models.rules.roles import Actor
from web.parts import parts

SESSION_COOKIE = "whistle_session"
KEY_COOKIE = "whistle_board"
"""The cookie of a screen that was opened with the board's key: it opens the figures and tells not the key."""


class How(StrEnum):
    """By what a caller is known."""

    PUBLIC = "public"
    BOARD_KEY = "board_key"
    KEY = "key"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, what they may do, and as whom they see and act. `name` is what calls are counted by."""

    name: str
    how: How
    scopes: frozenset[str]
    actor: Actor
    area_code: str | None = None
    member: Member | None = None
    session: Session | None = None

    @property
    def sees_names(self) -> bool:
        """Tells whether names of people are for them: only who is a person of the roster sees those of others."""
        return self.actor.person_id is not None


CALLER = web.RequestKey("caller", Caller)


def caller(request: web.Request) -> Caller | None:
    """Gives who asks; None for a stranger."""
    return request.get(CALLER)


def bearer(request: web.Request) -> str | None:
    """Gives the key of the Authorization header; "" for another scheme, None without the header."""
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, token = given.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def recognise(request: web.Request) -> Caller | None:
    """Finds out who asks. A key that is shown decides alone: a wrong one makes a stranger of anybody."""
    here, key = parts(request), bearer(request)
    if key is not None:
        return await by_key(request, key)
    signed_in = await access.session(here.deps, request.cookies.get(SESSION_COOKIE, ""))
    if signed_in is not None:
        return _person(signed_in)
    if here.api_key and same(request.cookies.get(KEY_COOKIE, ""), cookie_of(here.api_key)):
        return _screen(request)
    if here.is_public:
        return Caller("public", How.PUBLIC, frozenset({READ, OPEN311}), access.viewer(here.deps))
    return None


async def by_key(request: web.Request, key: str) -> Caller | None:
    """Finds the caller of a key, however it was shown."""
    here = parts(request)
    if right_key(here.api_key, key):
        return _screen(request)
    holder = await access.key_holder(here.deps, key)
    if holder is None:
        return None
    actor = await access.actor_of_key(here.deps, holder)
    return Caller(f"key:{holder.prefix}", How.KEY, holder.scopes, actor, holder.area_code)


def _person(signed_in: Session) -> Caller:
    scopes = frozenset({READ, WRITE, OPEN311, WEBHOOKS})
    member = signed_in.member
    return Caller(f"person:{member.person_id}", How.SESSION, scopes, member.actor, member=member, session=signed_in)


def _screen(request: web.Request) -> Caller:
    scopes = frozenset({READ, METRICS, OPEN311})
    return Caller("board-key", How.BOARD_KEY, scopes, access.viewer(parts(request).deps))


def right_key(api_key: str, given: str) -> bool:
    """Compares keys in constant time; nothing is right when no key is set."""
    return bool(api_key) and same(given, api_key)


def cookie_of(api_key: str) -> str:
    """Makes the cookie of a key: it opens the figures, and does not tell the key."""
    return hmac.new(api_key.encode(), b"whistle board", hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Compares secrets in constant time."""
    # On bytes: a text that is no ASCII would make the comparison raise.
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
