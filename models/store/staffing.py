"""Posts that begin and end one by one, absences, and people who leave; taking over whole rosters is elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select, update

from models.rules.roles import Post, Role
from models.store.guard import valid
from models.store.line import Line
from models.tables.columns import table
from models.tables.person import Absence, Person
from models.tables.person import Post as PostTable

PEOPLE, POSTS, ABSENCES = table(Person), table(PostTable), table(Absence)


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that is valid now, and its number."""

    post_id: int
    post: Post


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which somebody is away."""

    absence_id: int
    person_id: int
    from_at: datetime
    to_at: datetime


def present(now: datetime) -> ColumnElement[bool]:
    """Tells in SQL whether a person is on duty and not away."""
    away = exists().where(ABSENCES.c.person_id == PEOPLE.c.person_id, ABSENCES.c.from_at <= now, ABSENCES.c.to_at > now)
    return and_(PEOPLE.c.on_duty, ~away)


class Staffing:
    """Posts and absences of single people."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def held(self, person_id: int) -> list[HeldPost]:
        """Lists the posts of a person that are valid now."""
        names = (POSTS.c.post_id, POSTS.c.role, POSTS.c.area_code, POSTS.c.unit_code, POSTS.c.shift)
        found = select(*names).where(POSTS.c.person_id == person_id, valid(self._line.clock()))
        rows = await self._line.rows(found.order_by(POSTS.c.post_id))
        return [HeldPost(r.post_id, Post(Role(r.role), r.area_code, r.unit_code, r.shift)) for r in rows]

    async def end(self, post_ids: Iterable[int], now: datetime) -> int:
        """Ends posts and counts those that were still held."""
        open_ones = and_(POSTS.c.post_id.in_(sorted(post_ids)), POSTS.c.valid_to.is_(None))
        return await self._line.run(update(POSTS).where(open_ones).values(valid_to=now))

    async def begin(self, person_id: int, post: Post, now: datetime) -> None:
        """Gives a person a post from now on."""
        row = {
            "person_id": person_id,
            "role": str(post.role),
            "area_code": post.area_code,
            "unit_code": post.unit_code,
            "shift": post.shift,
            "valid_from": now,
        }
        await self._line.add_many(POSTS, [row])

    async def deactivate(self, person_id: int) -> None:
        """Notes that somebody is no longer of the roster; a later roster that lists them brings them back."""
        await self._line.run(update(PEOPLE).where(PEOPLE.c.person_id == person_id).values(active=False))

    async def add_absence(self, person_id: int, from_at: datetime, to_at: datetime) -> int:
        """Notes a time in which somebody is away, and gives its number."""
        row = {"person_id": person_id, "from_at": from_at, "to_at": to_at}
        return await self._line.add(ABSENCES, row, giving="absence_id")

    async def end_absences(self, person_id: int, now: datetime) -> int:
        """Ends what is going on and strikes off what has not begun; counts both."""
        mine = and_(ABSENCES.c.person_id == person_id, ABSENCES.c.to_at > now)
        begun = update(ABSENCES).where(mine, ABSENCES.c.from_at < now).values(to_at=now)
        coming = ABSENCES.delete().where(mine, ABSENCES.c.from_at >= now)
        return await self._line.run(begun) + await self._line.run(coming)

    async def absences(self, person_ids: Iterable[int], now: datetime) -> dict[int, list[Away]]:
        """Lists for each person the absences that go on or come, the next first."""
        ids = sorted(set(person_ids))
        found = _away().where(ABSENCES.c.person_id.in_(ids), ABSENCES.c.to_at > now).order_by(ABSENCES.c.from_at)
        away: dict[int, list[Away]] = {}
        for row in await self._line.rows(found):
            away.setdefault(row.person_id, []).append(Away(**row._asdict()))
        return away

    async def begun(self, now: datetime) -> list[Away]:
        """Lists absences that have begun and whose open cases nobody has passed on yet."""
        going_on = and_(ABSENCES.c.from_at <= now, ABSENCES.c.to_at > now, ABSENCES.c.passed_on_at.is_(None))
        return [Away(**row._asdict()) for row in await self._line.rows(_away().where(going_on))]

    async def passed_on(self, absence_id: int, now: datetime) -> bool:
        """Notes that the cases were passed on; False for who comes second."""
        first = and_(ABSENCES.c.absence_id == absence_id, ABSENCES.c.passed_on_at.is_(None))
        return await self._line.run(update(ABSENCES).where(first).values(passed_on_at=now)) == 1


def _away() -> Any:
    return select(ABSENCES.c.absence_id, ABSENCES.c.person_id, ABSENCES.c.from_at, ABSENCES.c.to_at)
