"""Keys of other systems: for a purpose, over an area, for a time, until they are revoked; and not too often."""

import pytest
from aiohttp import FormData

from actions import access
from actions.ports import Deps
from actions.roster import find
from actions.staffing import leave
from models.rules.errors import NoSuchItem
from tests.clock import Clock
from tests.make import CITY, NEIGHBOUR, STREET, dispatched
from tests.web.conftest import Client, NewClient


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def status(client: Client, key: str) -> int:
    return (await client.get("/api/v1/session", headers=bearing(key))).status


async def test_a_key_opens_what_it_is_for_until_it_is_over(new_client: NewClient, deps: Deps, clock: Clock) -> None:
    client = await new_client(environment="production")
    key = await access.new_key(deps, "水务局", ["read"], area_code=NEIGHBOUR, days=7)
    answer = await client.get("/api/v1/session", headers=bearing(key))
    shown = await answer.json()
    assert (shown["how"], shown["scopes"], shown["area"]) == ("key", ["read"], NEIGHBOUR)
    assert await status(client, key[:-1] + ("A" if key[-1] != "A" else "B")) == 401
    clock.forward(days=7)
    assert await status(client, key) == 401


async def test_a_revoked_key_opens_nothing_any_more(new_client: NewClient, deps: Deps) -> None:
    client = await new_client(environment="production")
    key = await access.new_key(deps, "x", ["read"])
    assert await status(client, key) == 200
    await access.revoke_key(deps, key)
    assert await status(client, key) == 401
    with pytest.raises(NoSuchItem):
        await access.revoke_key(deps, key)


async def test_a_key_in_the_name_of_somebody_who_left_opens_nothing(new_client: NewClient, deps: Deps) -> None:
    client = await new_client(environment="production")
    zhou = await find(deps, "zhou")
    key = await access.new_key(deps, "x", ["read", "write"], person_id=zhou.person_id)
    assert await status(client, key) == 200
    await leave(deps, zhou.person_id)
    assert await status(client, key) == 401


async def test_only_the_hash_of_a_key_is_kept(deps: Deps) -> None:
    key = await access.new_key(deps, "x", ["read"])
    async with deps.store.read() as unit:
        rows = await unit.line.connection.exec_driver_sql("select * from api_key")
        stored = str(rows.all())
    assert key not in stored
    assert key.split("_", 2)[2] not in stored


@pytest.mark.parametrize(
    ("scopes", "area", "person_id"),
    [(["fly"], None, None), (["read"], "999", None), (["read"], CITY, 999_999)],
    ids=["scope", "area", "person"],
)
async def test_a_key_for_nothing_that_exists_is_not_made(
    deps: Deps, scopes: list[str], area: str | None, person_id: int | None
) -> None:
    with pytest.raises(NoSuchItem):
        await access.new_key(deps, "x", scopes, area_code=area, person_id=person_id)
    assert await access.keys(deps) == []


async def test_who_asks_too_often_is_told_how_long_to_wait(new_client: NewClient, deps: Deps) -> None:
    client = await new_client(environment="production", calls_per_minute=10)
    key, other = await access.new_key(deps, "x", ["read"]), await access.new_key(deps, "y", ["read"])
    answers = [await client.get("/api/v1/session", headers=bearing(key)) for _ in range(12)]
    last = answers[-1]
    assert last.status == 429
    assert 1 <= int(last.headers["Retry-After"]) <= 60
    assert (await last.json(content_type="application/problem+json"))["code"] == "too_often"
    assert await status(client, other) == 200


async def test_an_address_may_guess_keys_only_so_often(new_client: NewClient) -> None:
    client = await new_client(environment="production", api_key="the-real-one")
    tries = [(await client.post("/board/key", data={"key": str(n)})).status for n in range(12)]
    assert tries[:10] == [403] * 10
    assert tries[11] == 429


async def test_addresses_behind_a_trusted_proxy_are_counted_apart(new_client: NewClient) -> None:
    def spoken_for(address: str) -> dict[str, str]:
        return {"X-Forwarded-For": f"203.0.113.9, {address}"}

    client = await new_client(trusted_proxies="127.0.0.0/8", calls_per_minute_of_address=10)
    first = [(await client.get("/api/v1/", headers=spoken_for("198.51.100.7"))).status for _ in range(11)]
    assert (first[0], first[-1]) == (200, 429)
    assert (await client.get("/api/v1/", headers=spoken_for("198.51.100.8"))).status == 200


async def test_a_strangers_word_on_where_a_call_comes_from_is_nothing(new_client: NewClient) -> None:
    client = await new_client(calls_per_minute_of_address=10)
    said = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(11)]
    assert [(await client.get("/api/v1/", headers=headers)).status for headers in said][-1] == 429


@pytest.mark.parametrize("path", ["/board/key", "/board/in"])
async def test_a_form_for_a_secret_takes_no_file(new_client: NewClient, path: str) -> None:
    client = await new_client(environment="production", api_key="k" * 32)
    form = FormData()
    form.add_field("media", b"x" * 1000, filename="x.jpg")
    assert (await client.post(path, data=form)).status == 413


async def test_a_key_for_metrics_alone_reads_no_news(new_client: NewClient, deps: Deps) -> None:
    client = await new_client(environment="production")
    for scope, answered in ((access.READ, 200), (access.METRICS, 403)):
        key = await access.new_key(deps, scope, [scope])
        assert (await client.get("/board/latest", headers=bearing(key))).status == answered


async def test_who_could_take_a_case_is_told_only_within_a_keys_area(client: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    zhao, feng = await find(deps, "zhao"), await find(deps, "feng")
    for area, answered in ((STREET, 200), (NEIGHBOUR, 404)):
        key = await access.new_key(deps, area, [access.READ], area_code=area, person_id=zhao.person_id)
        answer = await client.get(f"/board/case/{case_no}/takers", headers=bearing(key))
        assert answer.status == answered
        assert (feng.name in await answer.text()) is (answered == 200)
