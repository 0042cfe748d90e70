"""Whatever is sent to the API, shaped by its own document or not at all, is answered as the document says.

Schemathesis makes the calls out of the OpenAPI file, with a fixed budget and a fixed seed, against a real server
that somebody of the roster speaks to; 5xx, undocumented answers and answers of another shape are faults.
"""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from actions import access, roster
from config.settings import Settings
from config.texts import Texts
from models.rules.catalogue import Catalogue
from models.store.unit import Store
from tests.clock import Clock
from tests.make import dispatched, filed, make_deps, verifying
from web.api.contents import operations
from web.api.openapi import document
from web.app import build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def _plain_tracebacks() -> None:
    """Writes tracebacks plainly: the coloured ones with all variables take seconds each."""
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, renderer])


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
N_CALLS = 12
"""Calls an operation."""
STREAMS = ("stream_events",)
"""Operations that do not end by themselves."""


class Running:
    """A server in a thread of its own: hypothesis waits for each call."""

    def __init__(self, database_url: str, catalogue: Catalogue, texts: Texts, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.url, self.key, self._close = self.call(self._started(database_url, catalogue, texts, folder))

    def call(self, work: Any) -> Any:
        """Runs something on the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _started(self, url: str, catalogue: Catalogue, texts: Texts, folder: Path) -> tuple[str, str, Any]:
        clock = Clock()
        store = await Store.open(url, clock=clock)
        deps = await make_deps(store, clock, catalogue)
        for make in (filed, dispatched, verifying):
            await make(deps)
        zhou = await roster.find(deps, "zhou")
        scopes = (access.READ, access.WRITE, access.WEBHOOKS)
        key = await access.new_key(deps, "fuzz", scopes, person_id=zhou.person_id)
        chosen = Settings(
            data_folder=folder,
            environment="production",
            calls_per_minute=1_000_000,
            calls_per_minute_of_address=1_000_000,
        )
        app: web.Application = build(deps, texts, chosen)
        server = TestServer(app)
        await server.start_server()

        async def close() -> None:
            await server.close()
            await store.close()

        return str(server.make_url("/")).rstrip("/"), key, close

    def stop(self) -> None:
        """Stops the server and its thread."""
        self.call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


@pytest.fixture(scope="module")
def running(
    sqlite_template: Path, catalogue: Catalogue, texts: Texts, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Starts one server for all operations."""
    folder = tmp_path_factory.mktemp("fuzz")
    database = folder / "whistle.db"
    database.write_bytes(sqlite_template.read_bytes())
    made = Running(f"sqlite+aiosqlite:///{database}", catalogue, texts, folder)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def described(texts: Texts) -> dict[str, Any]:
    """Gives every operation of the document by its name."""
    schema = schemathesis.openapi.from_dict(document(texts.of("en")))
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.mark.parametrize("name", [operation.name for operation in operations() if operation.name not in STREAMS])
def test_every_call_is_answered_as_the_document_says(running: Running, described: dict[str, Any], name: str) -> None:
    @seed(311)
    @settings(
        max_examples=N_CALLS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described[name].as_strategy())
    def called(case: Any) -> None:
        answer = case.call(base_url=running.url, headers={"Authorization": f"Bearer {running.key}"})
        case.validate_response(answer, checks=CHECKS)

    called()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"\\ud800"', b"\xff\xfe", b"[" * 5000, b'{"words":' + b'"' + b"a" * 70_000 + b'"}'],
)
def test_no_body_makes_a_verb_fail(running: Running, body: bytes) -> None:
    import requests

    headers = {"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
    answer = requests.post(f"{running.url}/api/v1/cases/TJ-2026-000001/urge", data=body, headers=headers, timeout=10)
    assert answer.status_code < 500
    assert answer.headers["Content-Type"].startswith(("application/problem+json", "application/json"))
