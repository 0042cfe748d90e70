"""A holder whom no message reaches in time holds no hazard up: the deputy hears of it, and the board shows it."""

from datetime import timedelta

from actions.audience import Audience, card_key
from actions.ports import Deps, Unit
from actions.posts import nearest, present
from actions.telling import priority_of
from models.rules.facts import CaseFacts
from models.rules.roles import Party
from models.store.undelivered import Late as Undelivered

LOOK_BACK = timedelta(hours=24)
"""What was set aside longer ago is in the daily audit."""
TEMPLATE = "notice.undelivered"


async def undelivered(deps: Deps, limit: int = 200) -> tuple[Undelivered, ...]:
    """Lists the dispatched cases whose holder was not told in time; the board shows how many and which."""
    async with deps.store.read() as unit:
        return tuple(await _late(deps, unit, limit))


async def tell_deputies(deps: Deps, limit: int = 200) -> int:
    """Tells of each such case whoever stands in: the deputy on the same post (B 角), else who dispatches there.

    Each is told once a dispatch, however often this runs; counts those told now.
    """
    told = 0
    async with deps.store.read() as unit:
        if not await _late(deps, unit, 1):
            return 0
    async with deps.store.begin() as unit:
        late = {one.case_no: one for one in await _late(deps, unit, limit)}
        for facts in (await unit.cases.many(late)).values():
            for person_id in await _stand_ins(deps, unit, facts):
                rows = await unit.messages.add(
                    person_id=person_id,
                    body={"template": TEMPLATE, "case_no": facts.case_no, "facts": {}},
                    card_key=card_key(facts.case_no),
                    priority=priority_of(facts),
                    dedupe=f"undelivered:{facts.case_no}:{facts.n_dispatched}",
                )
                told += bool(rows)
        unit.after_commit(deps.hint)
    return told


async def _late(deps: Deps, unit: Unit, limit: int) -> list[Undelivered]:
    now, numbers = deps.clock(), deps.catalogue.numbers
    return await unit.messages.undelivered(
        now - timedelta(minutes=numbers["undelivered_minutes"]),
        now - timedelta(minutes=numbers["undelivered_life_minutes"]),
        now - LOOK_BACK,
        limit,
    )


async def _stand_ins(deps: Deps, unit: Unit, facts: CaseFacts) -> list[int]:
    """Finds who is on post beside the holder and can be reached; nobody there leaves it to the dispatchers."""
    posts = await unit.people.posts(unit_code=facts.unit_code) if facts.unit_code else []
    reached = await unit.people.live_all(post.person_id for post in posts)
    others = [post for post in posts if post.person_id != facts.holder_id and post.person_id in reached]
    person_id = present(deps, nearest(others, facts.areas))
    if person_id is not None:
        return [person_id]
    return [person for person in await Audience(deps, unit).of(Party.DISPATCHER, facts) if person != facts.holder_id]
