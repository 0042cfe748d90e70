"""What is counted in SQL is what the events tell: every figure is recomputed from the histories of random lives."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest

from actions.ports import Deps
from actions.statistics import local_days
from models.rules.events import Event, fold
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.measures import COUNTS, Counts, count, spreads
from models.rules.states import State, Urgency
from models.store.statistics import AreaKey, Cut, Standing, counting
from models.store.unit import Store
from tests.clock import Clock
from tests.make import CITY, DISTRICT, NEIGHBOUR, STREET, make_deps
from tests.rules.seeded import catalogue
from tests.web.lives import live

PLACES = (
    AreaCodes(CITY, DISTRICT, STREET, STREET + "012"),
    AreaCodes(CITY, DISTRICT, STREET),
    AreaCodes(CITY, DISTRICT, NEIGHBOUR),
    AreaCodes(CITY, DISTRICT, placed=False),
    AreaCodes(CITY, placed=False),
)
DAYS = 12


@pytest.fixture
async def deps(store: Store, clock: Clock) -> Deps:
    """Gives a city of two streets."""
    return await make_deps(store, clock, catalogue())


def test_every_count_of_the_rules_is_counted_here(clock: Clock) -> None:
    assert list(counting(clock())) == list(COUNTS)


@pytest.mark.parametrize("seed", range(4))
async def test_every_figure_is_that_of_the_events(deps: Deps, clock: Clock, seed: int) -> None:
    histories = await live(deps, n=60, seed=seed, people=(1, 2, 3), places=PLACES, until=clock(), days=DAYS)
    cases = [fold(events) for events in histories.values()]
    today = clock().astimezone(deps.catalogue.calendar.zone).date()

    for cut in (Cut(), Cut(area_code=STREET), Cut(area_code=DISTRICT, kind="ponding"), Cut(urgency=Urgency.U3)):
        for first, last in ((DAYS, 0), (6, 2), (0, 0)):
            span = today - timedelta(days=first), today - timedelta(days=last)
            await same(deps, [f for f in cases if fits(f, cut)], cut, *span)


async def same(deps: Deps, cases: Sequence[CaseFacts], cut: Cut, first: date, last: date) -> None:
    """Checks everything that the store counts for a cut and a span of days."""
    zone, now = deps.catalogue.calendar.zone, deps.clock()
    days = local_days(deps, first, last)
    async with deps.store.read() as unit:
        counted = await unit.statistics.counted(days, cut, now)
        standing = await unit.statistics.standing(cut)
    registered = [f for f in cases if first <= f.registered_at.astimezone(zone).date() <= last]

    assert {key: total for key, total in counted.by_area.items() if total.registered} == {
        key: count(some, now) for key, some in by_area(registered).items()
    }
    assert counted.by_day == {
        day.day: count([f for f in registered if f.registered_at.astimezone(zone).date() == day.day], now)
        for day in days
    }
    assert sum(counted.by_day.values(), Counts()) == sum(counted.by_area.values(), Counts())
    for key, some in by_area(registered).items():
        for code, expected in spreads(some).items():
            minutes = counted.minutes.get(key, {}).get(code, [])
            assert len(minutes) == expected.n
            assert sum(minutes) == pytest.approx(sum(_minutes(some, code)))
    cleared = [f for f in cases if f.state is State.CLEARED and f.cleared_at is not None]
    in_span = [f for f in cleared if f.cleared_at and first <= f.cleared_at.astimezone(zone).date() <= last]
    assert counted.cleared_by_area == {key: len(some) for key, some in by_area(in_span).items()}
    assert counted.cleared_by_day == {
        day.day: sum(f.cleared_at.astimezone(zone).date() == day.day for f in in_span if f.cleared_at) for day in days
    }
    assert standing == {key: standing_of(some) for key, some in by_area([f for f in cases if f.open]).items()}


def fits(facts: CaseFacts, cut: Cut) -> bool:
    """Tells whether a cut means a case."""
    return (
        (cut.area_code is None or cut.area_code in facts.areas.chain)
        and (cut.kind is None or cut.kind == facts.kind)
        and (cut.urgency is None or cut.urgency is facts.urgency)
    )


def by_area(cases: Sequence[CaseFacts]) -> Mapping[AreaKey, list[CaseFacts]]:
    """Sorts cases by district and street."""
    found: dict[AreaKey, list[CaseFacts]] = defaultdict(list)
    for facts in cases:
        found[facts.areas.district, facts.areas.street].append(facts)
    return found


def standing_of(cases: Sequence[CaseFacts]) -> Standing:
    """Counts open cases as the board's large figures do."""
    return Standing(
        open=len(cases),
        overdue=sum(f.overdue for f in cases),
        suspended=sum(f.state is State.SUSPENDED for f in cases),
        life_danger=sum(f.urgency is Urgency.U1 for f in cases),
        unplaced=sum(not f.areas.placed for f in cases),
    )


def _minutes(cases: Sequence[CaseFacts], code: str) -> list[float]:
    """Lists how long one thing took in every case that has both of its moments."""
    return [spread.median_minutes or 0.0 for f in cases if (spread := spreads([f])[code]).n]


async def test_the_lives_are_varied(deps: Deps, clock: Clock) -> None:
    """The comparison above is worth nothing over cases that are all alike."""
    histories: Mapping[str, list[Event]] = await live(
        deps, n=200, seed=1, people=(1, 2, 3), places=PLACES, until=clock(), days=DAYS
    )
    total = count([fold(events) for events in histories.values()], clock())
    assert [name for name in COUNTS if getattr(total, name) == 0] == []
