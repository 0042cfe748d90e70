"""The figures of the API are those that the events tell, and what cannot be answered says why."""

from datetime import date, timedelta
from typing import Any

import pytest

from actions import cases, jobs, routing
from actions.play.mark import MARK
from actions.ports import Deps
from models.rules.measures import COUNTS, MEASURES, TIMES
from tests.clock import Clock
from tests.make import DISTRICT, NEIGHBOUR, STREET, actor_of, dispatched, filed, verifying
from tests.web.conftest import Client

STATS = "/api/v1/stats"


async def answer(client: Client, **query: str) -> dict[str, Any]:
    """Asks and gives the figures."""
    response = await client.get(STATS, params=query)
    assert response.status == 200, await response.text()
    return await response.json()  # type: ignore[no-any-return]


async def test_a_city_without_cases_has_a_good_day(client: Client) -> None:
    found = await answer(client)
    assert found["total"]["registered"] == 0
    assert found["total"]["rates"]["clear_rate"] == {"x": 0, "y": 0, "percent": None, "shown": "0/0"}
    assert found["areas"] == []


async def test_a_cleared_case_is_counted_where_it_lies(client: Client, deps: Deps) -> None:
    case_no = await verifying(deps)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no)
    await filed(deps)

    found = await answer(client)
    (street,) = found["areas"]

    assert (street["code"], street["name"], street["parent"]) == (STREET, "尖山街道", DISTRICT)
    assert (street["registered"], street["cleared"], street["open"]) == (2, 1, 1)
    assert street["cleared_in_period"] == 1
    assert street["now"] == {"open": 1, "overdue": 0, "suspended": 0, "life_danger": 0, "unplaced": 0}
    assert street["rates"]["clear_rate"] == {"x": 1, "y": 2, "percent": 50.0, "shown": "1/2"}
    assert street["times"]["time_to_clear"] == {"n": 1, "median_minutes": 0.5, "p90_minutes": 0.5}


async def test_every_figure_is_there_and_none_is_about_a_person(client: Client, deps: Deps) -> None:
    await dispatched(deps)
    found = await answer(client)
    assert set(COUNTS) <= found["total"].keys()
    assert set(found["total"]["rates"]) == {m.code for m in MEASURES}
    assert set(found["total"]["times"]) == set(TIMES)
    text = await (await client.get(STATS)).text()
    for name in ("李建国", "赵强", "person", "holder", "reporter", "worker", "DR-"):
        assert name not in text


async def test_small_rates_are_said_as_x_of_y_in_the_callers_language(client: Client, deps: Deps) -> None:
    await filed(deps)
    response = await client.get(STATS, headers={"Accept-Language": "fr;q=0.9, en-GB;q=0.8, zh;q=0.1"})
    assert (await response.json())["total"]["rates"]["clear_rate"]["shown"] == "0 of 1"
    assert response.headers["Content-Language"] == "en"
    assert (await answer(client, lang="zh-TW"))["total"]["rates"]["clear_rate"]["shown"] == "0/1"


async def test_a_period_counts_what_was_registered_on_its_local_days(client: Client, deps: Deps, clock: Clock) -> None:
    await filed(deps)
    clock.forward(hours=15)  # a quarter past midnight is another day in the city, the same one in UTC
    assert (await answer(client))["total"]["registered"] == 0
    assert (await answer(client))["total"]["now"]["open"] == 1, "what is open now is open whatever the period"
    week = await answer(client, period="7d")
    assert [day["registered"] for day in week["days"]] == [0, 0, 0, 0, 0, 1, 0]
    assert week["period"] == {"from": "2026-11-18", "to": "2026-11-24", "n_days": 7, "name": "7d"}
    one = await answer(client, **{"from": "2026-11-23", "to": "2026-11-23"})
    assert (one["total"]["registered"], one["period"]["name"]) == (1, None)


async def test_clearing_counts_on_the_day_of_clearing_too(client: Client, deps: Deps, clock: Clock) -> None:
    case_no = await verifying(deps)
    clock.forward(days=1)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no)
    today = await answer(client)
    assert (today["total"]["registered"], today["total"]["cleared"], today["total"]["cleared_in_period"]) == (0, 0, 1)
    week = await answer(client, period="7d")
    assert [(day["cleared"], day["cleared_in_period"]) for day in week["days"][-2:]] == [(1, 0), (0, 1)]


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({"kind": "ponding"}, 1),
        ({"kind": "gas"}, 0),
        ({"area": STREET}, 1),
        ({"area": NEIGHBOUR}, 0),
        ({"area": DISTRICT}, 1),
        ({"area": "120000", "level": "city"}, 1),
        ({"urgency": "U1"}, 0),
    ],
)
async def test_what_is_asked_about_can_be_narrowed(client: Client, deps: Deps, query: dict[str, str], n: int) -> None:
    await filed(deps)
    found = await answer(client, **query)
    assert found["total"]["registered"] == found["total"]["now"]["open"] == n


async def test_levels_add_up(client: Client, deps: Deps) -> None:
    await filed(deps)
    for level, code in (("city", "120000"), ("district", DISTRICT), ("street", STREET)):
        found = await answer(client, level=level)
        assert [(area["code"], area["registered"]) for area in found["areas"]] == [(code, 1)]


async def test_nothing_new_is_no_answer_at_all(client: Client, deps: Deps, clock: Clock) -> None:
    case_no = await filed(deps)
    first = await client.get(STATS)
    known = {"If-None-Match": first.headers["ETag"]}

    clock.forward(minutes=1)
    again = await client.get(STATS, headers=known)
    await routing.place_and_route(deps, [case_no])
    changed = await client.get(STATS, headers=known)

    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert changed.status == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


async def test_many_changes_are_counted_beforehand_for_the_next_answer(
    client: Client, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.api.stats.ENOUGH_STALE", 3)
    await filed(deps)
    first = await answer(client)
    assert await jobs.claim(deps, "worker", ("rollup",)) == []

    for _ in range(3):
        await filed(deps)
    for _ in range(2):
        second = await answer(client)
    assert len(await jobs.claim(deps, "worker", ("rollup",))) == 1
    assert (first["total"]["registered"], second["total"]["registered"]) == (1, 4)


@pytest.mark.parametrize(
    ("query", "status", "code", "parameter"),
    [
        ({"period": "9d"}, 400, "unknown_period", "period"),
        ({"level": "planet"}, 400, "unknown_level", "level"),
        ({"urgency": "U9"}, 400, "unknown_urgency", "urgency"),
        ({"from": "2026-02-30"}, 400, "not_a_day", "from"),
        ({"from": "0001-01-01"}, 400, "not_a_day", "from"),
        ({"to": "x\ud800"}, 400, "not_a_day", "to"),
        ({"from": "2026-11-24", "to": "2026-11-23"}, 400, "period_backwards", "from"),
        ({"from": "2020-01-01"}, 400, "period_too_long", "from"),
        ({"from": "2026-11-24", "period": "7d"}, 400, "period_twice", "period"),
        ({"area": "nowhere"}, 404, "no_such_area", None),
        ({"area": "120103009999"}, 404, "no_such_area", None),
        ({"kind": "dragon"}, 404, "no_such_kind", None),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    client: Client, query: dict[str, str], status: int, code: str, parameter: str | None
) -> None:
    details = set()
    for language in ("zh-CN", "zh-TW", "en"):
        params = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
        response = await client.get(STATS, params=params | {"lang": language})
        document = await response.json(content_type="application/problem+json")
        assert (response.status, document["status"], document["code"]) == (status, status, code)
        assert document.get("parameter") == parameter
        assert document["type"] == f"urn:whistle:problem:{code}"
        assert response.headers["Content-Language"] == language
        details.add((document["title"], document["detail"]))
    assert len(details) == 3


async def test_the_longest_period_is_a_year(client: Client) -> None:
    last = date(2026, 11, 23)
    found = await answer(client, **{"from": (last - timedelta(days=365)).isoformat(), "to": last.isoformat()})
    assert len(found["days"]) == 366


async def test_the_figures_of_a_past_moment_are_given_as_they_stood(client: Client, deps: Deps, clock: Clock) -> None:
    case_no = await verifying(deps)
    moment = clock().isoformat()
    clock.forward(days=1)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no)
    then = await answer(client, as_of=moment, period="7d")
    assert (then["total"]["cleared"], then["total"]["now"]["open"]) == (0, 1)
    assert then["period"]["to"] == "2026-11-23"
    assert then["as_of"].startswith("2026-11-23")


@pytest.mark.parametrize("moment", ["yesterday", "2999-01-01T00:00", "2026-11-25T00:00+08:00"])
async def test_what_is_no_past_moment_is_refused(client: Client, moment: str) -> None:
    response = await client.get(STATS, params={"as_of": moment})
    assert (response.status, (await response.json())["code"]) == (400, "not_a_moment")


async def test_communities_are_counted_inside_an_area_only(client: Client, deps: Deps) -> None:
    await filed(deps)
    assert (await client.get(STATS, params={"level": "community"})).status == 400
    found = await answer(client, level="community", area=STREET)
    assert [area["name"] for area in found["areas"]] == ["光明里社区"]


async def test_bars_and_the_period_before_stand_beside(client: Client, deps: Deps, clock: Clock) -> None:
    await filed(deps)
    clock.forward(days=2)
    found = await answer(client, period="7d")
    assert [bar["n"] for bar in found["ages"]] == [0, 1, 0, 0, 0, 0]
    assert [(kind["kind"], kind["open"]) for kind in found["kinds"]] == [("ponding", 1)]
    assert len(found["days_before"]) == 7
    assert sum(bar["n"] for bar in found["time_to_clear"]) == 0
    assert found["times_within_percent"] == 2.2


async def test_a_city_that_was_played_in_says_so(client: Client, deps: Deps) -> None:
    assert (await answer(client))["city"]["play"] is False
    async with deps.store.begin() as unit:
        await unit.kv.put(MARK, {"days": 30, "seed": 1, "next": 2})
    assert (await answer(client))["city"]["play"] is True
