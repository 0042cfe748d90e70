"""Open311 GeoReport v2: clients of the standard file and read, in JSON and XML, and learn nobody's name."""

import asyncio
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from aiohttp import FormData
from lxml import etree

from actions import access, cases
from actions.ports import Deps
from tests.clock import Clock
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH
from tests.make import CITY, NEIGHBOUR, STREET, actor_of, filed, seen, verifying
from tests.web.conftest import Client, NewClient

FOLDER = Path(__file__).parents[1] / "data" / "open311"
SCHEMA = json.loads((FOLDER / "georeport_v2.json").read_text(encoding="utf-8"))
XSD = etree.XMLSchema(file=str(FOLDER / "georeport_v2.xsd"))
V2 = "/open311/v2"
FLOOD = {
    "service_code": "ponding",
    "lat": str(IN_SOUTH[0]),
    "long": str(IN_SOUTH[1]),
    "description": "地道积水",
    "attribute[depth_cm]": "30",
}


@pytest.fixture
async def server(new_client: NewClient) -> Client:
    """Gives a service that is not public."""
    return await new_client(environment="production")


@pytest.fixture
async def key(deps: Deps) -> str:
    """Gives the key of another city's client."""
    return await access.new_key(deps, "311 app", ["open311"])


async def read(client: Client, name: str, as_: str, code: int = 200, **query: str) -> Any:
    """Reads a document in JSON, and the same in XML, which must be valid both; gives the JSON."""
    answer = await client.get(f"{V2}/{name}.json", params=query)
    assert answer.status == code, await answer.text()
    data = await answer.json()
    jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{as_}"}).validate(data)
    written = await client.get(f"{V2}/{name}.xml", params=query)
    assert (written.status, written.content_type) == (code, "text/xml")
    XSD.assertValid(etree.fromstring(await written.read()))
    return data


async def file(client: Client, key: str, status: int = 200, **fields: str) -> Any:
    """Files a request, and gives the answer in JSON."""
    answer = await client.post(f"{V2}/requests.json", data={"api_key": key} | FLOOD | fields)
    assert answer.status == status, await answer.text()
    data = await answer.json()
    shape = "receipt" if status == 200 else "errors"
    jsonschema.Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{shape}"}).validate(data)
    return data[0]


async def test_discovery_and_services_are_open_to_all(server: Client) -> None:
    found = await read(server, "discovery", "discovery")
    assert found["endpoints"][0]["url"].endswith("/open311/v2")
    services = {service["service_code"]: service for service in await read(server, "services", "services")}
    assert (services["ponding"]["type"], services["flood"]["type"]) == ("realtime", "batch")
    assert "weather_obs" not in services


async def test_every_service_has_a_valid_definition(server: Client) -> None:
    for service in (await read(server, "services", "services", lang="en"))[::4]:
        code = service["service_code"]
        defined = await read(server, f"services/{code}", "service_definition", lang="en")
        assert bool(defined["attributes"]) == service["metadata"], code
    ponding = await read(server, "services/ponding", "service_definition")
    depth = next(a for a in ponding["attributes"] if a["code"] == "depth_cm")
    assert (depth["datatype"], depth["required"]) == ("number", False)
    missing = await read(server, "services/dragon", "errors", 404)
    assert missing[0]["code"] == 404


async def test_a_request_is_filed_and_read_and_enters_the_loop(server: Client, deps: Deps, key: str) -> None:
    number = (await file(server, key))["service_request_id"]
    case = await seen(deps, number)
    assert (case.facts.areas.street, case.fields["depth_cm"]) == (STREET, 30.0)
    assert case.history[0].channel == "open311"
    async with deps.store.read() as unit:
        assert (await unit.reports.of_case(number))[0].channel == "open311"
    shown = (await read(server, f"requests/{number}", "service_requests", api_key=key))[0]
    assert (shown["status"], shown["service_code"], shown["description"]) == ("open", "ponding", "地道积水")
    assert (shown["lat"], shown["long"]) == IN_SOUTH
    assert "extended_attributes" not in shown
    more = await read(server, f"requests/{number}", "service_requests", api_key=key, extensions="true")
    assert more[0]["extended_attributes"]["state"] == "registered"
    assert more[0]["extended_attributes"]["street"]["code"] == STREET


async def test_a_cleared_case_is_closed(server: Client, deps: Deps, key: str) -> None:
    number = await verifying(deps)
    await cases.pass_check(deps, await actor_of(deps, "sun"), number)
    shown = (await read(server, f"requests/{number}", "service_requests", api_key=key))[0]
    assert shown["status"] == "closed"
    assert await read(server, "requests", "service_requests", api_key=key, status="open") == []


async def test_a_batch_service_gives_a_token_first(server: Client, key: str) -> None:
    token = (await file(server, key, service_code="flood", **{"attribute[depth_cm]": ""}))["token"]
    found = (await read(server, f"tokens/{token}", "tokens"))[0]
    assert found["token"] == token
    assert (await read(server, f"requests/{found['service_request_id']}", "service_requests", api_key=key))[0]
    await read(server, "tokens/0123456789abcdef", "errors", 404)
    await read(server, "tokens/dragon", "errors", 404)


@pytest.mark.parametrize("api_key", ["", "wrong"])
async def test_filing_needs_a_key(server: Client, api_key: str) -> None:
    assert (await file(server, api_key, 403))["code"] == 403


async def test_a_key_for_reading_does_not_file(server: Client, deps: Deps) -> None:
    assert (await file(server, await access.new_key(deps, "x", ["read"]), 403))["code"] == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "dragon"}, 404),
        ({"attribute[depth_cm]": "deep"}, 400),
        ({"attribute[depth_cm]": "-5"}, 400),
        ({"attribute[dragon]": "1"}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "31.2", "long": "121.4"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"jurisdiction_id": "boston.gov"}, 404),
    ],
)
async def test_what_cannot_be_filed_is_told_as_the_standard_says(
    server: Client, key: str, change: dict[str, str], status: int
) -> None:
    assert (await file(server, key, status, **change))["code"] == status


async def test_words_alone_wait_for_a_dispatcher(server: Client, deps: Deps, key: str) -> None:
    number = (await file(server, key, lat="", long="", address_string="桥底下"))["service_request_id"]
    assert (await seen(deps, number)).facts.areas.placed is False


async def test_strangers_learn_no_names_and_no_numbers(server: Client, deps: Deps, key: str) -> None:
    said = "李建国13920123456说井盖没了"
    number = (await file(server, key, description=said, first_name="三", last_name="张", phone="13920123457"))[
        "service_request_id"
    ]
    await filed(deps, text="联系李建国")
    shown = json.dumps(await read(server, "requests", "service_requests", api_key=key), ensure_ascii=False)
    assert "13920123456" not in shown
    assert "联系李建国" not in shown
    case = await seen(deps, number)
    assert "13920123457" not in case.text
    assert "张" not in case.text


async def test_requests_are_those_of_ninety_days_in_pages(server: Client, deps: Deps, key: str, clock: Clock) -> None:
    old = await filed(deps)
    clock.forward(days=91)
    new = [await filed(deps) for _ in range(3)]

    async def numbers(**query: str) -> list[str]:
        found = await read(server, "requests", "service_requests", api_key=key, **query)
        return [request["service_request_id"] for request in found]

    assert sorted(await numbers()) == new
    assert await numbers(start_date="2026-11-01T00:00:00Z") == [old]
    assert await numbers(service_request_id=f"{old},TJ-2026-999999") == [old]
    assert await numbers(service_code="manhole") == []
    pages = [*await numbers(page_size="2"), *await numbers(page_size="2", page="2")]
    assert sorted(pages) == new
    for wrong in ({"status": "asleep"}, {"start_date": "x"}, {"page": "0"}, {"page_size": "1001"}):
        await read(server, "requests", "errors", 400, api_key=key, **wrong)
    await read(server, "requests", "errors", 404, api_key=key, service_code="dragon")


async def test_reading_needs_a_key_unless_it_is_public(server: Client, new_client: NewClient, deps: Deps) -> None:
    number = await filed(deps)
    await read(server, "requests", "errors", 403)
    public = await new_client(environment="production", open311="public")
    assert (await read(public, f"requests/{number}", "service_requests"))[0]["media_url"] is None
    await read(public, "requests/TJ-2026-999999", "errors", 404)
    shut = await new_client(environment="production", open311="off")
    assert (await shut.get(f"{V2}/services.json")).status == 404


async def test_a_key_of_an_area_reads_that_area(server: Client, deps: Deps) -> None:
    number = await filed(deps)
    key = await access.new_key(deps, "x", ["open311"], area_code=NEIGHBOUR)
    assert await read(server, "requests", "service_requests", api_key=key, jurisdiction_id=CITY) == []
    await read(server, f"requests/{number}", "errors", 404, api_key=key)


async def test_a_picture_comes_with_the_request(server: Client, deps: Deps, key: str) -> None:
    form = FormData({"api_key": key} | FLOOD)
    form.add_field("media", jpeg(5), filename="a.jpg", content_type="image/jpeg")
    answer = await server.post(f"{V2}/requests.xml", data=form)
    document = etree.fromstring(await answer.read())
    XSD.assertValid(document)
    assert len((await seen(deps, document.findtext("request/service_request_id"))).before) == 1


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Imports the client `three`, which was written for Python 2."""
    import itertools

    import simplejson

    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    relaxml = ModuleType("relaxml")
    relaxml.xml = None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "relaxml", relaxml)
    assert simplejson
    sys.modules.pop("three", None)
    import three.core

    return three.core


async def test_the_client_three_speaks_with_us(server: Client, key: str, three: ModuleType) -> None:
    client = three.Three(str(server.make_url(V2)).replace("http://", "http://", 1), api_key=key)

    def speak() -> None:
        services = client.services()
        assert any(service["service_code"] == "ponding" for service in services)
        assert client.services("ponding")["service_code"] == "ponding"
        fields = {name: value for name, value in FLOOD.items() if name != "service_code"}
        receipt = client.post("ponding", name="San Zhang", **fields)
        number = receipt[0]["service_request_id"]
        assert client.request(number, api_key=key)[0]["service_request_id"] == number
        assert client.requests("ponding", api_key=key, count=10)[0]["service_request_id"] == number
        token = client.post("flood", lat=fields["lat"], long=fields["long"], description="x")[0]["token"]
        assert client.token(token)[0]["token"] == token
        assert client.discovery()["endpoints"]

    await asyncio.to_thread(speak)
