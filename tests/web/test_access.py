"""The figures are open in a demonstration on this machine, and elsewhere to whom has the key."""

import pytest

from tests.web.conftest import NewClient

KEY = "a-long-key-of-the-district"
GUARDED = ("/api/v1/", "/api/v1/stats", "/api/v1/areas", "/api/v1/definitions", "/board/texts")


@pytest.mark.parametrize("wishes", [{"environment": "production"}, {"host": "0.0.0.0"}], ids=["production", "network"])
async def test_nobody_reads_the_figures_without_the_key(new_client: NewClient, wishes: dict[str, str]) -> None:
    client = await new_client(api_key=KEY, **wishes)
    for address in GUARDED:
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Basic {KEY}"},
            {"Cookie": "whistle_board=x"},
        ):
            answer = await client.get(address, headers=headers)
            assert answer.status == 401, address
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert (await answer.json(content_type="application/problem+json"))["code"] == "key_needed"
        assert (await client.get(address, headers={"Authorization": f"Bearer {KEY}"})).status == 200


async def test_without_any_key_set_nothing_opens(new_client: NewClient) -> None:
    client = await new_client(environment="production")
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}, {"Cookie": "whistle_board="}):
        assert (await client.get("/api/v1/stats", headers=headers)).status == 401
    form = await client.get("/board/")
    assert (form.status, form.url.path) == (200, "/board/key")
    assert "WHISTLE_API_KEY" in await form.text()


async def test_a_browser_gives_the_key_once(new_client: NewClient) -> None:
    client = await new_client(environment="production", api_key=KEY)
    assert (await client.get("/board/")).url.path == "/board/key"
    wrong = await client.post("/board/key", data={"key": "x"})
    assert (wrong.status, "Set-Cookie" in wrong.headers) == (403, False)

    right = await client.post("/board/key", data={"key": f" {KEY} "}, allow_redirects=False)
    assert (right.status, right.headers["Location"]) == (303, "/board/")
    cookie = right.headers["Set-Cookie"]
    assert KEY not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert (await client.get("/board/")).url.path == "/board/"
    assert (await client.get("/api/v1/stats")).status == 200


async def test_a_key_that_is_no_ascii_is_only_wrong(new_client: NewClient) -> None:
    client = await new_client(environment="production", api_key=KEY)
    answer = await client.get("/api/v1/stats", headers={"Authorization": "Bearer 钥匙"})
    assert answer.status == 401


async def test_health_is_open_to_all(new_client: NewClient) -> None:
    client = await new_client(environment="production")
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status in (200, 503)


async def test_style_of_the_form_is_open_to_all(new_client: NewClient) -> None:
    client = await new_client(environment="production")
    assert (await client.get("/board/static/styles/key.css")).status == 200
