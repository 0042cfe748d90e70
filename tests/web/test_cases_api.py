"""Cases over the API: who sees which, in which order, with what; and what strangers must not read."""

import hashlib

import pytest

from actions import cases
from actions.ports import Deps
from tests.clock import Clock
from tests.make import NEIGHBOUR, STREET, actor_of, dispatched, filed, verifying
from tests.web.callers import Speaker, person, system
from tests.web.conftest import Client, NewClient


@pytest.fixture
async def server(new_client: NewClient) -> Client:
    """Gives a service that is not public."""
    return await new_client(environment="production")


@pytest.fixture
async def zhou(server: Client, deps: Deps) -> Speaker:
    """Gives the supervisor of the street."""
    return await person(server, deps, "zhou")


async def test_a_supervisor_lists_the_street_and_the_neighbour_nothing(
    server: Client, deps: Deps, zhou: Speaker
) -> None:
    case_no = await dispatched(deps)
    listed = (await zhou.get("/api/v1/cases"))["items"]
    assert [(c["case_no"], c["state"], c["kind"]["name"]) for c in listed] == [(case_no, "dispatched", "积水内涝")]
    chen = await person(server, deps, "chen")
    assert (await chen.get("/api/v1/cases"))["items"] == []
    assert (await chen.get(f"/api/v1/cases/{case_no}", 404))["code"] == "no_such_case"


async def test_pages_come_by_cursor_and_none_twice(deps: Deps, clock: Clock, zhou: Speaker) -> None:
    made = []
    for _ in range(5):
        made.append(await filed(deps))
        clock.forward(minutes=1)
    seen, address = [], "/api/v1/cases?limit=2"
    while address:
        page = await zhou.get(address)
        seen += [c["case_no"] for c in page["items"]]
        address = f"/api/v1/cases?limit=2&cursor={page['next']}" if page["next"] else ""
        # Somebody reports meanwhile: the pages that follow are not shifted.
        await filed(deps)
    assert seen == list(reversed(made))


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("state=registered", 1),
        ("state=cleared", 0),
        ("kind=ponding,manhole", 1),
        ("kind=manhole", 0),
        ("urgency=U1", 0),
        (f"area={STREET}", 1),
        (f"area={NEIGHBOUR}", 0),
        ("open=true", 1),
        ("overdue=true", 0),
        ("from=2026-11-23&to=2026-11-23", 1),
        ("to=2026-11-22", 0),
        ("q=地道", 1),
        ("q=煤气", 0),
    ],
)
async def test_filters_narrow(deps: Deps, zhou: Speaker, query: str, n: int) -> None:
    await filed(deps)
    assert len((await zhou.get(f"/api/v1/cases?{query}"))["items"]) == n


@pytest.mark.parametrize(
    "query",
    [
        "state=flying",
        "kind=x",
        "area=999",
        "open=maybe",
        "limit=0",
        "limit=9999",
        "from=yesterday",
        "cursor=x",
        "cursor=W10",
    ],
)
async def test_a_filter_that_cannot_be_is_named(zhou: Speaker, query: str) -> None:
    problem = await zhou.get(f"/api/v1/cases?{query}", 400)
    assert problem["parameter"] == query.partition("=")[0]


async def test_a_case_comes_with_its_history_and_evidence(server: Client, deps: Deps, zhou: Speaker) -> None:
    case_no = await verifying(deps)
    case = await zhou.get(f"/api/v1/cases/{case_no}")
    assert [line["to_state"] for line in case["history"]][-1] == "verifying"
    assert (case["holder"], case["areas"]["street"]["code"]) == ("赵强", STREET)
    assert [picture["role"] for picture in case["evidence"]] == ["before", "after"]
    for picture in case["evidence"]:
        answer = await server.get(picture["href"], headers=zhou.headers)
        assert hashlib.sha256(await answer.read()).hexdigest() == picture["sha256"]
        assert (await server.get(picture["href"] + "?size=thumb", headers=zhou.headers)).status == 200
        same = await server.get(picture["href"], headers=zhou.headers | {"If-None-Match": answer.headers["ETag"]})
        assert same.status == 304


async def test_the_same_case_is_not_sent_twice(server: Client, deps: Deps, zhou: Speaker) -> None:
    case_no = await dispatched(deps)
    first = await server.get(f"/api/v1/cases/{case_no}", headers=zhou.headers)
    again = {**zhou.headers, "If-None-Match": first.headers["ETag"]}
    assert (await server.get(f"/api/v1/cases/{case_no}", headers=again)).status == 304
    await cases.sign(deps, await actor_of(deps, "zhao"), case_no)
    assert (await server.get(f"/api/v1/cases/{case_no}", headers=again)).status == 200


async def test_a_system_reads_no_names_and_no_numbers(server: Client, deps: Deps) -> None:
    case_no = await dispatched(deps, text="井盖丢失,请打13920123456找李建国,王师傅说深3米")
    reader = await system(server, deps)
    shown = str(await reader.get(f"/api/v1/cases/{case_no}")) + str(await reader.get("/api/v1/reports"))
    for secret in ("13920123456", "李建国", "赵强", "王师傅"):
        assert secret not in shown, secret
    assert "井盖丢失" in shown
    assert "深3米" in shown
    assert (await reader.get("/api/v1/people", 403))["reason"] == "person_needed"


async def test_a_key_of_another_area_sees_nothing_of_this_one(server: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    elsewhere = await system(server, deps, area=NEIGHBOUR)
    assert (await elsewhere.get("/api/v1/cases"))["items"] == []
    await elsewhere.get(f"/api/v1/cases/{case_no}", 404)
    assert (await elsewhere.get("/api/v1/reports"))["items"] == []
    bound = await person(server, deps, "qian", area=NEIGHBOUR)
    await bound.get(f"/api/v1/cases/{case_no}", 404)
    await bound.post(f"/api/v1/cases/{case_no}/urge", {}, 404)


async def test_a_picture_of_somebody_elses_street_stays_there(server: Client, deps: Deps, zhou: Speaker) -> None:
    case_no = await dispatched(deps)
    href = (await zhou.get(f"/api/v1/cases/{case_no}"))["evidence"][0]["href"]
    chen = await person(server, deps, "chen")
    await chen.get(href, 404)
    await chen.get("/api/v1/photos/999999", 404)


async def test_people_are_those_of_ones_own_areas(server: Client, deps: Deps, zhou: Speaker) -> None:
    listed = {p["name"] for p in (await zhou.get("/api/v1/people"))["items"]}
    assert {"李建国", "王敏", "周明", "孙丽"} <= listed
    assert "陈静" not in listed
    first = await zhou.get("/api/v1/people?limit=1")
    second = await zhou.get(f"/api/v1/people?limit=1&cursor={first['next']}")
    assert first["items"][0]["person_id"] < second["items"][0]["person_id"]


async def test_the_catalogue_says_what_can_be_reported(zhou: Speaker) -> None:
    found = await zhou.get("/api/v1/kinds", **{"Accept-Language": "en"})
    kinds = {kind["code"]: kind for kind in found["kinds"]}
    assert kinds["ponding"]["fields"][0]["code"] == "depth_cm"
    assert {reason["purpose"] for reason in found["reasons"]} >= {"return", "suspend", "void", "reopen"}
