"""Whom somebody leads: the people with posts in their area, who is away, and who stands opposite on the same post."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from actions.ports import Deps, Unit
from actions.staffing import within
from actions.views import PostView
from models.rules.errors import NotYourTeam
from models.rules.rights import DEEDS, Deed
from models.rules.roles import Actor, Post
from models.store.rows import PostRow


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person of a team. `opposite` holds the same post on the other shift; `away_until` is when they are back."""

    person_id: int
    name: str
    posts: tuple[PostView, ...]
    present: bool
    away_from: datetime | None
    away_until: datetime | None
    opposite: tuple[tuple[int, str], ...]


async def team(deps: Deps, actor: Actor) -> tuple[Colleague, ...]:
    """Lists the people with a post in an area that the actor leads, by area and shift; raises `NotYourTeam`."""
    led = {post.area_code for post in actor.posts if post.role in DEEDS[Deed.LEAD_TEAM]}
    if not led:
        raise NotYourTeam
    codes: set[str] = set()
    for code in led:
        codes |= within(deps, code) or set()
    async with deps.store.read() as unit:
        held = await unit.people.posts(area_codes=codes)
        return await _colleagues(deps, unit, sorted(held, key=lambda one: (one.area_code, one.role, one.shift)))


async def _colleagues(deps: Deps, unit: Unit, held: list[PostRow]) -> tuple[Colleague, ...]:
    ids = dict.fromkeys(one.person_id for one in held)
    names = await unit.people.names(ids)
    areas = await unit.areas.names({one.area_code for one in held})
    units = await unit.units.names({one.unit_code for one in held if one.unit_code})
    away = await unit.staffing.absences(ids, deps.clock())
    on_post: dict[Post, list[int]] = {}
    for one in held:
        on_post.setdefault(_post(one), []).append(one.person_id)
    found = []
    for person_id in ids:
        mine = [one for one in held if one.person_id == person_id]
        next_away = next(iter(away.get(person_id, ())), None)
        found.append(
            Colleague(
                person_id=person_id,
                name=names.get(person_id, ""),
                posts=tuple(
                    PostView(
                        _post(one),
                        areas.get(one.area_code, one.area_code),
                        units.get(one.unit_code) if one.unit_code else None,
                    )
                    for one in mine
                ),
                present=mine[0].on_duty,
                away_from=next_away.from_at if next_away else None,
                away_until=next_away.to_at if next_away else None,
                opposite=_opposite(mine, on_post, names),
            )
        )
    return tuple(found)


def _opposite(
    mine: Iterable[PostRow], on_post: dict[Post, list[int]], names: dict[int, str]
) -> tuple[tuple[int, str], ...]:
    found: dict[int, str] = {}
    for one in mine:
        other = replace(_post(one), shift="B" if one.shift == "A" else "A")
        found |= {person_id: names.get(person_id, "") for person_id in on_post.get(other, ())}
    return tuple(found.items())


def _post(row: PostRow) -> Post:
    return Post(row.role, row.area_code, row.unit_code, row.shift)
