"""The figures that doors ask for: right without any job, quicker with one, and never of a person."""

from dataclasses import fields
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from actions import cases, jobs, routing, statistics
from actions.heaps import AreaFigures
from actions.ports import Deps
from actions.statistics import Question
from models.rules.errors import NoSuchItem
from models.rules.facts import AreaCodes
from models.rules.histograms import N_BINS, WORST, bin_of, spread_of
from models.rules.measures import spread
from models.rules.states import Urgency
from models.store.piles import spreads_of
from tests.clock import Clock
from tests.make import CITY, DISTRICT, NEIGHBOUR, STREET, actor_of, dispatched, filed, make_place, verifying
from tests.web.lives import live

MONDAY = date(2026, 11, 23)


def asked(**wishes: object) -> Question:
    """Asks about Monday by street."""
    return Question(**({"from_on": MONDAY, "to_on": MONDAY} | wishes))  # type: ignore[arg-type]


async def test_periods_end_on_the_citys_day(deps: Deps, clock: Clock) -> None:
    assert statistics.period(deps, "today") == (MONDAY, MONDAY)
    assert statistics.period(deps, "7d") == (MONDAY - timedelta(days=6), MONDAY)
    clock.forward(hours=15)
    assert statistics.period(deps, "30d") == (MONDAY - timedelta(days=28), MONDAY + timedelta(days=1))


async def test_a_case_that_nobody_placed_counts_for_its_district_and_waits(deps: Deps) -> None:
    await filed(deps, place=make_place())
    await live(deps, n=2, seed=1, people=(1,), places=[AreaCodes(CITY, placed=False)], until=deps.clock(), days=0.01)
    found = await statistics.figures(deps, asked())
    assert [(area.code, area.counts.registered, area.standing.unplaced) for area in found.areas] == [
        (STREET, 1, 0),
        (None, 2, 2),
    ]
    assert found.total.standing.unplaced == 2


async def test_a_corrected_place_moves_all_its_figures(deps: Deps) -> None:
    case_no = await filed(deps)
    await statistics.refresh(deps)
    qian = await actor_of(deps, "qian")
    await cases.relocate(deps, qian, case_no, area_code=NEIGHBOUR, words="在对面")
    for _ in range(2):
        found = await statistics.figures(deps, asked())
        assert [(area.code, area.counts.registered) for area in found.areas] == [(NEIGHBOUR, 1)]
        await statistics.refresh(deps)


async def test_a_life_in_danger_stands_apart(deps: Deps) -> None:
    await filed(deps, life_danger=True, danger=("被困",))
    found = await statistics.figures(deps, asked(urgency=Urgency.U1))
    assert (found.total.counts.registered, found.total.standing.life_danger) == (1, 1)


async def test_the_whole_is_named_after_what_was_asked(deps: Deps) -> None:
    await filed(deps)
    assert (await statistics.figures(deps, asked())).total.name == "天津市"
    found = await statistics.figures(deps, asked(area_code=STREET))
    assert (found.total.code, found.total.name, found.total.level) == (STREET, "尖山街道", "street")


async def test_many_changes_ask_for_one_job(deps: Deps) -> None:
    await dispatched(deps)
    await statistics.ask_refresh(deps)
    await statistics.ask_refresh(deps)
    waiting = await jobs.claim(deps, "worker", ("rollup",))
    assert len(waiting) == 1

    assert await statistics.refresh(deps) > 0
    assert (await statistics.figures(deps, asked())).n_stale == 0


async def test_the_figures_do_not_wait_for_the_job(deps: Deps) -> None:
    case_no = await verifying(deps)
    await statistics.refresh(deps)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no)
    found = await statistics.figures(deps, asked())
    assert found.n_stale > 0
    assert found.total.counts.cleared == found.total.n_cleared_in_period == 1
    assert found.total.standing.open == 0


async def test_rebuilding_an_empty_city_is_no_fault(deps: Deps) -> None:
    assert await statistics.rebuild(deps) == 1
    await filed(deps)
    assert await statistics.rebuild(deps) == 1
    assert (await statistics.figures(deps, asked())).total.counts.registered == 1


@pytest.mark.parametrize("wishes", [{"area_code": "1"}, {"kind": "dragon"}, {"area_code": "120103009999"}])
async def test_what_the_city_does_not_have_is_refused(deps: Deps, wishes: dict[str, str]) -> None:
    with pytest.raises(NoSuchItem):
        await statistics.figures(deps, asked(**wishes))


async def test_the_map_has_the_streets_in_force(deps: Deps) -> None:
    found = await statistics.outlines(deps, "street")
    assert [feature["id"] for feature in found["features"]] == [STREET, NEIGHBOUR]


def test_no_figure_names_a_person() -> None:
    names = [f.name for f in fields(AreaFigures)] + [f.name for f in fields(Question)]
    assert not [
        n for n in names if any(word in n for word in ("person", "worker", "holder", "reporter", "actor", "unit"))
    ]


async def test_routing_changes_no_count_of_registered(deps: Deps) -> None:
    case_no = await filed(deps)
    before = (await statistics.figures(deps, asked())).total.counts
    await routing.place_and_route(deps, [case_no])
    after = (await statistics.figures(deps, asked())).total.counts
    assert (before.registered, before.dispatched) == (1, 0)
    assert (after.registered, after.dispatched, after.n_dispatches) == (1, 1, 1)


async def test_a_monitor_reads_what_is_open_and_the_rates(deps: Deps) -> None:
    await dispatched(deps)
    told = {(g.name, g.labels.get("district")): g.value for g in await statistics.gauges(deps)}
    assert (told["open", DISTRICT], told["registered", None], told["return_rate", None]) == (1, 1, 0)
    assert ("relapse_rate", None) not in told, "of nothing there is no rate"


async def test_a_past_moment_is_told_as_it_stood(deps: Deps, clock: Clock) -> None:
    case_no = await verifying(deps)
    moment = clock()
    clock.forward(hours=1)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no)
    then, now = [await statistics.figures(deps, asked(as_of=at)) for at in (moment, None)]
    assert (then.total.counts.cleared, then.total.standing.open) == (0, 1)
    assert (now.total.counts.cleared, now.total.standing.open) == (1, 0)
    assert then.days_before == ()


async def test_a_street_is_told_by_its_communities(deps: Deps) -> None:
    await filed(deps)
    found = await statistics.figures(deps, asked(level="community", area_code=STREET))
    assert [(area.name, area.counts.registered, area.standing.open) for area in found.areas] == [("光明里社区", 1, 1)]
    inner = await statistics.figures(deps, asked(level="grid", area_code=found.areas[0].code))
    assert inner.total.counts.registered == 1


async def test_the_period_before_stands_beside(deps: Deps, clock: Clock) -> None:
    await filed(deps)
    clock.forward(days=1)
    tuesday = MONDAY + timedelta(days=1)
    found = await statistics.figures(deps, asked(from_on=tuesday, to_on=tuesday))
    assert [(day.day, day.counts.registered) for day in found.days_before] == [(MONDAY, 1)]
    assert (found.days[0].counts.registered, sum(found.ages), found.ages[1]) == (0, 1, 1)


def test_medians_are_within_the_error_that_is_shown() -> None:
    chance = Random(7)
    for n in (1, 2, 15, 400):
        minutes = [chance.lognormvariate(6, 1.4) for _ in range(n)]
        bins = [0] * N_BINS
        for value in minutes:
            bins[bin_of(value)] += 1
        binned, exact = spread_of(bins), spread(minutes)
        assert binned.n == exact.n
        assert binned.median_minutes == pytest.approx(exact.median_minutes, rel=WORST + 1e-9)
        assert binned.p90_minutes == pytest.approx(exact.p90_minutes, rel=WORST + 1e-9)
        cells = np.array([bins + [0] * (N_BINS * 3)])
        assert spreads_of(cells)[0]["time_to_sign"] == binned
