"""Boundaries come and go by edition: what a change would move is weighed first, and nobody's change is overrun."""

import pytest
import shapely

from actions import editions
from actions.city import import_boundaries
from actions.ports import Deps
from geo.areas import Area, Shape
from models.rules.errors import NoSuchItem
from tests.fakes.small_city import AREAS, EDITION, NEIGHBOUR
from tests.make import filed


def shapes(**names: str) -> list[Shape]:
    """Gives the small city; `names` are other names for areas, by `c` and their code."""
    return [
        Shape(Area(code, names.get(f"c{code}", name), level, parent), shapely.to_wkb(shapely.box(*box)))
        for code, name, level, parent, box in AREAS
    ]


async def in_force(deps: Deps) -> str | None:
    async with deps.store.read() as unit:
        return await unit.areas.edition()


async def test_the_edition_before_is_one_step_away_and_back(deps: Deps) -> None:
    await filed(deps)
    new = (await import_boundaries(deps.store, shapes(c120103013="新街道"), deps.clock())).edition

    turned = await editions.weigh(deps)
    await editions.turn(deps, turned)

    assert (turned.before, turned.after) == (new, EDITION)
    assert [(r.before.name, r.after.name) for r in turned.comparison.changes.renamed] == [("新街道", "梅江街道")]
    assert turned.comparison.elsewhere == ()
    assert await in_force(deps) == EDITION
    assert (await editions.weigh(deps)).after == new
    assert [row.edition_id for row in await editions.kept(deps) if row.current] == [EDITION]


async def test_a_change_that_somebody_overtook_is_refused(deps: Deps) -> None:
    await import_boundaries(deps.store, shapes(**{f"c{NEIGHBOUR}": "新街道"}), deps.clock())
    turned = await editions.weigh(deps)
    other = (await import_boundaries(deps.store, shapes(**{f"c{NEIGHBOUR}": "别的街道"}), deps.clock())).edition

    with pytest.raises(NoSuchItem):
        await editions.turn(deps, turned)

    assert await in_force(deps) == other


async def test_what_is_in_force_or_unknown_is_no_other_edition(deps: Deps) -> None:
    for name in (EDITION, "nothing", None):
        with pytest.raises(NoSuchItem):
            await editions.weigh(deps, name)


async def test_the_same_boundaries_again_leave_the_way_back_as_it_was(deps: Deps) -> None:
    new = shapes(c120103013="新街道")
    await import_boundaries(deps.store, new, deps.clock())
    again = await import_boundaries(deps.store, new, deps.clock())

    assert not again.fresh
    assert (await editions.weigh(deps)).after == EDITION
