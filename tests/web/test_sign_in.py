"""Signing in to the board: by the link of the bot, once, within a minute; writes come from our own pages only."""

import pytest

from actions import access, people, roster, staffing
from actions.ports import Deps
from tests.clock import Clock
from tests.make import make_roster
from tests.web.conftest import Client, NewClient


@pytest.fixture
async def guarded(new_client: NewClient) -> Client:
    """Gives a browser in front of a board that is not public."""
    return await new_client(environment="production")


async def token_of(deps: Deps, staff_no: str = "zhou") -> str:
    person = await roster.find(deps, staff_no)
    address, _, token = (await access.sign_in_link(deps, person.person_id, deps.clock())).partition("#")
    assert address == "http://127.0.0.1:8080/board/in"
    return token


async def enters(browser: Client, token: str) -> int:
    answer = await browser.post("/board/in", data={"token": token}, allow_redirects=False)
    return answer.status


async def test_the_link_signs_in_as_its_person(guarded: Client, deps: Deps) -> None:
    assert (await guarded.get("/board/in")).status == 200
    answer = await guarded.post("/board/in", data={"token": await token_of(deps)}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/board/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    me = await (await guarded.get("/api/v1/session")).json()
    assert (me["how"], me["person"]["name"]) == ("session", "周明")
    assert (await guarded.get("/board/")).status == 200


async def test_the_link_is_good_once(guarded: Client, deps: Deps) -> None:
    token = await token_of(deps)
    assert await enters(guarded, token) == 303
    again = await guarded.post("/board/in", data={"token": token})
    assert again.status == 403
    assert "/link" in await again.text()


async def test_the_link_is_good_for_a_minute(guarded: Client, deps: Deps, clock: Clock) -> None:
    token = await token_of(deps)
    clock.forward(seconds=60)
    assert await enters(guarded, token) == 403


async def test_a_new_link_ends_the_one_before(guarded: Client, deps: Deps) -> None:
    first, second = await token_of(deps), await token_of(deps)
    assert await enters(guarded, first) == 403
    assert await enters(guarded, second) == 303


async def test_another_site_cannot_sign_a_browser_in(guarded: Client, deps: Deps) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await guarded.post("/board/in", data={"token": await token_of(deps)}, headers=headers)
    assert answer.status == 403


async def test_a_write_needs_the_token_of_the_page(guarded: Client, deps: Deps) -> None:
    await enters(guarded, await token_of(deps))
    csrf = (await (await guarded.get("/api/v1/session")).json())["csrf"]
    for headers in ({}, {"X-CSRF-Token": "x" * len(csrf)}):
        refused = await guarded.delete("/api/v1/session", headers=headers)
        assert refused.status == 403
        assert (await refused.json(content_type="application/problem+json"))["code"] == "csrf"
    assert (await guarded.delete("/api/v1/session", headers={"X-CSRF-Token": csrf})).status == 204
    assert (await guarded.get("/api/v1/session")).status == 401


async def test_a_session_ends_by_itself_and_when_its_person_leaves(guarded: Client, deps: Deps, clock: Clock) -> None:
    await enters(guarded, await token_of(deps))
    clock.forward(hours=12)
    assert (await guarded.get("/api/v1/session")).status == 401
    await enters(guarded, await token_of(deps))
    assert (await guarded.get("/api/v1/session")).status == 200
    await staffing.leave(deps, (await roster.find(deps, "zhou")).person_id)
    assert (await guarded.get("/api/v1/session")).status == 401


async def test_whoever_comes_back_finds_no_old_door_open(guarded: Client, deps: Deps) -> None:
    zhou = (await roster.find(deps, "zhou")).person_id
    await enters(guarded, await token_of(deps))
    key = await access.new_key(deps, "script of zhou", [access.READ], person_id=zhou)
    assert (await guarded.get("/api/v1/session")).status == 200

    await staffing.leave(deps, zhou)
    await people.import_roster(deps, make_roster())

    assert (await guarded.get("/api/v1/session")).status == 401
    assert await access.key_holder(deps, key) is None


async def test_an_operator_ends_every_session_of_somebody(guarded: Client, deps: Deps) -> None:
    await enters(guarded, await token_of(deps))
    zhou = await roster.find(deps, "zhou")
    assert [s.person_id for s in await access.sessions(deps)] == [zhou.person_id]
    assert await access.sign_out_everywhere(deps, zhou.person_id) == 1
    assert (await guarded.get("/api/v1/session")).status == 401


async def test_behind_https_the_cookie_never_travels_in_the_clear(new_client: NewClient, deps: Deps) -> None:
    browser = await new_client(environment="production", trusted_proxies="127.0.0.1")
    data, headers = {"token": await token_of(deps)}, {"X-Forwarded-Proto": "https"}
    answer = await browser.post("/board/in", data=data, headers=headers, allow_redirects=False)
    assert "Secure" in answer.headers["Set-Cookie"]


async def test_only_hashes_of_links_and_sessions_are_kept(guarded: Client, deps: Deps) -> None:
    token = await token_of(deps)
    await enters(guarded, token)
    secret = next(c.value for c in guarded.session.cookie_jar if c.key == "whistle_session")
    async with deps.store.read() as unit:
        found = [
            str((await unit.line.connection.exec_driver_sql(f"select * from {name}")).all())
            for name in ("signin_link", "web_session")
        ]
    assert token not in found[0]
    assert secret not in found[1]
