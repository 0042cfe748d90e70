"""Where a case lies: who decided it and how is kept, and a moved pin or another street goes to another desk."""

import pytest

from actions import cases, routing
from actions.places import point
from actions.ports import Deps
from models.rules import errors as e
from models.rules.states import State
from tests.fakes.small_city import EDITION, IN_NEIGHBOUR, IN_NORTH, IN_SOUTH, OUTSIDE
from tests.make import NEIGHBOUR, STREET, actor_of, dispatched, filed, seen


async def test_the_report_keeps_who_placed_it_how_and_in_which_edition(deps: Deps) -> None:
    case_no = await filed(deps)

    async with deps.store.read() as unit:
        (report,) = await unit.reports.of_case(case_no)
    li = await actor_of(deps, "li")
    assert (report.person_id, report.place_method, report.place_reason) == (li.person_id, "phone", "inside_by_margin")
    assert (report.raw_latitude, report.raw_longitude, report.coord_sys, report.accuracy_m) == (*IN_SOUTH, "wgs84", 12)
    first = (await seen(deps, case_no)).history[0]
    assert (first.area_name, first.edition, first.moved_to) == ("光明里社区", EDITION, None)


async def test_a_moved_pin_is_seen_by_all_and_the_case_is_routed_anew(deps: Deps) -> None:
    case_no = await dispatched(deps)
    wang = await actor_of(deps, "wang")
    await cases.hand_back(deps, await actor_of(deps, "zhao"), case_no, reason="wrong_place", words="不在这里")

    view = await cases.relocate(deps, wang, case_no, pin=point(*IN_NORTH), words="在桥北")

    assert view.facts.areas.community == "120103009012"
    assert view.place is not None
    assert (view.place.latitude, view.place.longitude, view.place.method) == (*IN_NORTH, "moved")
    line = view.history[-1]
    assert (line.tag, line.actor_name, line.area_name) == ("case:relocated", "王敏", "红星里社区")
    assert (line.moved_to, line.edition, line.words) == (IN_NORTH, EDITION, "在桥北")
    async with deps.store.read() as unit:
        assert await unit.cases.point(case_no) == IN_NORTH
        (report,) = await unit.reports.of_case(case_no)
    assert (report.latitude, report.longitude) == IN_SOUTH
    assert await routing.place_and_route(deps, [case_no]) == 1
    assert (await seen(deps, case_no)).facts.state is State.DISPATCHED


async def test_another_street_gets_the_case_and_the_pin_stays_what_was_reported(deps: Deps) -> None:
    case_no = await filed(deps)
    qian = await actor_of(deps, "qian")

    view = await cases.relocate(deps, qian, case_no, area_code=NEIGHBOUR, words="在对面")

    assert view.facts.areas.street == NEIGHBOUR
    assert view.place is not None
    assert (view.place.latitude, view.place.longitude) == IN_SOUTH
    assert view.history[-1].area_name == "梅江街道"
    assert view.history[-1].moved_to is None


async def test_who_sets_pin_and_area_decides_the_area_himself(deps: Deps) -> None:
    case_no = await filed(deps)
    qian = await actor_of(deps, "qian")

    view = await cases.relocate(deps, qian, case_no, area_code=STREET, pin=point(*IN_NEIGHBOUR))

    assert view.facts.areas.street == STREET
    assert view.place is not None
    assert (view.place.latitude, view.place.longitude) == IN_NEIGHBOUR


async def test_a_pin_outside_the_city_moves_nothing(deps: Deps) -> None:
    case_no = await filed(deps)
    wang = await actor_of(deps, "wang")

    with pytest.raises(e.OutsideCity):
        await cases.relocate(deps, wang, case_no, pin=point(*OUTSIDE))
    with pytest.raises(e.NoSuchItem):
        await cases.relocate(deps, wang, case_no)

    assert [line.tag for line in (await seen(deps, case_no)).history] == ["case:registered"]
