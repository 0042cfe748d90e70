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
    if areas is not None:
        near = [code for code in reversed(areas.chain) if any(p.area_code == code for p in posts)]
        posts = [p for p in posts if p.area_code == near[0]] if near else posts
    person_id = present(deps, posts)
    return [person_id] if person_id is not None else []


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
