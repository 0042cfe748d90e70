"""The roster in use: what people may do now, who is on post, and which language they read."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select, update

from models.rules.roles import Actor, Post, Role
from models.store import roster
from models.store.chats import CHATS, Chats
from models.store.guard import valid
from models.store.rows import PersonRow, PostRow, RosterRow
from models.store.staffing import present
from models.tables.columns import table
from models.tables.person import Person
from models.tables.person import Post as PostTable

PEOPLE, POSTS = table(Person), table(PostTable)
BATCH = 500
"""How many units are asked for at once."""
NAMES = tuple(f.name for f in fields(PersonRow))
PAGE = 2_000


class People(Chats):
    """People and posts; chats and codes are in `chats`."""

    async def get(self, person_id: int) -> PersonRow | None:
        """Finds a person, active or not."""
        found = await self._line.one(_select().where(PEOPLE.c.person_id == person_id))
        return _person(found) if found else None

    async def by_staff_no(self, staff_no: str) -> PersonRow | None:
        """Finds a person by the roster's own number."""
        found = await self._line.one(_select().where(PEOPLE.c.staff_no == staff_no))
        return _person(found) if found else None

    async def by_chat(self, channel: str, chat_id: int) -> PersonRow | None:
        """Finds the active person whom a chat is bound to."""
        found = _select().join_from(CHATS, PEOPLE, CHATS.c.person_id == PEOPLE.c.person_id)
        bound = (CHATS.c.channel == channel, CHATS.c.chat_id == chat_id, CHATS.c.unbound_at.is_(None))
        row = await self._line.one(found.where(*bound, PEOPLE.c.active))
        return _person(row) if row else None

    async def names(self, person_ids: Iterable[int]) -> dict[int, str]:
        """Gives the names of people."""
        ids = sorted(set(person_ids))
        if not ids:
            return {}
        wanted = select(PEOPLE.c.person_id, PEOPLE.c.name).where(PEOPLE.c.person_id.in_(ids))
        return {row.person_id: row.name for row in await self._line.rows(wanted)}

    async def without_chat(self) -> list[PersonRow]:
        """Lists active people whom no chat is bound to."""
        bound = select(CHATS.c.person_id).where(CHATS.c.unbound_at.is_(None))
        found = _select().where(PEOPLE.c.active, PEOPLE.c.person_id.not_in(bound)).order_by(PEOPLE.c.person_id)
        return [_person(row) for row in await self._line.rows(found)]

    async def named(self, name: str) -> list[PersonRow]:
        """Finds active people by the whole name; its index is asked, for the name itself is sealed."""
        bearing = PEOPLE.c.name_index.in_(self._line.keyring.blinds(roster.NAME, name))
        found = _select().where(PEOPLE.c.active, bearing).order_by(PEOPLE.c.person_id)
        return [_person(row) for row in await self._line.rows(found)]

    async def search(self, text: str, *, limit: int = 20) -> list[PersonRow]:
        """Finds active people by a part of the name or by their staff number.

        Sealed names can only be opened one by one: 48,000 take about a second, a page at a time.
        """
        found: list[PersonRow] = []
        after = 0
        while len(found) < limit:
            page = _select().where(PEOPLE.c.active, PEOPLE.c.person_id > after).order_by(PEOPLE.c.person_id)
            people = [_person(row) for row in await self._line.rows(page.limit(PAGE))]
            found += [person for person in people if text in person.name or text == person.staff_no]
            if len(people) < PAGE:
                break
            after = people[-1].person_id
        return found[:limit]

    async def with_posts_in(
        self, area_codes: Iterable[str] | None, text: str = "", *, after: int = 0, limit: int = 50
    ) -> list[PersonRow]:
        """Lists active people with a post in these areas (None: anywhere), by number; `after` pages on.

        A part of a name is looked for in the opened names, a page at a time, like `search`.
        """
        held = select(POSTS.c.person_id).where(POSTS.c.person_id == PEOPLE.c.person_id, valid(self._line.clock()))
        if area_codes is not None:
            held = held.where(POSTS.c.area_code.in_(sorted(set(area_codes))))
        found: list[PersonRow] = []
        while len(found) < limit:
            page = _select().where(PEOPLE.c.active, PEOPLE.c.person_id > after, held.exists())
            page = page.order_by(PEOPLE.c.person_id).limit(PAGE)
            people = [_person(row) for row in await self._line.rows(page)]
            found += [person for person in people if not text or text in person.name or text == person.staff_no]
            if len(people) < PAGE:
                break
            after = people[-1].person_id
        return found[:limit]

    async def actor(self, person_id: int, channel: str) -> Actor:
        """Gives the actor with the posts that are valid now; nobody inactive holds any."""
        held = select(POSTS.c.role, POSTS.c.area_code, POSTS.c.unit_code, POSTS.c.shift)
        held = held.join_from(POSTS, PEOPLE, POSTS.c.person_id == PEOPLE.c.person_id).where(
            POSTS.c.person_id == person_id, PEOPLE.c.active, valid(self._line.clock())
        )
        rows = await self._line.rows(held.order_by(POSTS.c.post_id))
        posts = tuple(Post(Role(r.role), r.area_code, r.unit_code, r.shift) for r in rows)
        return Actor(person_id, posts, channel)

    async def posts(
        self,
        role: Role | None = None,
        area_codes: Iterable[str] | None = None,
        *,
        unit_code: str | None = None,
        shift: str | None = None,
    ) -> list[PostRow]:
        """Lists valid posts of active people, A before B; parts left out do not limit."""
        wanted: list[ColumnElement[bool]] = []
        if role is not None:
            wanted.append(POSTS.c.role == str(role))
        if area_codes is not None:
            wanted.append(POSTS.c.area_code.in_(sorted(set(area_codes))))
        if unit_code is not None:
            wanted.append(POSTS.c.unit_code == unit_code)
        if shift is not None:
            wanted.append(POSTS.c.shift == shift)
        return await self._posts(*wanted)

    async def _posts(self, *wanted: ColumnElement[bool]) -> list[PostRow]:
        names = (POSTS.c.person_id, POSTS.c.role, POSTS.c.area_code, POSTS.c.unit_code, POSTS.c.shift)
        on_duty = present(self._line.clock()).label("on_duty")
        found = select(*names, on_duty).join_from(POSTS, PEOPLE, POSTS.c.person_id == PEOPLE.c.person_id)
        found = found.where(PEOPLE.c.active, valid(self._line.clock()), *wanted)
        rows = await self._line.rows(found.order_by(POSTS.c.shift, POSTS.c.post_id))
        return [PostRow(**(row._asdict() | {"role": Role(row.role)})) for row in rows]

    async def posts_of_units(self, unit_codes: Sequence[str]) -> dict[str, list[PostRow]]:
        """Lists for each unit what `posts` lists for one."""
        found: dict[str, list[PostRow]] = {code: [] for code in unit_codes}
        for start in range(0, len(unit_codes), BATCH):
            for post in await self._posts(POSTS.c.unit_code.in_(unit_codes[start : start + BATCH])):
                if post.unit_code is not None:
                    found[post.unit_code].append(post)
        return found

    async def with_post(
        self,
        role: Role,
        area_codes: Iterable[str],
        *,
        unit_code: str | None = None,
        shift: str | None = None,
    ) -> list[int]:
        """Lists who answers for a role over one of the areas now: A on duty, else B, and never nobody.

        When everybody who holds a post of an area is off duty, all of them are given.
        """
        held = await self.posts(role, area_codes, unit_code=unit_code, shift=shift)
        answering = [post.person_id for posts in _by_place(held) for post in _on_duty(posts) or posts]
        return list(dict.fromkeys(answering))

    async def on_post(self, unit_code: str) -> list[int]:
        """Lists who is on post in a unit: A on duty, else B on duty, perhaps nobody."""
        held = await self.posts(unit_code=unit_code)
        return list(dict.fromkeys(post.person_id for post in _on_duty(held)))

    async def of_unit(self, unit_code: str) -> list[int]:
        """Lists everybody who serves a unit, on duty or not."""
        return list(dict.fromkeys(post.person_id for post in await self.posts(unit_code=unit_code)))

    async def reachable_with_role(self, role: Role) -> list[int]:
        """Lists everybody who holds a role and can be written to."""
        bound = select(CHATS.c.person_id).where(CHATS.c.unbound_at.is_(None), CHATS.c.dead_at.is_(None))
        held = select(POSTS.c.person_id).join_from(POSTS, PEOPLE, POSTS.c.person_id == PEOPLE.c.person_id)
        held = held.where(POSTS.c.role == str(role), PEOPLE.c.active, valid(self._line.clock()))
        wanted = held.where(POSTS.c.person_id.in_(bound)).distinct()
        return await self._line.column(wanted.order_by(POSTS.c.person_id))

    async def set_duty(self, person_id: int, on_duty: bool) -> None:
        """Notes that somebody goes on or off duty."""
        await self._line.run(update(PEOPLE).where(PEOPLE.c.person_id == person_id).values(on_duty=on_duty))

    async def set_language(self, person_id: int, language: str) -> None:
        """Keeps the language that a person reads."""
        await self._line.run(update(PEOPLE).where(PEOPLE.c.person_id == person_id).values(language=language))

    async def end_posts(self, person_id: int, now: datetime) -> int:
        """Ends every post of a person at once and counts them; buttons already sent do nothing from then on."""
        held = update(POSTS).where(POSTS.c.person_id == person_id, POSTS.c.valid_to.is_(None))
        return await self._line.run(held.values(valid_to=now))

    async def import_roster(
        self, rows: Sequence[RosterRow], *, complete: bool = False, done: roster.Done = lambda _: None
    ) -> int:
        """Takes over a roster and counts its people; `done` hears of the rows that were written.

        The posts of everybody whom it lists become those that it lists; a complete roster also ends the
        people it does not list.
        """
        return await roster.take_over(self._line, rows, complete=complete, done=done)


def _by_place(posts: Iterable[PostRow]) -> list[list[PostRow]]:
    """Groups posts by area and unit, in the order in which they came."""
    held = list(posts)
    places = list(dict.fromkeys((post.area_code, post.unit_code) for post in held))
    rank = {place: index for index, place in enumerate(places)}
    ordered = sorted(held, key=lambda post: rank[post.area_code, post.unit_code])
    return [list(group) for _, group in groupby(ordered, key=lambda post: (post.area_code, post.unit_code))]


def _on_duty(posts: Iterable[PostRow]) -> list[PostRow]:
    """Gives the A posts on duty, else the B posts on duty."""
    present = [post for post in posts if post.on_duty]
    return [post for post in present if post.shift == "A"] or present


def _select() -> Select[Any]:
    return select(*(PEOPLE.c[name] for name in NAMES))


def _person(row: Row[Any]) -> PersonRow:
    return PersonRow(**row._asdict())
