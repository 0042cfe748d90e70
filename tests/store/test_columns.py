"""Whatever a phone sends can be kept and read: no text, number or moment makes a statement fail."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.store import Store
from models.store.rows import CaseSearch
from models.tables.columns import clean, to_json
from tests.clock import MONDAY, Clock

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=20)
NASTY = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "x\udfff",
    "'; DROP TABLE cases; --",
    "{{7*7}}",
    "%_\\",
    "\u202e积水",
    "🌊" * 500,
]


@pytest.mark.parametrize("text", NASTY)
async def test_a_nasty_text_is_kept_readable(store: Store, clock: Clock, text: str) -> None:
    async with store.begin() as unit:
        number, _ = await unit.reports.insert(
            channel="t",
            update_id=1,
            person_id=None,
            created_at=clock(),
            kind=text,
            text=text,
            fields={text: [text, {"in": text}]},
            address_text=text,
        )
        await unit.drafts.put(text, text, {text: text})
    async with store.read() as unit:
        row = await unit.reports.get(number)
        assert row is not None
        assert row.text == clean(text)
        assert row.fields == {clean(text): [clean(text), {"in": clean(text)}]}
        assert await unit.drafts.get(text) == (clean(text), {clean(text): clean(text)})
        await unit.cases.search(CaseSearch(text=text))
        await unit.people.search(text)
        assert await unit.cases.facts(text) is None


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), {"depth_cm": float("nan")}, [1, float("inf")]]
)
async def test_a_number_that_json_lacks_is_unknown_and_not_zero(store: Store, value: Any) -> None:
    async with store.begin() as unit:
        await unit.kv.put("figure", value)
        found = await unit.kv.get("figure")
    assert found in (None, {"depth_cm": None}, [1, None])


async def test_a_moment_is_kept_to_the_microsecond_whatever_its_zone(store: Store) -> None:
    shanghai = timezone(timedelta(hours=8))
    moment = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=shanghai)
    async with store.begin() as unit:
        await unit.inbox.put("t", 1, "c", b"", moment)
        row = await unit.inbox.get("t", 1)
    assert row is not None
    assert row.received_at == moment
    assert row.received_at.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="has no zone"):
        async with store.begin() as unit:
            await unit.inbox.put("t", 1, "c", b"", MONDAY.replace(tzinfo=None))


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more_and_leaves_plain_text_alone(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")
    assert "\x00" not in once
    if text.isprintable():
        assert once == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
        lambda x: st.lists(x) | st.dictionaries(ANY_TEXT, x),
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_json_text_is_always_plain_json(value: Any) -> None:
    text = to_json(value)
    text.encode("utf-8")
    assert "\\u0000" not in text.replace("\\\\", "")
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
