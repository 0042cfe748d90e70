"""Single people of the roster: who leaves, moves, swaps A and B, is away and comes back. Their open cases pass on."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from actions.passing_on import Passed, pass_on
from actions.people import above, digest
from actions.ports import Deps, Unit
from actions.telling import NORMAL
from models.rules.errors import NoSuchItem, NotYourTeam
from models.rules.rights import Deed, may
from models.rules.roles import Actor, Post, Role
from models.store.staffing import HeldPost


@dataclass(frozen=True, slots=True)
class Left:
    """What ended when somebody left, and where their open cases went."""

    n_posts: int
    n_chats: int
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Which posts ended, which began, and where the open cases of the old ones went."""

    ended: tuple[Post, ...]
    begun: tuple[Post, ...]
    passed: tuple[Passed, ...]


async def leave(deps: Deps, person_id: int) -> Left:
    """Ends every post, chat, unused code, session and key of a person at once; open cases pass on, chats are told."""
    async with deps.store.begin() as unit:
        now = deps.clock()
        person = await unit.people.get(person_id)
        if person is None:
            raise NoSuchItem(what="person", name=str(person_id))
        chats = await unit.people.chats_of(person_id, dead=True)
        for chat in chats:
            await unit.people.unbind(chat.channel, chat.chat_id, now)
            await farewell(unit, chat.channel, chat.chat_id, "left", person.language)
        # A new code ends the earlier ones; this one is over at once and known to nobody.
        await unit.people.new_invite(person_id, digest(secrets.token_hex(16)), now)
        # Whoever comes back later begins anew: what opened doors before must not open them again.
        await unit.access.end_all_of(person_id, now)
        n_posts = await unit.people.end_posts(person_id, now)
        await unit.staffing.deactivate(person_id)
        passed = await pass_on(deps, unit, person_id)
        unit.after_commit(deps.hint)
        return Left(n_posts, len(chats), passed)


async def farewell(unit: Unit, channel: str, chat_id: int, why: str, language: str) -> None:
    """Tells a chat that it speaks for nobody any more, in the language of whoever it was."""
    body = {"template": f"farewell.{why}", "language": language}
    await unit.messages.add(channel=channel, chat_id=chat_id, body=body, loud=True, priority=NORMAL)


async def settle(deps: Deps, left: Collection[str], changed: Collection[str]) -> int:
    """After a roster was taken over: ends the chats of who left, and passes on what no post serves any more.

    Both are staff numbers; counts the cases that went elsewhere.
    """
    n = 0
    for staff_no in sorted({*left, *changed}):
        async with deps.store.begin() as unit:
            person = await unit.people.by_staff_no(staff_no)
            if person is None:
                continue
            if staff_no in left:
                n += len((await leave(deps, person.person_id)).passed)
            else:
                n += len(await pass_on(deps, unit, person.person_id))
    return n


async def transfer(
    deps: Deps,
    person_id: int,
    to_area: str,
    *,
    role: Role | None = None,
    unit_code: str | None = None,
    shift: str | None = None,
    from_area: str | None = None,
) -> Moved:
    """Moves somebody to another area or unit: their posts (or those in `from_area`) end and one begins.

    Role and shift stay as they were unless given. Chat, codes and unfinished drafts are kept; open cases of posts
    that ended pass on. Raises `NoSuchItem` for an unknown area or unit, for somebody without a post to move, and
    when several roles end and none is named.
    """
    async with deps.store.begin() as unit:
        now = deps.clock()
        await _known(deps, unit, to_area, unit_code)
        places = within(deps, from_area)
        ended = [
            held for held in await unit.staffing.held(person_id) if places is None or held.post.area_code in places
        ]
        post = _wanted(ended, to_area, role, unit_code, shift)
        await unit.staffing.end([held.post_id for held in ended], now)
        await unit.staffing.begin(person_id, post, now)
        passed = await pass_on(deps, unit, person_id)
        names = await unit.areas.names({to_area})
        await _tell(unit, person_id, "notice.transferred", {"area": names.get(to_area, to_area), "role": post.role})
        unit.after_commit(deps.hint)
        return Moved(tuple(held.post for held in ended), (post,), passed)


def _wanted(
    ended: Sequence[HeldPost], area_code: str, role: Role | None, unit_code: str | None, shift: str | None
) -> Post:
    """Gives the post that begins."""
    roles = {held.post.role for held in ended}
    if role is None and len(roles) != 1:
        raise NoSuchItem(what="role", name=", ".join(sorted(roles)) or "-")
    wanted = role or roles.pop()
    if wanted is Role.RESPONSIBLE_UNIT and unit_code is None:
        raise NoSuchItem(what="unit", name="-")
    shifts = {held.post.shift for held in ended}
    return Post(wanted, area_code, unit_code, shift or (shifts.pop() if len(shifts) == 1 else "A"))


async def _known(deps: Deps, unit: Unit, area_code: str, unit_code: str | None) -> None:
    if deps.index is not None and area_code not in deps.index.areas:
        raise NoSuchItem(what="area", name=area_code)
    if unit_code is not None and unit_code not in {row.code for row in await unit.units.all()}:
        raise NoSuchItem(what="unit", name=unit_code)


def within(deps: Deps, area_code: str | None) -> set[str] | None:
    """Gives an area and all that lies in it; None when no area is named."""
    if area_code is None:
        return None
    found = {area_code}
    for area in deps.index.areas.values() if deps.index is not None else ():
        if area.parent_code in found:
            found.add(area.code)
    return found


async def swap(deps: Deps, actor: Actor | None, first_id: int, second_id: int) -> tuple[Post, ...]:
    """Swaps A and B of two people wherever they hold the same post; gives the posts of the first as they are now.

    `actor` None is the operator at the command line. Raises `NoSuchItem` when they share no post as A and B.
    """
    async with deps.store.begin() as unit:
        now = deps.clock()
        mine, theirs = await unit.staffing.held(first_id), await unit.staffing.held(second_id)
        pairs = [(a, b) for a in mine for b in theirs if _counterpart(a.post) == b.post]
        if not pairs:
            raise NoSuchItem(what="pair", name=f"{first_id}/{second_id}")
        for one, other in pairs:
            demand(deps, actor, one.post)
            await unit.staffing.end([one.post_id, other.post_id], now)
            await unit.staffing.begin(first_id, other.post, now)
            await unit.staffing.begin(second_id, one.post, now)
        for person_id, post in ((first_id, pairs[0][1].post), (second_id, pairs[0][0].post)):
            await _tell(unit, person_id, "notice.swapped", {"shift": post.shift})
        unit.after_commit(deps.hint)
        return tuple(other.post for _, other in pairs)


def _counterpart(post: Post) -> Post:
    return replace(post, shift="B" if post.shift == "A" else "A")


def demand(deps: Deps, actor: Actor | None, post: Post) -> None:
    """Refuses with `NotYourTeam` unless the actor leads the area of a post; the command line may always."""
    if actor is not None and not may(actor, Deed.LEAD_TEAM, above(deps, {post.area_code})):
        raise NotYourTeam


async def absent(deps: Deps, actor: Actor | None, person_id: int, from_on: date, to_on: date) -> datetime:
    """Notes that somebody is away from a day to a day, both whole; the deputy receives meanwhile.

    What they hold passes on to the deputy when the absence begins; without a deputy it waits for them. Gives the
    moment they are back. Raises `NoSuchItem` for days that are over or in the wrong order.
    """
    zone = deps.setting.calendar.zone
    now = deps.clock()
    from_at = datetime.combine(from_on, time(), zone).astimezone(now.tzinfo)
    to_at = datetime.combine(to_on + timedelta(days=1), time(), zone).astimezone(now.tzinfo)
    if to_at <= now or to_on < from_on:
        raise NoSuchItem(what="day", name=to_on.isoformat())
    async with deps.store.begin() as unit:
        await _led(deps, unit, actor, person_id)
        await unit.staffing.add_absence(person_id, from_at, to_at)
        await _tell(unit, person_id, "notice.absent", {"from_on": f"{from_on:%m-%d}", "to_on": f"{to_on:%m-%d}"})
        unit.after_commit(deps.hint)
    await begin_absences(deps)
    return to_at


async def back(deps: Deps, actor: Actor | None, person_id: int) -> int:
    """Ends what somebody is away for, now and later, and counts it; whatever passed on stays where it is."""
    async with deps.store.begin() as unit:
        await _led(deps, unit, actor, person_id)
        ended = await unit.staffing.end_absences(person_id, deps.clock())
        if ended:
            await _tell(unit, person_id, "notice.back", {})
        unit.after_commit(deps.hint)
        return ended


async def begin_absences(deps: Deps) -> int:
    """Passes on to the deputies what people hold whose absence has begun; counts the cases. Safe to run twice."""
    async with deps.store.read() as unit:
        begun = await unit.staffing.begun(deps.clock())
    n = 0
    for away in begun:
        async with deps.store.begin() as unit:
            if await unit.staffing.passed_on(away.absence_id, deps.clock()):
                n += len(await pass_on(deps, unit, away.person_id, only_to_deputy=True))
    return n


async def _led(deps: Deps, unit: Unit, actor: Actor | None, person_id: int) -> None:
    """Refuses unless the actor leads one of the person's posts, or is the person."""
    if actor is None or actor.person_id == person_id:
        return
    posts: Collection[HeldPost] = await unit.staffing.held(person_id)
    if not any(may(actor, Deed.LEAD_TEAM, above(deps, {held.post.area_code})) for held in posts):
        raise NotYourTeam


async def _tell(unit: Unit, person_id: int, template: str, facts: dict[str, object]) -> None:
    await unit.messages.add(
        person_id=person_id, body={"template": template, "facts": facts}, loud=True, priority=NORMAL
    )
