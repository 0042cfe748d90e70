"""What Grafana, Superset and Metabase read: stable, commented, and without anybody in it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from actions import cases, statistics
from actions.ports import Deps
from models.store import Store, schema, views
from tests.clock import Clock
from tests.make import STREET, actor_of, make_deps, verifying
from tests.rules.seeded import catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "dashboards.md"
OF_PEOPLE = (
    "person",
    "holder",
    "verifier",
    "reporter",
    "actor",
    "name_of",
    "phone",
    "text",
    "words",
    "facts",
    "latitude",
)


@pytest.fixture
async def deps(store: Store, clock: Clock) -> Deps:
    """Gives a city of two streets."""
    return await make_deps(store, clock, catalogue())


async def test_the_views_tell_what_stands_and_what_was_counted(deps: Deps) -> None:
    case_no = await verifying(deps)
    other = await verifying(deps)
    await cases.pass_check(deps, await actor_of(deps, "sun"), other)
    await statistics.refresh(deps)

    async with deps.store.read() as unit:

        async def asked(question: str) -> list[tuple[object, ...]]:
            return [tuple(row) for row in await unit.line.rows(text(question))]

        now = await asked("select street_code, street, open, overdue from board_now")
        assert now == [(STREET, "尖山街道", 1, 0)]
        figures = await asked("select sum(registered), sum(cleared), sum(n_cleared_on_day) from board_figures")
        assert figures == [(2, 1, 1)]
        assert await asked("select n_waiting from board_freshness") == [(0,)]
        assert await asked("select case_no, state from board_cases where closed_at is null") == [(case_no, "verifying")]
        cleared = await asked("select case_no, street_code from board_events where tag = 'case:cleared'")
        assert cleared == [(other, STREET)]
        assert await asked(f"select level from board_areas where code = '{STREET}'") == [("street",)]


def test_every_view_has_the_columns_that_are_promised(empty_url: str) -> None:
    schema.upgrade(empty_url)

    def columns(name: str) -> list[str]:
        return schema.on_connection(empty_url, lambda c: [column["name"] for column in inspect(c).get_columns(name)])

    for view in views.VIEWS:
        assert columns(view.name) == list(view.columns), view.name
        assert not [c for c in view.columns if any(word in c for word in OF_PEOPLE)], view.name


def test_a_second_migration_leaves_the_views_as_they_were(empty_url: str) -> None:
    schema.upgrade(empty_url)
    postgres = not empty_url.startswith("sqlite")
    if postgres:
        schema.on_connection(empty_url, lambda c: c.execute(text("grant select on board_now to public")))
    schema.upgrade(empty_url)
    if postgres:
        granted = "select has_table_privilege('pg_read_all_stats', 'board_now', 'select')"
        assert schema.on_connection(empty_url, lambda c: c.execute(text(granted)).scalar())
    names = schema.on_connection(empty_url, lambda c: inspect(c).get_view_names())
    assert sorted(names) == [view.name for view in views.VIEWS]


def test_the_page_lists_every_view_and_column() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for view in views.VIEWS:
        section = page.split(f"\n### `{view.name}`\n", 1)[1].split("\n#", 1)[0]
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"
        ]
        listed = {cells[0].strip("`"): cells[1] for cells in rows[2:]}
        assert listed == dict(view.columns), view.name
        assert view.about in section


@pytest.mark.servers
async def test_every_question_of_the_grafana_board_is_answered(deps: Deps) -> None:
    """Grafana fills its macros in; the rest is plain SQL of PostgreSQL."""
    await verifying(deps)
    await statistics.refresh(deps)
    board = json.loads((PAGE.parent / "operate" / "grafana-board.json").read_text(encoding="utf-8"))
    async with deps.store.read() as unit:
        if unit.line.sqlite:
            pytest.skip("Grafana has no SQLite")
        for panel in board["panels"]:
            question = panel["targets"][0]["rawSql"]
            for macro, filled in (
                ("$__timeFrom()", "timestamptz '2026-11-01'"),
                ("$__timeTo()", "timestamptz '2026-11-30'"),
                ("$__timeFilter(at)", "at > timestamptz '2026-11-01'"),
            ):
                question = question.replace(macro, filled)
            assert len(await unit.line.rows(text(question.replace(":", "\\:")))) >= 1, panel["title"]
