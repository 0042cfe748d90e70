"""Writing over the API: reports that enter the loop, verbs as the person of the key, each write done once."""

import asyncio
import json

import pytest
from aiohttp import FormData

from actions import routing
from actions.ports import Deps
from models.rules.commands import Verb
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH
from tests.make import STREET, dispatched, seen
from tests.web.callers import Speaker, person, system
from tests.web.conftest import Client, NewClient
from web.api.verbs import DEEDS

AT = {"latitude": IN_SOUTH[0], "longitude": IN_SOUTH[1]}
FLOOD = {"kind": "ponding", "text": "地道积水约30厘米", "fields": {"depth_cm": 30}, "place": AT}


@pytest.fixture
async def server(new_client: NewClient) -> Client:
    """Gives a service that is not public."""
    return await new_client(environment="production")


@pytest.fixture
async def li(server: Client, deps: Deps) -> Speaker:
    """Gives the grid worker."""
    return await person(server, deps, "li")


async def upload(who: Speaker, scene: int) -> int:
    answer = await who.client.post(
        "/api/v1/photos", data=jpeg(scene), headers=who.headers | {"Content-Type": "image/jpeg"}
    )
    assert answer.status == 201, await answer.text()
    return int((await answer.json())["items"][0]["media_id"])


async def test_every_verb_of_a_person_has_an_address() -> None:
    assert set(Verb) - set(DEEDS) == {Verb.STEP, Verb.JOIN}


async def test_a_report_goes_round_the_whole_loop_by_the_api(server: Client, deps: Deps, li: Speaker) -> None:
    before = await upload(li, 1)
    filed = await li.post("/api/v1/reports", FLOOD | {"before": [before]}, 201)
    case_no = filed["case_no"]
    await routing.place_and_route(deps, [case_no])

    zhao, sun = await person(server, deps, "zhao"), await person(server, deps, "sun")
    base = f"/api/v1/cases/{case_no}"
    assert (await zhao.get(base))["verbs"][0] == "sign"
    assert (await zhao.post(f"{base}/sign"))["state"] == "signed"
    after = await upload(zhao, 2)
    handed = await zhao.post(f"{base}/hand_in", {"words": "已抽排", "media": [after]})
    assert (handed["state"], handed["evidence"][-1]["role"]) == ("handled", "after")
    await routing.assign_checks(deps, [case_no])
    cleared = await sun.post(f"{base}/pass_check", {"words": "现场已无积水"})
    assert cleared["state"] == "cleared"
    assert {line["channel"] for line in cleared["history"]} >= {"api"}
    assert [r["case_no"] for r in (await li.get("/api/v1/reports?mine=true"))["items"]] == [case_no]
    assert (await li.get(filed["href"]))["place_reason"] == "inside_by_margin"


async def test_a_report_brings_its_pictures_in_the_same_call(server: Client, deps: Deps, li: Speaker) -> None:
    form = FormData()
    form.add_field("report", json.dumps(FLOOD), content_type="application/json")
    form.add_field("photo", jpeg(3), filename="a.jpg", content_type="image/jpeg")
    answer = await server.post("/api/v1/reports", data=form, headers=li.headers)
    filed = await answer.json()
    assert answer.status == 201, filed
    assert answer.headers["Location"] == filed["href"]
    assert len((await seen(deps, filed["case_no"])).before) == 1


async def test_words_for_danger_make_it_urgent_unless_denied(deps: Deps, li: Speaker) -> None:
    urgent = await li.post("/api/v1/reports", FLOOD | {"text": "地道积水,有人被困"}, 201)
    assert (await li.get(urgent["case_href"]))["urgency"] == "U1"
    calm = await li.post("/api/v1/reports", FLOOD | {"text": "地道积水,有人被困", "life_danger": False}, 201)
    assert (await li.get(calm["case_href"]))["urgency"] != "U1"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "dragon"}, None),
        ({"fields": {"depth_cm": -5}}, "field_out_of_range"),
        ({"fields": {"dragon": 1}}, "field_unreadable"),
        ({"place": None}, "place_missing"),
        ({"place": {"latitude": 0, "longitude": 0}}, "place_missing"),
        ({"place": {"latitude": 31.2, "longitude": 121.4}}, "outside_city"),
        ({"joins": "TJ-2026-999999"}, None),
        ({"before": [999999]}, None),
    ],
)
async def test_a_report_that_cannot_be_is_refused_with_its_reason(
    li: Speaker, change: dict[str, object], reason: str | None
) -> None:
    problem = await li.post("/api/v1/reports", FLOOD | change, 422 if reason else 404)
    assert problem.get("reason") == reason


async def test_what_nobody_can_place_waits_for_a_dispatcher(deps: Deps, li: Speaker) -> None:
    filed = await li.post("/api/v1/reports", FLOOD | {"place": {"address": "桥底下那边"}}, 201)
    facts = (await seen(deps, filed["case_no"])).facts
    assert (facts.areas.placed, facts.areas.street) == (False, None)
    known = await li.post("/api/v1/reports", FLOOD | {"place": {"area": STREET}}, 201)
    assert (await seen(deps, known["case_no"])).facts.areas.street == STREET


async def test_a_body_that_cannot_be_read_is_told_by_its_place(server: Client, li: Speaker) -> None:
    problem = await li.post("/api/v1/reports", FLOOD | {"place": {"latitude": "north"}}, 422)
    assert problem["errors"][0]["at"] == "place.latitude"
    huge = await li.post("/api/v1/reports", FLOOD | {"before": [10**24]}, 422)
    assert huge["errors"][0]["at"] == "before.0"
    broken = await server.post("/api/v1/reports", data=b"{", headers=li.headers | {"Content-Type": "application/json"})
    assert broken.status == 400
    other = await server.post("/api/v1/cases/x/sign", data=b"a=1", headers=li.headers | {"Content-Type": "text/plain"})
    assert other.status == 415


async def test_a_write_that_is_named_is_done_once(deps: Deps, li: Speaker) -> None:
    name = {"Idempotency-Key": "one"}
    first = await li.post("/api/v1/reports", FLOOD, 201, **name)
    answer = await li.client.post("/api/v1/reports", json=FLOOD, headers=li.headers | name)
    assert await answer.json() == first
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert len((await li.get("/api/v1/reports"))["items"]) == 1
    other = await li.post("/api/v1/reports", FLOOD | {"text": "别的"}, 422, **name)
    assert other["reason"] == "key_used_otherwise"


async def test_a_write_named_once_and_sent_at_once_is_done_once(li: Speaker) -> None:
    name = {"Idempotency-Key": "at once"}
    receipts = await asyncio.gather(*(li.post("/api/v1/reports", FLOOD, 201, **name) for _ in range(5)))
    assert len({receipt["report_no"] for receipt in receipts}) == 1
    assert len((await li.get("/api/v1/reports"))["items"]) == 1


async def test_the_names_of_writes_belong_to_their_caller(server: Client, deps: Deps, li: Speaker) -> None:
    lin = await person(server, deps, "lin")
    mine = await li.post("/api/v1/reports", FLOOD, 201, **{"Idempotency-Key": "one"})
    theirs = await lin.post("/api/v1/reports", FLOOD, 201, **{"Idempotency-Key": "one"})
    assert mine["report_no"] != theirs["report_no"]


async def test_a_refused_write_may_be_asked_again_by_the_same_name(server: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    zhao = await person(server, deps, "zhao")
    address, name = f"/api/v1/cases/{case_no}/arrive", {"Idempotency-Key": "on the spot"}
    assert (await zhao.post(address, {}, 409, **name))["state"] == "dispatched"
    await zhao.post(f"/api/v1/cases/{case_no}/sign")
    assert (await zhao.post(address, {}, 200, **name))["state"] == "handling"
    assert (await zhao.post(address, {}, 200, **name))["state"] == "handling"


async def test_a_verb_is_refused_to_who_may_not(server: Client, deps: Deps, li: Speaker) -> None:
    case_no = await dispatched(deps)
    assert (await li.post(f"/api/v1/cases/{case_no}/sign", {}, 403))["reason"] == "not_your_case"
    chen = await person(server, deps, "chen")
    await chen.post(f"/api/v1/cases/{case_no}/sign", {}, 404)


async def test_a_key_for_reading_writes_nothing(server: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    reader, nobody = await system(server, deps), await system(server, deps, "read", "write")
    assert (await reader.post(f"/api/v1/cases/{case_no}/sign", {}, 403))["scope"] == "write"
    assert (await nobody.post(f"/api/v1/cases/{case_no}/sign", {}, 403))["reason"] == "person_needed"


async def test_the_public_of_a_demonstration_reads_and_writes_nothing(client: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    assert (await client.get(f"/api/v1/cases/{case_no}")).status == 200
    assert (await client.post(f"/api/v1/cases/{case_no}/sign", json={})).status == 403
    assert (await client.post("/api/v1/reports", json=FLOOD)).status == 403


@pytest.mark.parametrize("data", [b"", b"GIF89a....", b"<svg/>"], ids=["nothing", "gif", "svg"])
async def test_what_is_no_photo_is_refused(server: Client, li: Speaker, data: bytes) -> None:
    answer = await server.post("/api/v1/photos", data=data, headers=li.headers | {"Content-Type": "image/jpeg"})
    assert answer.status == 422


@pytest.mark.parametrize(
    "form",
    [
        b'--x\r\nContent-Disposition: form-data; name="\xf3\x86\x7f"\r\n\r\n{}\r\n--x--',
        b"--x",
        b"--y\r\n\r\n",
        b"",
    ],
    ids=["a header of no text", "no end", "another border", "nothing"],
)
@pytest.mark.parametrize("address", ["/api/v1/reports", "/open311/v2/requests.json", "/board/in", "/board/key"])
async def test_a_broken_form_is_the_callers_fault(server: Client, li: Speaker, address: str, form: bytes) -> None:
    headers = li.headers | {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await server.post(address, data=form, headers=headers)
    assert 400 <= answer.status < 500


async def test_a_form_in_an_unknown_charset_is_read_as_well_as_it_goes(server: Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=dragon"}
    assert (await server.post("/board/in", data=b"token=%ff&" + b"a&" * 400, headers=headers)).status == 400
    assert (await server.post("/board/in", data=b"token=%ff", headers=headers)).status == 403
