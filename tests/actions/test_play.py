"""A newcomer's board is full of a month that was never lived, and nothing of it is a lie of the rules."""

from datetime import timedelta

import pytest

from actions import replay, statistics
from actions.city import import_units
from actions.play import month, script
from actions.play.mark import is_played
from actions.play.month import Progress
from actions.ports import Deps
from config.seed import read as seeds
from models.rules.catalogue import Catalogue, CatalogueFault
from models.rules.errors import NoSuchItem
from models.store.rows import CaseSearch
from models.store.unit import Store
from tests.clock import Clock
from tests.fakes import small_city
from tests.make import make_deps, make_wired

TABLES = seeds.read(seeds.FOLDER / "play")


async def nothing(_: Progress) -> None:
    """Watches without a word."""


@pytest.fixture
async def empty_city(store: Store, clock: Clock, catalogue: Catalogue) -> Deps:
    """A city of two streets in which nobody has a post yet."""
    deps = make_wired(store, clock, catalogue)
    async with store.begin() as unit:
        await unit.areas.save_edition(small_city.EDITION, list(small_city.rows()), clock())
        await import_units(unit, catalogue, small_city.index().areas.values(), "zh_CN")
        await unit.routing.save(catalogue.routing)
    return deps


async def played(deps: Deps, clock: Clock, *, days: int = 14, seed: int = 1) -> int:
    """Plays some days until now."""
    said = script.read(TABLES, deps.catalogue)
    return await month.play(deps, clock, said, days=days, seed=seed, a_day=1.2, told=nothing)


async def test_a_played_fortnight_obeys_every_rule_rings_no_phone_and_has_its_storm(
    empty_city: Deps, clock: Clock
) -> None:
    now = clock()
    n = await played(empty_city, clock)

    assert clock() == now
    assert n > 15
    async with empty_city.store.read() as unit:
        numbers = await unit.cases.search(CaseSearch(limit=500))
        assert len(numbers) == n
        assert await unit.cases.due_steps(now, 10) == []
        assert await unit.messages.oldest_at() is None
        assert await unit.messages.buried() == []
    for number in numbers:
        assert (await replay.replay(empty_city, number)).agrees

    last = statistics.today(empty_city)
    asked = statistics.Question(from_on=last - timedelta(days=14), to_on=last)
    days = (await statistics.figures(empty_city, asked)).days
    storm = max(days, key=lambda day: day.counts.registered)
    assert storm.day == last - timedelta(days=2)


async def test_a_second_play_goes_on_with_the_same_people(empty_city: Deps, clock: Clock) -> None:
    first = await played(empty_city, clock, days=3)
    async with empty_city.store.read() as unit:
        people = len(await unit.people.search("play", limit=500))
    second = await played(empty_city, clock, days=3, seed=2)
    async with empty_city.store.read() as unit:
        assert len(await unit.cases.search(CaseSearch(limit=500))) == first + second
        assert len(await unit.people.search("play", limit=500)) == people
    assert await is_played(empty_city)


async def test_those_who_came_to_try_the_service_keep_their_streets_for_themselves(
    store: Store, clock: Clock, catalogue: Catalogue
) -> None:
    deps = await make_deps(store, clock, catalogue)
    with pytest.raises(NoSuchItem):
        await played(deps, clock)
    assert not await is_played(deps)


def test_a_mistake_in_the_script_is_named_by_its_line(catalogue: Catalogue) -> None:
    wrong = dict(TABLES)
    row = wrong["hazards"][0]
    wrong["hazards"] = [row._replace(values={**row.values, "kind": "dragon"})]
    with pytest.raises(CatalogueFault, match=r"hazards\.csv:2"):
        script.read(wrong, catalogue)
