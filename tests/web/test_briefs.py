"""The brief that a leader reads on paper tells the same figures as the board."""

import pytest

from actions import access, escalation
from actions.ports import Deps
from config import fonts
from tests.clock import Clock
from tests.make import NEIGHBOUR, dispatched, verifying
from tests.web.conftest import Client
from web.exports.paper import Paper


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes the words that are put on paper."""
    try:
        fonts.face("zh_CN")
    except fonts.NoFontError:
        pytest.skip("no font with Chinese signs (`make servers` installs one)")
    words: list[str] = []
    heading, line_of, rows = Paper.heading, Paper.line_of, Paper.rows
    monkeypatch.setattr(Paper, "heading", lambda s, t, *a: (words.append(t), heading(s, t, *a))[1])
    monkeypatch.setattr(Paper, "line_of", lambda s, t, **k: (words.append(t), line_of(s, t, **k))[1])

    def noted(page: Paper, table: list[list[str]], *more: object, **named: object) -> None:
        words.extend("|".join(row) for row in table)
        rows(page, table, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Paper, "rows", noted)
    return words


async def fetched(client: Client, path: str, **headers: str) -> bytes:
    """Fetches a brief."""
    response = await client.get(f"/api/v1/exports/briefs/{path}", headers=headers)
    assert response.status == 200, await response.text()
    return await response.read()


async def test_the_daily_brief_counts_the_day_and_lists_what_is_overdue(
    client: Client, deps: Deps, clock: Clock, printed: list[str]
) -> None:
    day = clock().date()
    case_no = await dispatched(deps)
    await verifying(deps)
    clock.forward(days=3)
    await escalation.sweep(deps)
    body = await fetched(client, f"daily.pdf?day={day}&lang=zh-CN")
    assert body.startswith(b"%PDF-")
    assert "天津市隐患清零日报" in printed
    assert any(line.startswith("本期立案 2 件") for line in printed)
    assert any(line.startswith("河西区|2|") for line in printed)
    assert any(line.startswith(f"{case_no}|积水内涝|尖山街道|") for line in printed)


async def test_a_week_begins_on_monday(client: Client, deps: Deps, clock: Clock, printed: list[str]) -> None:
    await dispatched(deps)
    await fetched(client, "weekly.pdf?day=2026-11-29&lang=en")
    assert "2026-11-23 – 2026-11-29" in printed
    assert "Weekly brief of 天津市" in printed


async def test_a_key_of_a_street_gets_the_brief_of_that_street(client: Client, deps: Deps, printed: list[str]) -> None:
    await dispatched(deps)
    key = await access.new_key(deps, "screen", [access.READ], area_code=NEIGHBOUR)
    await fetched(client, "daily.pdf?day=2026-11-23&lang=zh-CN", Authorization=f"Bearer {key}")
    assert any("本期立案 0 件" in line for line in printed)


async def test_a_day_that_is_none_is_refused_with_words(client: Client) -> None:
    response = await client.get("/api/v1/exports/briefs/daily.pdf?day=yesterday")
    assert (response.status, (await response.json())["parameter"]) == (400, "day")
