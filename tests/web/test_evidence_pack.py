"""Whoever must prove what happened to a hazard gets it in one file that can be checked without us."""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from actions import cases
from actions.ports import Deps
from bot.outgoing.surroundings import Surroundings
from config import fonts
from config.settings import Settings
from config.texts import Texts
from tests.make import actor_of, verifying
from tests.web.conftest import Client
from web.app import build as build_web


async def fetched(client: Client, name: str, status: int = 200) -> bytes:
    """Fetches a pack."""
    response = await client.get(f"/api/v1/exports/cases/{name}")
    assert response.status == status, await response.text()
    return await response.read()


async def cleared(deps: Deps) -> str:
    """A case that was handled and checked."""
    case_no = await verifying(deps)
    await cases.pass_check(deps, await actor_of(deps, "sun"), case_no)
    return case_no


async def test_every_file_of_the_pack_has_the_hash_that_the_list_says(client: Client, deps: Deps) -> None:
    case_no = await cleared(deps)
    pack = zipfile.ZipFile(io.BytesIO(await fetched(client, f"{case_no}.zip")))
    names = [name.partition("/")[2] for name in pack.namelist()]
    listed = dict(line.split("  ")[::-1] for line in pack.read(f"{case_no}/SHA256SUMS").decode().splitlines())
    assert set(listed) == set(names) - {"SHA256SUMS"}
    for name, digest in listed.items():
        assert hashlib.sha256(pack.read(f"{case_no}/{name}")).hexdigest() == digest


async def test_the_pack_tells_the_whole_history_and_names_nobody_to_a_key(client: Client, deps: Deps) -> None:
    case_no = await cleared(deps)
    pack = zipfile.ZipFile(io.BytesIO(await fetched(client, f"{case_no}.zip")))
    text = pack.read(f"{case_no}/case.json").decode()
    case = json.loads(text)
    assert [line["event"] for line in case["history"]][-1] == "case:cleared"
    assert [photo["role"] for photo in case["photos"]] == ["before", "after"]
    assert all(photo["sha256_as_sent"] and photo["sha256_as_kept"] for photo in case["photos"])
    assert case["history"][-2]["photos"] or case["history"][-3]["photos"]
    assert "赵强" not in text


async def test_the_same_case_gives_the_same_pack(client: Client, deps: Deps) -> None:
    case_no = await cleared(deps)
    assert await fetched(client, f"{case_no}.zip") == await fetched(client, f"{case_no}.zip")


async def test_a_case_can_be_printed_where_there_is_a_chinese_font(client: Client, deps: Deps) -> None:
    case_no = await cleared(deps)
    try:
        fonts.face("zh_CN")
    except fonts.NoFontError:
        assert b"fonts-noto-cjk" in await fetched(client, f"{case_no}.pdf", 503)
        return
    for language in ("zh-CN", "zh-TW", "en"):
        assert (await fetched(client, f"{case_no}.pdf?lang={language}")).startswith(b"%PDF-")


async def test_without_a_font_the_pack_says_so_and_is_whole_otherwise(
    client: Client, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_no = await cleared(deps)
    monkeypatch.setattr(fonts, "path", lambda: None)
    fonts.face.cache_clear()
    try:
        pack = zipfile.ZipFile(io.BytesIO(await fetched(client, f"{case_no}.zip")))
        assert f"{case_no}/NO-PDF.txt" in pack.namelist()
        assert f"{case_no}/case.json" in pack.namelist()
        assert b"fonts-noto-cjk" in await fetched(client, f"{case_no}.pdf", 503)
    finally:
        fonts.face.cache_clear()


async def test_there_is_no_pack_of_a_case_that_is_not_there(client: Client) -> None:
    await fetched(client, "TJ-2026-999999.zip", 404)


async def test_the_pack_shows_where_the_case_lies(deps: Deps, texts: Texts, tmp_path: Path) -> None:
    case_no = await cleared(deps)
    settings = Settings(data_folder=tmp_path, web_port=0)
    async with TestClient(TestServer(build_web(deps, texts, settings, Surroundings(deps)))) as client:
        pack = zipfile.ZipFile(io.BytesIO(await fetched(client, f"{case_no}.zip")))
    assert pack.read(f"{case_no}/map.png").startswith(b"\x89PNG")
