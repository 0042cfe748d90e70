"""Whoever is no person of the roster reads of hazards and never of people, whatever page they ask for."""

import io
import re
import zipfile

from aiohttp import web

from actions import cases, reports
from actions.ports import Deps
from models.store.rows import RosterRow
from tests.make import CAST, actor_of, make_request, picture, verifying
from tests.web.conftest import Client

PHONE, IDENTITY = "13800138000", "12010119900307123X"
QUERIES = ("", "?format=csv", "?per_page=50&text=1")


async def talkative(deps: Deps) -> str:
    """A case in whose every free text somebody is named, with telephone and identity number."""
    case_no = await verifying(deps)
    said = f"找李建国，电话{PHONE}，身份证{IDENTITY}"
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no, words=said)
    await reports.file(
        deps, await actor_of(deps, "lin"), make_request(text=said, before=(await picture(deps, "lin", 5),))
    )
    async with deps.store.begin() as unit:
        row = RosterRow(staff_no="li", name="李建国", phone=PHONE, role=CAST["li"][1], area_code=CAST["li"][2])
        await unit.people.import_roster([row])
    return case_no


def plain(body: bytes, name: str) -> str:
    """Gives what can be read in an answer, packed or not."""
    if body[:2] != b"PK":
        return body.decode("utf-8", "replace")
    packed = zipfile.ZipFile(io.BytesIO(body))
    return "".join(plain(packed.read(entry), entry) for entry in packed.namelist())


async def test_no_page_names_a_person_to_a_key_or_a_stranger(client: Client, deps: Deps) -> None:
    case_no = await talkative(deps)
    app = client.server.app  # type: ignore[attr-defined]
    assert isinstance(app, web.Application)
    hidden = {name for name, *_ in CAST.values()} | {PHONE, IDENTITY}
    asked, leaking = [], []
    for resource in app.router.resources():
        path = re.sub(r"\{case_no[^}]*\}", case_no, resource.canonical)
        if "{" in path or not any(route.method == "GET" for route in resource):
            continue
        for query in QUERIES:
            async with client.get(path + query, timeout=20) as answer:
                if answer.content_type == "text/event-stream":
                    break
                if answer.status != 200:
                    continue
                asked.append(path)
                text = plain(await answer.read(), path)
            leaking += [(path + query, name) for name in hidden if name in text]

    assert leaking == []
    assert len(set(asked)) > 8
    assert any("stats" in path for path in asked)
    assert any(case_no in path for path in asked)
