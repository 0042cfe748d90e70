"""What is counted in SQL is what the events tell: every figure is recomputed from the histories of random lives."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from actions import statistics
from actions.ports import Deps
from models.rules.events import Event, fold
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.histograms import N_BINS, bin_of
from models.rules.measures import COUNTS, TIMES, Counts, count
from models.rules.states import State, Urgency
from models.store import rollups
from models.store.counting import SUMS, Cut, Span, counting, day_of
from models.store.packs import N_CELLS
from models.store.piles import AGES, AreaKey, Counted, Stand, Standing, age_of
from models.store.statistics import Statistics
from models.store.unit import Store
from models.tables.columns import table
from models.tables.rollup import Rollup
from tests.clock import Clock
from tests.make import CITY, DISTRICT, NEIGHBOUR, STREET, make_deps
from tests.rules.seeded import catalogue
from tests.web.lives import go_on, live

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
    assert list(counting(clock())) == list(SUMS) == [*COUNTS, "unplaced"]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("whole_day", [1, 40], ids=["days", "places"])
async def test_every_figure_is_that_of_the_events_at_any_moment(
    deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch, seed: int, whole_day: int
) -> None:
    """Whether all of it was counted beforehand, some of it, or nothing."""
    monkeypatch.setattr(rollups, "WHOLE_DAY", whole_day)
    crowd = {"people": (1, 2, 3), "places": PLACES}
    histories = await live(deps, n=40, seed=seed, until=clock(), days=DAYS, **crowd)
    await same(deps, histories)

    assert await statistics.refresh(deps) > 0
    await same(deps, histories)
    assert await statistics.refresh(deps) == 0, "nothing is left"

    await go_on(deps, histories, seed=seed, until=clock.forward(hours=30), **crowd)
    histories |= await live(deps, n=10, seed=seed + 10, until=clock(), days=3, **crowd)
    await same(deps, histories)
    await statistics.refresh(deps)
    await same(deps, histories)

    for hours in (1, 5, 90):  # nothing happens but that due times pass
        clock.forward(hours=hours)
        await same(deps, histories)
    await statistics.refresh(deps)
    await same(deps, histories)


async def test_when_nobody_knows_what_is_true_everything_is_counted_anew(
    deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories = await live(deps, n=40, seed=5, people=(1, 2), places=PLACES, until=clock(), days=DAYS)
    await statistics.refresh(deps)
    await go_on(deps, histories, seed=6, people=(1, 2), places=PLACES, until=clock.forward(hours=9))
    monkeypatch.setattr(rollups, "COLD", 3)
    await same(deps, histories)


async def test_counting_everything_anew_changes_nothing(deps: Deps, clock: Clock) -> None:
    histories = await live(deps, n=60, seed=3, people=(1, 2, 3), places=PLACES, until=clock(), days=DAYS)
    await statistics.refresh(deps)
    await go_on(deps, histories, seed=4, people=(1, 2, 3), places=PLACES, until=clock.forward(hours=50))
    await statistics.refresh(deps)
    kept = await counted_beforehand(deps)

    assert await statistics.rebuild(deps) >= DAYS
    assert await counted_beforehand(deps) == kept
    await same(deps, histories)


async def test_a_change_marks_its_street_within_its_own_transaction(deps: Deps, clock: Clock) -> None:
    async def undone() -> None:
        async with deps.store.begin():
            await live(deps, n=1, seed=1, people=(1,), places=PLACES[:1], until=clock(), eager=0)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert await statistics.refresh(deps) == 0


async def test_changes_during_a_refresh_are_not_lost(deps: Deps, clock: Clock) -> None:
    crowd = {"people": (1, 2), "places": PLACES}
    histories = await live(deps, n=30, seed=8, until=clock(), days=2, **crowd)
    clock.forward(hours=20)
    done = asyncio.Event()

    async def change() -> None:
        for case_no, told in histories.items():
            await go_on(deps, {case_no: told}, seed=len(told), until=clock(), share=1.0, **crowd)
        done.set()

    async def count_beforehand() -> None:
        while not done.is_set():
            await statistics.refresh(deps)
            await asyncio.sleep(0)

    await asyncio.gather(change(), count_beforehand(), count_beforehand())
    await same(deps, histories)
    await statistics.refresh(deps)
    await same(deps, histories)
    kept = await counted_beforehand(deps)
    await statistics.rebuild(deps)
    assert await counted_beforehand(deps) == kept


async def counted_beforehand(deps: Deps) -> list[dict[str, object]]:
    """Reads all rollups."""
    async with deps.store.read() as unit:
        rows = [dict(row._mapping) for row in await unit.line.rows(select(table(Rollup)))]
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


async def same(deps: Deps, histories: Mapping[str, Sequence[Event]]) -> None:
    """Checks every figure against the events, for several cuts and spans."""
    cases = [fold(events) for events in histories.values()]
    today = statistics.today(deps)
    for cut in (Cut(), Cut(area_code=STREET), Cut(area_code=DISTRICT, kind="ponding"), Cut(urgency=Urgency.U3)):
        for first, last in ((DAYS + 6, 0), (6, 2), (0, 0)):
            span = Span(today - timedelta(days=first), today - timedelta(days=last), deps.catalogue.calendar.zone)
            await same_in(deps, [f for f in cases if fits(f, cut)], cut, span)


async def same_in(deps: Deps, cases: Sequence[CaseFacts], cut: Cut, span: Span) -> None:
    """Checks everything that the store counts for a cut and a span of days."""
    now = deps.clock()
    async with deps.store.read() as unit:
        counted, stand = await unit.statistics.asked(span, cut, now)
        cold, cold_stand = await Statistics(unit.line).asked(span, cut, now)
        assert (cold.by_area, cold.by_kind, cold.whole.tolist()) == (
            counted.by_area,
            counted.by_kind,
            counted.whole.tolist(),
        ), "whoever keeps nothing reads the same"
        assert cold_stand == stand
    same_figures(counted, stand, cases, span, now)


def same_figures(counted: Counted, stand: Stand, cases: Sequence[CaseFacts], span: Span, now: datetime) -> None:
    """Checks an answer against the cases."""
    zone, first, last = span.zone, span.first, span.last
    registered = [f for f in cases if first <= day_of(f.registered_at, zone) <= last]

    assert counted.by_area == {key: count(some, now) for key, some in by_area(registered).items()}
    assert counted.by_day == {
        day: count([f for f in registered if day_of(f.registered_at, zone) == day], now) for day in span.days
    }
    assert sum(counted.by_day.values(), Counts()) == sum(counted.by_area.values(), Counts())
    assert counted.by_kind == {
        kind: count([f for f in registered if f.kind == kind], now) for kind in {f.kind for f in registered}
    }
    assert counted.whole.tolist() == cells_of(registered)
    if counted.times:
        assert {area: cells.tolist() for area, cells in counted.times.items() if cells.any()} == {
            area: cells_of(some) for area, some in by_area(registered).items() if any(cells_of(some))
        }
    cleared = [f for f in cases if f.state is State.CLEARED and f.cleared_at is not None]
    in_span = [f for f in cleared if f.cleared_at and first <= day_of(f.cleared_at, zone) <= last]
    assert counted.cleared_by_area == {key: len(some) for key, some in by_area(in_span).items()}
    assert counted.cleared_by_day == {
        day: sum(day_of(f.cleared_at, zone) == day for f in in_span if f.cleared_at) for day in span.days
    }
    is_open = [f for f in cases if f.open]
    assert stand.by_area == {key: standing_of(some) for key, some in by_area(is_open).items()}
    ages = [age_of(day_of(now, zone) - day_of(f.registered_at, zone)) for f in is_open]
    assert stand.ages == tuple(ages.count(n) for n in range(len(AGES) + 1))


def cells_of(cases: Sequence[CaseFacts]) -> list[int]:
    """Counts how many cases have which time in which bin."""
    cells = [0] * N_CELLS
    for facts in cases:
        for number, (start, end) in enumerate(TIMES.values()):
            begun, done = getattr(facts, start), getattr(facts, end)
            if begun is not None and done is not None and done >= begun:
                cells[number * N_BINS + bin_of((done - begun).total_seconds() / 60)] += 1
    return cells


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


async def test_any_past_moment_is_counted_from_the_events(deps: Deps, clock: Clock) -> None:
    crowd = {"people": (1, 2, 3), "places": PLACES}
    histories = await live(deps, n=60, seed=11, until=clock(), days=DAYS, **crowd)
    for hours in (5, 60, 200):
        moment = clock() - timedelta(hours=hours)
        folded = [fold([e for e in told if e.at <= moment]) for told in histories.values() if told[0].at <= moment]
        last = day_of(moment, deps.catalogue.calendar.zone)
        span = Span(last - timedelta(days=6), last, deps.catalogue.calendar.zone)
        for cut in (Cut(), Cut(area_code=STREET, chain=(("street_code", STREET),)), Cut(kind="gas")):
            async with deps.store.read() as unit:
                counted, stand = await unit.statistics.as_of(span, cut, moment, column="street_code")
            same_figures(counted, stand, [f for f in folded if fits(f, cut)], span, moment)


async def test_the_lives_are_varied(deps: Deps, clock: Clock) -> None:
    """The comparison above is worth nothing over cases that are all alike."""
    histories = await live(deps, n=200, seed=1, people=(1, 2, 3), places=PLACES, until=clock(), days=DAYS)
    total = count([fold(events) for events in histories.values()], clock())
    assert [name for name in COUNTS if getattr(total, name) == 0] == []
