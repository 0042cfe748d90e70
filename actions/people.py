"""Who speaks through a chat: one-time codes, language, reachability, duty, and the roster."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from actions.ports import Deps, Unit
from actions.telling import NORMAL
from actions.views import Member, PostView
from geo.areas import Level
from models.rules.errors import NoSuchItem
from models.rules.roles import Actor, Post, Role
from models.store.rows import RosterRow

CODES_AT_ONCE = 1_000
LANGUAGES = ("zh_CN", "zh_TW", "en")
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody confuses when a code is read out over the phone."""


async def who(deps: Deps, channel: str, chat_id: int) -> Member | None:
    """Gives the person that a chat is bound to, with the posts valid now; None for strangers."""
    async with deps.store.read() as unit:
        person = await unit.people.by_chat(channel, chat_id)
        return await member_of(deps, unit, person.person_id, channel) if person else None


async def member(deps: Deps, person_id: int, channel: str = "bot") -> Member:
    """Gives a person by number; raises `NoSuchItem`."""
    async with deps.store.read() as unit:
        return await member_of(deps, unit, person_id, channel)


async def member_of(deps: Deps, unit: Unit, person_id: int, channel: str) -> Member:
    """Gives a person by number within a transaction; raises `NoSuchItem`."""
    person = await unit.people.get(person_id)
    if person is None:
        raise NoSuchItem(what="person", name=str(person_id))
    actor = await unit.people.actor(person_id, channel)
    areas = await unit.areas.names({p.area_code for p in actor.posts})
    units = await unit.units.names({p.unit_code for p in actor.posts if p.unit_code})
    posts = tuple(
        PostView(
            p,
            areas.get(p.area_code, p.area_code),
            units.get(p.unit_code, p.unit_code) if p.unit_code else None,
        )
        for p in actor.posts
    )
    homes = _homes(deps, actor.posts)
    return Member(
        person_id=person_id,
        name=person.name,
        language=person.language,
        actor=actor,
        posts=posts,
        home_codes=homes,
        home_street_code=_street(deps, homes),
    )


def _homes(deps: Deps, posts: Iterable[Post]) -> tuple[str, ...]:
    """Orders the areas of the posts from the smallest to the largest."""
    codes = dict.fromkeys(p.area_code for p in posts)
    if deps.index is None:
        return tuple(codes)
    order = [level.value for level in reversed(Level)]
    known = deps.index.areas

    def size(code: str) -> int:
        return order.index(known[code].level.value) if code in known else len(order)

    return tuple(sorted(codes, key=size))


def _street(deps: Deps, codes: Iterable[str]) -> str | None:
    """Gives the street of the smallest area that lies in one."""
    if deps.index is None:
        return None
    for code in codes:
        if code in deps.index.areas:
            street = deps.index.chain(code).street
            if street is not None:
                return street.code
    return None


def digest(code: str) -> str:
    """Gives what is stored of a code: people type it in any case, with or without dashes and blanks."""
    plain = "".join(ch for ch in code.upper() if ch.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


async def issue_code(deps: Deps, person_id: int, *, code: str | None = None) -> str:
    """Gives a person a new one-time code, valid for `invite_days` of the policy; only its hash is stored.

    A fixed `code` is for demonstrations only; otherwise it has 80 random bits.
    """
    issued = code or _drawn()
    async with deps.store.begin() as unit:
        if await unit.people.get(person_id) is None:
            raise NoSuchItem(what="person", name=str(person_id))
        await unit.people.new_invite(person_id, digest(issued), ends_at(deps))
    return issued


def _drawn() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


async def issue_codes(
    deps: Deps, person_ids: Sequence[int], *, done: Callable[[int], None] = lambda _: None
) -> dict[int, str]:
    """Gives many people a new one-time code each, some in one transaction; `done` hears how many."""
    issued = {person_id: _drawn() for person_id in person_ids}
    for start in range(0, len(person_ids), CODES_AT_ONCE):
        chunk = person_ids[start : start + CODES_AT_ONCE]
        async with deps.store.begin() as unit:
            await unit.people.new_invites({one: digest(issued[one]) for one in chunk}, ends_at(deps))
        done(len(chunk))
    return issued


def ends_at(deps: Deps) -> datetime:
    """Tells until when a code issued now is good."""
    return deps.clock() + timedelta(days=deps.catalogue.numbers["invite_days"])


async def stop(deps: Deps, channel: str, chat_id: int) -> None:
    """Ends the binding of a chat."""
    async with deps.store.begin() as unit:
        await unit.people.unbind(channel, chat_id, deps.clock())


async def set_language(deps: Deps, actor: Actor, language: str) -> None:
    """Sets the language a person reads; raises `NoSuchItem` for one without a catalogue."""
    if language not in LANGUAGES:
        raise NoSuchItem(what="language", name=language)
    if actor.person_id is not None:
        async with deps.store.begin() as unit:
            await unit.people.set_language(actor.person_id, language)


async def unreachable(deps: Deps, channel: str, chat_id: int, why: str) -> None:
    """Marks a chat dead and tells the supervisors of the person's areas; once only."""
    async with deps.store.begin() as unit:
        person = await unit.people.by_chat(channel, chat_id)
        if not await unit.people.mark_dead(channel, chat_id, why, deps.clock()) or person is None:
            return
        actor = await unit.people.actor(person.person_id, channel)
        codes = above(deps, {p.area_code for p in actor.posts})
        told = await unit.people.with_post(Role.STREET_SUPERVISOR, codes)
        told = [p for p in told if p != person.person_id] or await unit.people.with_post(Role.DISTRICT_CENTRE, codes)
        for person_id in told:
            await unit.messages.add(
                person_id=person_id,
                body={"template": "notice.unreachable", "facts": {"name": person.name, "why": why}},
                loud=True,
                priority=NORMAL,
            )
        unit.after_commit(deps.hint)


def above(deps: Deps, codes: Iterable[str]) -> tuple[str, ...]:
    """Lists the areas and all that lie above them."""
    found: dict[str, None] = {}
    for code in codes:
        found[code] = None
        if deps.index is not None and code in deps.index.areas:
            chain = deps.index.chain(code)
            found.update((a.code, None) for level in Level if (a := chain.of(level)) is not None)
    return tuple(found)


async def reachable(deps: Deps, channel: str, chat_id: int) -> None:
    """Marks a chat alive again, because a message came from it."""
    async with deps.store.begin() as unit:
        await unit.people.mark_alive(channel, chat_id)


async def set_duty(deps: Deps, actor: Actor, *, on_duty: bool) -> None:
    """Goes on or off duty; off duty the deputy (B 角) of the same post receives."""
    if actor.person_id is not None:
        async with deps.store.begin() as unit:
            await unit.people.set_duty(actor.person_id, on_duty)


async def import_roster(deps: Deps, rows: Iterable[RosterRow]) -> int:
    """Adds or changes people and their posts; counts the people. Raises `NoSuchItem` for an unknown area."""
    roster = list(rows)
    if deps.index is not None:
        for row in roster:
            if row.area_code not in deps.index.areas:
                raise NoSuchItem(what="area", name=row.area_code)
    async with deps.store.begin() as unit:
        return await unit.people.import_roster(roster)
