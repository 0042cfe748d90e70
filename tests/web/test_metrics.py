"""A monitor sees from any web process how the whole service does, and nobody else sees it."""

import re
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from actions.leading import Leading
from actions.ports import Deps
from tests.clock import Clock
from tests.make import filed
from tests.web.conftest import ROOT, Client, NewClient

KEY = "a-long-key-of-the-district"
UPDATE = b'{"update_id": 1}'


async def scraped(client: Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Reads the page as Prometheus does."""
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status == 200
    return {
        (sample.name.removeprefix("whistle_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(await answer.text())
        for sample in family.samples
    }


async def test_what_waits_and_for_how_long_is_told(new_client: NewClient, deps: Deps, clock: Clock) -> None:
    client = await new_client(environment="production", api_key=KEY)
    async with deps.store.begin() as unit:
        await unit.inbox.put("telegram", 1, "5", UPDATE, clock())
        await unit.inbox.put("telegram", 2, "6", UPDATE, clock())
        await unit.inbox.poison("telegram", 2, "unreadable")
        await unit.jobs.add("brief", {})
        await unit.jobs.bury(await unit.jobs.add("route", {}), "broke")
        for chat_id in (5, 6, 7):
            await unit.messages.add(channel="telegram", chat_id=chat_id, body={"say": {"text": "x"}}, card_key="case:1")
        (sent, *_) = await unit.messages.claim("w", 1, clock(), 30)
        await unit.messages.sent(sent.id, 77, clock())
    assert await Leading(deps, "schedule", "schedule@host:1").beat()
    clock.forward(seconds=40)

    told = await scraped(client)

    assert {name: told[name, ()] for name in ("inbox_waiting", "inbox_oldest_seconds", "inbox_dead")} == {
        "inbox_waiting": 1,
        "inbox_oldest_seconds": 40,
        "inbox_dead": 1,
    }
    assert (told["inbox_latest_seconds", ()], told["jobs_waiting", ()], told["jobs_dead", ()]) == (40, 1, 1)
    assert told["jobs_waiting_by_verb", (("verb", "brief"),)] == 1
    assert (told["messages_waiting", ()], told["messages_oldest_seconds", ()]) == (2, 40)
    assert (told["messages_sent_5m", ()], told["cards_sent_5m", ()]) == (1, 1)
    assert told["lease_held", (("duty", "schedule"), ("owner", "schedule@host:1"))] == 1
    assert told["lease_left_seconds", (("duty", "schedule"),)] == -31
    assert told["up", (("part", "database"),)] == 1
    assert any(name == "build_info" for name, _ in told)


async def test_cases_and_their_clocks_are_told(new_client: NewClient, deps: Deps, clock: Clock) -> None:
    client = await new_client(environment="production", api_key=KEY)
    await filed(deps)
    assert (await scraped(client))["clocks_overdue", ()] == 0

    clock.now += timedelta(days=9)
    told = await scraped(client)

    assert (told["clocks_overdue", ()], told["steps_late", ()]) == (1, 1)
    assert sum(value for (name, labels), value in told.items() if name == "cases" and ("figure", "open") in labels) == 1


async def test_the_page_is_for_a_key_or_for_a_scraper_on_this_machine(new_client: NewClient) -> None:
    here = await new_client()
    assert (await here.get("/metrics")).status == 200
    assert (await here.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"})).status == 401
    for behind in ({"public_url": "https://whistle.example"}, {"trusted_proxies": "127.0.0.1"}):
        proxied = await new_client(**behind, api_key=KEY)
        assert (await proxied.get("/metrics")).status == 401
        assert (await proxied.get("/metrics", headers={"Authorization": f"Bearer {KEY}"})).status == 200


async def test_without_the_database_it_still_says_so(new_client: NewClient, deps: Deps) -> None:
    client = await new_client()
    await deps.store.close()
    answer = await client.get("/metrics")
    assert answer.status == 200
    assert 'whistle_up{part="redis"} 0.0' in await answer.text()


async def test_board_and_alerts_ask_for_what_is_told(new_client: NewClient, deps: Deps) -> None:
    client = await new_client(environment="production", api_key=KEY)
    await filed(deps)
    async with deps.store.begin() as unit:
        await unit.jobs.add("brief", {})
    assert await Leading(deps, "schedule", "schedule@host:1").beat()
    told = {name for name, _ in await scraped(client)} | {"replica_behind_seconds"}
    folder = ROOT / "docs" / "operate"
    for page in ("alerts.yml", "grafana-whistle.json"):
        asked = set(re.findall(r"whistle_([a-z0-9_]+)", (folder / page).read_text(encoding="utf-8")))
        assert asked - {"rate_percent"} <= told, page
