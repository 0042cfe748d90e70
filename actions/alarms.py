"""Tells the administrators what the service found out about itself; what it names stays on a list for them."""

from collections.abc import Mapping
from datetime import timedelta

from actions.ports import Deps
from models.rules.roles import Role

QUIET = timedelta(minutes=10)
"""Of a flood of updates that nobody can handle, the administrators hear once in this time."""


async def tell_admins(deps: Deps, template: str, facts: Mapping[str, object], *, dedupe: str | None = None) -> None:
    """Writes a notice for every administrator of the city; with a `dedupe` each is told it once, for ever."""
    async with deps.store.begin() as unit:
        for person_id in await unit.people.with_post(Role.ADMIN, (deps.city.code,)):
            body: dict[str, object] = {"template": template, "facts": dict(facts)}
            once = f"{dedupe}:{person_id}" if dedupe else None
            await unit.messages.add(person_id=person_id, body=body, loud=True, dedupe=once)
        unit.after_commit(deps.hint)


async def update_set_aside(deps: Deps, reference: str, n_aside: int) -> None:
    """Tells the administrators that an update was set aside, by the reference that its sender was told."""
    slot = int(deps.clock().timestamp() // QUIET.total_seconds())
    facts = {"reference": reference, "n": n_aside}
    await tell_admins(deps, "notice.update_dead", facts, dedupe=f"update_dead:{slot}")
