"""What the city decides, kept and given back: boundaries, units, routing rules, pictures, reports, talks."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.rules.routing import Rule
from models.store import Store
from models.store.rows import AreaShape, UnitRow
from tests.cast import DISTRICT, DRAINAGE, STREET
from tests.clock import Clock
from tests.store.filled import on_post, registered


def shape(n: int) -> AreaShape:
    """Makes a community with a thousand bytes of outline."""
    return AreaShape(
        code=f"1201030{n:05d}",
        level="community",
        name=f"社区{n}",
        parent_code=STREET,
        wkb=bytes([n % 251]) * 1000,
        synthetic=True,
    )


async def test_an_edition_of_boundaries_comes_back_as_it_was_saved(store: Store, clock: Clock) -> None:
    shapes = [shape(n) for n in range(5_800)]
    async with store.begin() as unit:
        assert await unit.areas.edition() is None
        assert await unit.areas.save_edition("2026-11", shapes, clock())
    async with store.read() as unit:
        assert await unit.areas.edition() == "2026-11"
        assert await unit.areas.shapes("2026-11") == shapes
        assert [area.code for area in await unit.areas.all("2026-11")] == [each.code for each in shapes]
        assert await unit.areas.names([shapes[3].code, "unknown"]) == {shapes[3].code: "社区3"}


async def test_an_earlier_edition_can_be_put_in_force_again(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        await unit.areas.save_edition("one", [shape(1)], clock())
        await unit.areas.save_edition("two", [shape(2)], clock.forward(days=1))
        assert await unit.areas.names([shape(1).code]) == {}
        assert not await unit.areas.save_edition("one", [], clock())
        assert await unit.areas.edition() == "one"
        assert await unit.areas.names([shape(1).code]) == {shape(1).code: "社区1"}
        assert [row.edition_id for row in await unit.areas.editions()] == ["two", "one"]


async def test_units_of_a_place_and_of_the_whole_city_can_be_picked(store: Store) -> None:
    drainage = UnitRow(code=DRAINAGE, name="排水所", area_code=DISTRICT)
    fire = UnitRow(code="u-fire", name="消防")
    closed = UnitRow(code="u-closed", name="撤销", area_code=DISTRICT, active=False)
    async with store.begin() as unit:
        await unit.units.save([drainage, fire, closed, UnitRow(code="u-far", name="远", area_code="120101")])
        assert await unit.units.all([DISTRICT, STREET]) == [drainage, fire]
        await unit.units.save([replace(fire, name="消防支队")])
        assert await unit.units.names(["u-fire", "u-nobody"]) == {"u-fire": "消防支队"}
        assert await unit.units.get("u-closed") == closed
        assert await unit.units.get("u-nobody") is None
        assert len(await unit.units.all()) == 3


async def test_rules_hold_from_their_first_day_to_before_their_last(store: Store, clock: Clock) -> None:
    rule = Rule(
        rule_no=12,
        area_code=DISTRICT,
        kind="ponding",
        grade="*",
        unit_code="u-{district}-drainage",
        hour_from=22,
        hour_to=6,
        valid_from=clock(),
        valid_to=clock() + timedelta(days=1),
        source="河西排水 2026-11",
    )
    always = replace(rule, rule_no=13, valid_from=None, valid_to=None)
    async with store.begin() as unit:
        await unit.routing.save([rule, always])
        assert await unit.routing.rules(clock()) == [rule, always]
        assert await unit.routing.rules(clock() + timedelta(days=1)) == [always]
        assert await unit.routing.rules(clock() - timedelta(seconds=1)) == [always]
        assert await unit.routing.delete([13, 99]) == 1
        assert await unit.routing.rules(clock()) == [rule]


DEVELOPED: dict[str, Any] = {
    "sha256": "a" * 64,
    "phash": "0" * 32,
    "mime": "image/jpeg",
    "n_bytes": 1000,
    "width": 640,
    "height": 480,
    "taken_at": None,
    "taken_latitude": 39.1,
    "taken_longitude": 117.2,
}


async def test_a_photo_sent_twice_is_kept_once(store: Store, clock: Clock) -> None:
    await on_post(store)
    async with store.begin() as unit:
        first = await unit.media.add(person_id=1, file_id="f1", key="aa/a.jpg", developed=DEVELOPED, now=clock())
        again = await unit.media.add(person_id=1, file_id="f2", key="aa/a.jpg", developed=DEVELOPED, now=clock())
        other = await unit.media.add(person_id=2, file_id="f3", key="aa/a.jpg", developed=DEVELOPED, now=clock())
    assert first == again != other


async def test_a_photo_that_loads_late_becomes_ready_or_is_refused(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        late = await unit.media.add_loading(person_id=None, file_id="f1", now=clock())
        bad = await unit.media.add_loading(person_id=None, file_id="f2", now=clock())
        assert [row.media_id for row in await unit.media.loading()] == [late, bad]
        assert await unit.media.set_ready(late, key="aa/a.jpg", developed=DEVELOPED)
        assert not await unit.media.set_ready(late, key="bb/b.jpg", developed=DEVELOPED)
        assert await unit.media.set_refused(bad, "broken")
        rows = await unit.media.many([late, bad, 999])
    assert (rows[late].status, rows[late].key, rows[late].taken_latitude) == ("ready", "aa/a.jpg", 39.1)
    assert (rows[bad].status, rows[bad].refused_why, rows[bad].sha256, rows[bad].phash) == (
        "refused",
        "broken",
        None,
        "",
    )
    assert 999 not in rows


async def test_evidence_stands_in_the_order_of_the_history(store: Store, clock: Clock) -> None:
    await on_post(store)
    facts = await registered(store, clock())
    async with store.begin() as unit:
        before = await unit.media.add_loading(person_id=1, file_id="f1", now=clock())
        after = await unit.media.add(person_id=1, file_id="f2", key="k", developed=DEVELOPED, now=clock())
        await unit.media.attach(facts.case_no, after, "after", 4)
        await unit.media.attach(facts.case_no, before, "before", 1)
        await unit.media.attach(facts.case_no, before, "before", 1)
        (report,) = await unit.reports.of_case(facts.case_no)
        await unit.media.attach_report(report.report_id, before, "before")
        evidence = await unit.media.of_case(facts.case_no)
        assert [(e.media_id, e.role, e.event_seq, e.status) for e in evidence] == [
            (before, "before", 1, "loading"),
            (after, "after", 4, "ready"),
        ]
        assert [e.media_id for e in await unit.media.of_report(report.report_id)] == [before]
        assert await unit.media.cases_of(before) == [facts.case_no]


async def test_a_report_filed_twice_gives_the_first_number(store: Store, clock: Clock) -> None:
    await on_post(store)
    told: dict[str, Any] = {"channel": "telegram", "update_id": 5, "person_id": 1, "kind": "weather_obs"}
    async with store.begin() as unit:
        first = await unit.reports.insert(**told, created_at=clock(), text="雹", fields={"size_mm": 5}, danger=["被困"])
        again = await unit.reports.insert(**told, created_at=clock(), text="雹")
        assert first == again
        assert first[1] == "R2026-0000001"
        row = await unit.reports.by_update("telegram", 5)
        assert row is not None
        assert row == await unit.reports.get(first[0])
        assert (row.fields, row.danger, row.case_no) == ({"size_mm": 5}, ["被困"], None)
        assert await unit.reports.by_person(1) == [row]
        assert await unit.reports.by_update("telegram", 6) is None


async def test_every_reporter_of_a_case_is_known_once(store: Store, clock: Clock) -> None:
    await on_post(store)
    facts = await registered(store, clock())
    async with store.begin() as unit:
        for n, person in ((900, 2), (901, 1), (902, 2)):
            number, _ = await unit.reports.insert(
                channel="telegram", update_id=n, person_id=person, created_at=clock(), kind="ponding", text=""
            )
            await unit.reports.attach(number, facts.case_no)
        assert await unit.reports.reporters(facts.case_no) == [1, 2]
        assert [row.update_id for row in await unit.reports.of_case(facts.case_no)] == [1, 900, 901, 902]


async def test_a_half_typed_report_survives(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        assert await unit.drafts.get("talk:t:1:1") == (None, {})
        await unit.drafts.put("talk:t:1:1", "asking", {"kind": "积水", "photos": [1, 2]})
        clock.forward(minutes=1)
        await unit.drafts.put("talk:t:1:2", None, {"x": None})
        await unit.drafts.put("talk_t:1:3", None, {})
        assert await unit.drafts.get("talk:t:1:1") == ("asking", {"kind": "积水", "photos": [1, 2]})
        assert [row.key for row in await unit.drafts.of_person("talk:t:1:")] == ["talk:t:1:2", "talk:t:1:1"]
        assert [row.key for row in await unit.drafts.of_person("talk_")] == ["talk_t:1:3"]
        await unit.drafts.clear("talk:t:1:1")
        assert await unit.drafts.get("talk:t:1:1") == (None, {})


async def test_a_card_is_known_by_chat_and_by_the_people_who_see_it(store: Store, clock: Clock) -> None:
    await on_post(store)
    async with store.begin() as unit:
        await unit.people.bind("telegram", 100, 4, clock())
        await unit.cards.put("telegram", 100, "case:1", 55, "d1", clock())
        await unit.cards.put("telegram", 100, "case:1", 56, "d2", clock())
        await unit.cards.put("telegram", 999, "case:1", 57, "d2", clock())
        card = await unit.cards.get("telegram", 100, "case:1")
        assert card is not None
        assert (card.message_id, card.digest) == (56, "d2")
        assert await unit.cards.people_of(["case:1"]) == {"case:1": {4}}
        await unit.cards.forget("telegram", 100, "case:1")
        assert await unit.cards.get("telegram", 100, "case:1") is None


async def test_a_duty_is_taken_from_its_holder_only_as_it_was_seen(store: Store, clock: Clock) -> None:
    later = clock() + timedelta(minutes=1)
    async with store.begin() as unit:
        assert await unit.kv.holder("clock") is None
        assert await unit.kv.hold("clock", "a", clock(), None)
        assert not await unit.kv.hold("clock", "b", clock(), None)
        seen = await unit.kv.holder("clock")
        assert await unit.kv.hold("clock", "a", later, seen)
        assert not await unit.kv.hold("clock", "b", later, seen)
        assert await unit.kv.hold("clock", "b", clock(), await unit.kv.holder("clock"))
        await unit.kv.release("clock", "a")
        assert set(await unit.kv.leases()) == {"clock"}
        await unit.kv.release("clock", "b")
        assert await unit.kv.leases() == {}


async def test_a_daily_duty_is_claimed_once(store: Store, clock: Clock) -> None:
    async with store.begin() as unit:
        assert await unit.kv.get("brief:2026-11-23") is None
        assert await unit.kv.claim("brief:2026-11-23", clock())
        assert not await unit.kv.claim("brief:2026-11-23", clock())
        assert await unit.kv.get("brief:2026-11-23") is True


@pytest.mark.parametrize("value", [None, 0, "", [], {"a": [1, None, "积水"]}, 1.5, False])
async def test_a_mark_keeps_its_value(store: Store, value: object) -> None:
    async with store.begin() as unit:
        await unit.kv.put("mark", "before")
        await unit.kv.put("mark", value)
        assert await unit.kv.get("mark") == value
