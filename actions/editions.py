"""Which boundaries are kept, and which are in force? Puts an earlier edition back in one step."""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.boundaries import Comparison, compare
from actions.city import EDITION_BEFORE
from actions.ports import Deps
from models.rules.errors import NoSuchItem
from models.store.rows import EditionRow


@dataclass(frozen=True, slots=True)
class Turn:
    """A change from one edition to another, weighed before it is made."""

    before: str
    after: str
    comparison: Comparison


async def kept(deps: Deps) -> Sequence[EditionRow]:
    """Lists the editions, the latest first."""
    async with deps.store.read() as unit:
        return await unit.areas.editions()


async def weigh(deps: Deps, edition: str | None = None) -> Turn:
    """Says what putting an edition in force would change; without a name, the one that was in force before.

    The beginning of a name is enough where only one begins so. Raises `NoSuchItem` when there is no such edition,
    none to go back to, or it is in force already.
    """
    async with deps.store.read() as unit:
        known = await unit.areas.editions()
        now_in_force = next((row.edition_id for row in known if row.current), None)
        wanted = edition or await unit.kv.get(EDITION_BEFORE) or ""
        fitting = [row.edition_id for row in known if wanted and row.edition_id.startswith(wanted)]
        if len(fitting) != 1 or now_in_force is None or fitting[0] == now_in_force:
            raise NoSuchItem(what="other edition", name=edition or "before this one")
        return Turn(now_in_force, fitting[0], await compare(unit, now_in_force, fitting[0]))


async def turn(deps: Deps, turned: Turn) -> None:
    """Puts the edition in force, in one transaction; running cases keep the edition they began with.

    Raises `NoSuchItem` when another one came into force since it was weighed.
    """
    async with deps.store.begin() as unit:
        if await unit.areas.edition() != turned.before or not await unit.areas.put_in_force(turned.after):
            raise NoSuchItem(what="edition in force any more", name=turned.before)
        await unit.kv.put(EDITION_BEFORE, turned.before)
