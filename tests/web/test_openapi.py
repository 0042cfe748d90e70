"""The OpenAPI document: valid, complete, in the caller's language, and what the server does."""

import re
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from actions.ports import Deps
from config.texts import LANGUAGES, Texts
from tests.make import verifying
from tests.web.callers import person
from tests.web.conftest import Client
from web.api.contents import operations
from web.api.openapi import document


@pytest.fixture(scope="session")
def described(texts: Texts) -> dict[str, Any]:
    """Gives the document in English."""
    return document(texts.of("en"))


def test_the_document_is_valid(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_it_is_there(texts: Texts, language: str) -> None:
    said = texts.of(language)
    keys = set(re.findall(r'"(api\.[\w.-]+)"', str(document(said)).replace("'", '"')))
    assert keys == set()


async def test_every_address_of_the_api_is_described(client: Client, described: dict[str, Any]) -> None:
    routed = {
        (route.method.lower(), route.resource.canonical)
        for route in client.server.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith("/api/v1/") and route.method != "HEAD"
    }
    listed = {(method, address) for address, methods in described["paths"].items() for method in methods}
    own = {("get", "/api/v1/openapi.json"), ("get", "/api/v1/docs"), ("get", "/api/v1/docs.css")}
    elsewhere = {pair for pair in routed if pair[1].startswith("/api/v1/exports/")}
    assert routed - own - elsewhere == listed


async def test_answers_are_what_the_document_says(client: Client, deps: Deps, described: dict[str, Any]) -> None:
    case_no = await verifying(deps)
    zhou = await person(client, deps, "zhou")
    report_no = (await zhou.get("/api/v1/reports"))["items"][0]["report_no"]
    hook = await zhou.post("/api/v1/webhooks", {"url": "https://example.com/hook"}, 201)
    filled = {"{case_no}": case_no, "{report_no}": report_no, "{webhook_id}": str(hook["webhook_id"])}
    n_checked = 0
    for address, methods in described["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" not in content:
            continue
        for name, value in filled.items():
            address = address.replace(name, value)
        schema = {**content["application/json"]["schema"], "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(await zhou.get(address))
        n_checked += 1
    assert n_checked >= 9


async def test_the_document_and_its_page_are_open_and_need_nothing_from_elsewhere(client: Client) -> None:
    page = await (await client.get("/api/v1/docs?lang=en")).text()
    assert "pass_check" in page
    assert set(re.findall(r'(?:src|href)="(https?:[^"]+)"', page)) == set()
    assert "<script" not in page
    chinese = await (await client.get("/api/v1/openapi.json", headers={"Accept-Language": "zh-CN"})).json()
    assert chinese["paths"]["/api/v1/cases/{case_no}/sign"]["post"]["summary"] == "签收"


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation.name for operation in operations()]
    assert len(names) == len(set(names))
