"""Who of a unit or of a role receives now: A before its deputy B, nobody who is off duty."""

from actions.ports import Deps, Unit
from models.rules.facts import AreaCodes
from models.rules.roles import Role
from models.rules.routing import Duty, on_post
from models.store.rows import PostRow


async def on_post_of(deps: Deps, unit: Unit, unit_code: str, areas: AreaCodes | None = None) -> list[int]:
    """Finds who of a unit receives a case of a place: one person, or nobody.

    Those whose post is nearest to the place come first; of them the first A who is on duty, else the first B.
    """
    posts = await unit.people.posts(unit_code=unit_code)
    person_id = present(deps, nearest(posts, areas) if areas is not None else posts)
    return [person_id] if person_id is not None else []


def nearest(posts: list[PostRow], areas: AreaCodes) -> list[PostRow]:
    """Gives the posts that are nearest to a place; all of them when none is over it."""
    held = {post.area_code for post in posts}
    near = next((code for code in reversed(areas.chain) if code in held), None)
    return [post for post in posts if post.area_code == near] if near is not None else posts


def present(deps: Deps, posts: list[PostRow]) -> int | None:
    """Picks who is on post among those who hold it; None when everybody is off duty."""
    duties = [Duty(person_id=p.person_id, shift=p.shift, away=not p.on_duty) for p in posts]
    found = on_post(duties, deps.clock())
    return found.person_id if found else None


async def with_role(unit: Unit, role: Role, codes: tuple[str, ...]) -> list[int]:
    """Lists who holds a role over a place and is on duty; when all are off, all of them."""
    posts = await unit.people.posts(role, codes)
    there = [p.person_id for p in posts if p.on_duty] or [p.person_id for p in posts]
    return list(dict.fromkeys(there))
