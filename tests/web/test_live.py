"""Changes of cases come live, to whom they concern, in order, and none is missed across a break."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse

from actions import cases, live
from actions.ports import Deps
from tests.make import actor_of, dispatched, filed
from tests.web.callers import Speaker, person, system
from tests.web.conftest import Client, NewClient

WAIT_S = 10


@dataclass
class Ear:
    """Somebody who listens."""

    answer: ClientResponse

    async def hears(self) -> tuple[str, str, Any]:
        """Waits for the next event: its number, its name, what it says."""
        got: dict[str, str] = {}
        async with asyncio.timeout(WAIT_S):
            while True:
                line = (await self.answer.content.readline()).decode().rstrip("\r\n")
                if line:
                    name, _, value = line.partition(": ")
                    got[name] = value
                elif "data" in got:
                    return got["id"], got["event"], json.loads(got["data"])
                elif self.answer.content.at_eof():
                    raise EOFError


@asynccontextmanager
async def listening(who: Speaker, query: str = "", **headers: str) -> AsyncIterator[Ear]:
    answer = await who.client.get(f"/api/v1/events{query}", headers=who.headers | headers)
    assert answer.status == 200
    assert answer.content_type == "text/event-stream"
    yield Ear(answer)
    answer.close()


@pytest.fixture
async def server(new_client: NewClient) -> Client:
    """Gives a service that is not public."""
    return await new_client(environment="production")


async def test_a_change_is_told_as_it_happens(server: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    async with listening(await person(server, deps, "zhou")) as ear:
        assert (await ear.hears())[1] == "ready"
        await cases.sign(deps, await actor_of(deps, "zhao"), case_no)
        _, name, told = await ear.hears()
        assert (name, told["case_no"], told["state"]) == ("case", case_no, "signed")
        assert told["events"][-1]["tag"] == "case:signed"
        assert "赵强" not in str(told)


async def test_nobody_hears_of_what_is_not_theirs(server: Client, deps: Deps) -> None:
    async with listening(await person(server, deps, "chen")) as chen, listening(await system(server, deps)) as city:
        await chen.hears()
        await city.hears()
        await filed(deps)
        assert (await city.hears())[1] == "case"
        assert chen.answer.content.total_bytes < 100


async def test_who_comes_back_has_missed_nothing(server: Client, new_client: NewClient, deps: Deps) -> None:
    zhou, zhao = await person(server, deps, "zhou"), await actor_of(deps, "zhao")
    case_no = await dispatched(deps)
    async with listening(zhou) as ear:
        last, _, _ = await ear.hears()
    await cases.sign(deps, zhao, case_no)
    await cases.arrive(deps, zhao, case_no)
    # At whatever process: the second server has told nobody anything yet.
    zhou.client = await new_client(environment="production")
    async with listening(zhou, **{"Last-Event-ID": last}) as ear:
        tags = [event["tag"] for _ in range(2) for event in (await ear.hears())[2]["events"]]
        assert tags == ["case:signed", "case:arrived"]
        assert (await ear.hears())[1] == "ready"


async def test_who_was_away_for_too_long_is_told_to_load_anew(server: Client, deps: Deps) -> None:
    zhou = await person(server, deps, "zhou")
    async with listening(zhou, **{"Last-Event-ID": "999999"}) as ear:
        assert (await ear.hears())[1] == "reset"
    assert (await server.get("/api/v1/events", headers=zhou.headers | {"Last-Event-ID": "x"})).status == 400


async def test_a_listener_may_wish_for_some_kinds_only(server: Client, deps: Deps) -> None:
    async with listening(await system(server, deps), "?kind=manhole") as ear:
        await ear.hears()
        await filed(deps)
        manhole = await filed(deps, kind="manhole", fields={})
        assert (await ear.hears())[2]["case_no"] == manhole


async def test_a_stream_ends_with_the_server(server: Client, deps: Deps) -> None:
    async with listening(await person(server, deps, "zhou")) as ear:
        await ear.hears()
        await server.server.close()
        with pytest.raises(EOFError):
            await ear.hears()


async def test_every_change_has_its_place_in_one_order(deps: Deps) -> None:
    await asyncio.gather(*(filed(deps) for _ in range(5)))
    found = await live.changes(deps, 0)
    numbers = [change.no for change in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert await live.last(deps) == numbers[-1]
    assert await live.changes(deps, numbers[-1]) == []
    assert await live.sweep(deps) == 0
