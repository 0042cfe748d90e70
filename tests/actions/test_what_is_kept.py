"""What is known of people is let go of in time; a person gets a copy of it, or is no more than a number."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from actions import access, cases, people
from actions.erasure import StillNeeded, erase, export, person_id_of
from actions.ports import Deps
from actions.replay import replay_all
from actions.retention import retain
from models.rules.errors import NoSuchItem
from models.rules.facts import Ask
from models.rules.retention import Kept
from models.store import schema
from models.store.persons import FORGOTTEN, OF_CHATS
from models.tables import METADATA
from tests.clock import Clock
from tests.fakes.photos import MemoryPhotos
from tests.make import actor_of, filed, picture, seen, verifying


async def let_go(deps: Deps, *, dry_run: bool = False) -> dict[Kept, int]:
    """Lets go of what was kept long enough, and counts it."""
    return {one.kept: one.n async for one in retain(deps, dry_run=dry_run) if one.n}


async def voided(deps: Deps) -> str:
    """Files a case and voids it."""
    case_no = await filed(deps, before=(await picture(deps, "li", 31), await picture(deps, "li", 32)))
    reason = next(r.code for r in deps.catalogue.reasons if r.purpose == "void")
    await cases.ask(deps, await actor_of(deps, "wang"), case_no, ask=Ask.VOID, words="没有这回事", reason=reason)
    await cases.void(deps, await actor_of(deps, "qian"), case_no)
    return case_no


async def test_what_came_in_is_deleted_when_it_was_handled_long_ago(deps: Deps, clock: Clock) -> None:
    async with deps.store.begin() as unit:
        for number in (1, 2, 3):
            await unit.inbox.put("test", number, "1000", b"{}", clock())
        await unit.inbox.done("test", 1)
        await unit.inbox.poison("test", 2, "broken")
        await unit.drafts.put("talk:test:1000:1000:default", "asking", {"a": 1})
        await unit.drafts.put("draft:1:abc", "open", {"a": 1})
    clock.forward(days=31)

    assert await let_go(deps, dry_run=True) == {Kept.INBOX: 1, Kept.TALKS: 1}
    assert await let_go(deps, dry_run=True) == await let_go(deps)
    assert await let_go(deps) == {}
    async with deps.store.read() as unit:
        assert await unit.inbox.get("test", 1) is None
        assert await unit.inbox.get("test", 2) is not None
        assert await unit.inbox.get("test", 3) is not None
        assert await unit.drafts.get("draft:1:abc") == ("open", {"a": 1})


async def test_of_an_old_message_only_the_record_of_its_delivery_stays(deps: Deps, clock: Clock) -> None:
    async with deps.store.begin() as unit:
        body = {"template": "notice.audit", "facts": {"name": "李建国"}}
        (row_id, *_) = await unit.messages.add(person_id=1, body=body, loud=True)
        await unit.messages.claim("w", 9, clock(), 30)
        await unit.messages.sent(row_id, 77, clock())
    clock.forward(days=181)

    assert (await let_go(deps))[Kept.MESSAGES] == 1
    async with deps.store.read() as unit:
        kept = (await unit.persons.everything(1))["message"]
    assert [(row["body"], row["message_id"], row["sent_at"] is not None) for row in kept] == [
        ({"template": "notice.audit"}, 77, True)
    ]


async def test_pictures_of_voided_cases_and_of_nothing_are_deleted_with_their_bytes(deps: Deps, clock: Clock) -> None:
    case_no = await voided(deps)
    kept_no = await verifying(deps)
    loose = await picture(deps, "li", 77)
    assert isinstance(deps.photos, MemoryPhotos)
    before = len(deps.photos.kept)
    clock.forward(days=31)
    assert (await let_go(deps))[Kept.LOOSE_PHOTOS] == 1
    assert len(deps.photos.kept) == before - 2
    clock.forward(days=181)

    gone = await let_go(deps)

    assert gone[Kept.VOID_PHOTOS] == len((await seen(deps, case_no)).before) == 2
    for media_id in (loose, *(await seen(deps, case_no)).before):
        async with deps.store.read() as unit:
            row = await unit.media.get(media_id)
        assert row is not None
        assert (row.status, row.key, row.sha256) == ("refused", None, None)
    view = await seen(deps, kept_no)
    assert view.before
    assert all(key.startswith(tuple("0123456789abcdef")) for key in deps.photos.kept)
    async with deps.store.read() as unit:
        held = [await unit.media.get(media_id) for media_id in (*view.before, *view.after)]
    assert all(row is not None and row.key in deps.photos.kept for row in held)


async def test_the_same_bytes_of_another_picture_stay(deps: Deps, clock: Clock) -> None:
    mine, others = await picture(deps, "li", 5), await picture(deps, "lin", 5)
    clock.forward(days=20)
    async with deps.store.begin() as unit:
        report_id, _ = await unit.reports.insert(
            channel="t", update_id=1, person_id=1, created_at=clock(), kind="ponding", text="x", case_no=None
        )
        await unit.media.attach_report(report_id, others, "before")
    clock.forward(days=20)

    assert (await let_go(deps))[Kept.LOOSE_PHOTOS] == 1
    assert isinstance(deps.photos, MemoryPhotos)
    async with deps.store.read() as unit:
        gone, there = await unit.media.get(mine), await unit.media.get(others)
    assert gone is not None
    assert gone.key is None
    assert there is not None
    assert there.key in deps.photos.kept


async def test_who_left_years_ago_is_a_number(deps: Deps, clock: Clock) -> None:
    person_id = await person_id_of(deps, "lin")
    async with deps.store.begin() as unit:
        await unit.people.end_posts(person_id, clock())
        await unit.line.run(text(f"update person set active = false where person_id = {person_id}"))
    clock.forward(days=1000)
    assert Kept.LEFT_PEOPLE not in await let_go(deps)
    clock.forward(days=100)

    assert (await let_go(deps))[Kept.LEFT_PEOPLE] == 1
    async with deps.store.read() as unit:
        assert await unit.people.names([person_id]) == {person_id: f"#{person_id}"}


async def test_a_person_gets_everything_that_is_known_of_them(deps: Deps) -> None:
    await verifying(deps)
    zip_file = zipfile.ZipFile(io.BytesIO(await export(deps, await person_id_of(deps, "li"))))
    known = json.loads(zip_file.read("data.json"))

    assert known["person"][0]["name"] == "李建国"
    assert known["post"][0]["role"] == "grid_worker"
    assert known["report"][0]["text"]
    assert {row["tag"] for row in known["case_event"]} >= {"case:registered"}
    assert known["chat"][0]["chat_id"] == 1000
    assert any(name.startswith("photos/") for name in zip_file.namelist())
    assert "hash" not in {column for rows in known.values() for row in rows for column in row if column == "code_hash"}


async def test_an_erased_person_is_a_number_and_every_chain_and_fold_still_holds(deps: Deps, database_url: str) -> None:
    case_no = await verifying(deps)
    person_id = await person_id_of(deps, "li")
    async with deps.store.begin() as unit:
        await unit.inbox.put("test", 9, "1000", "我是李建国".encode(), deps.clock())
        await unit.drafts.put("talk:test:1000:1000:default", "asking", {"text": "李建国"})
        await unit.drafts.put(f"intake:{person_id}", "x", {})
    await people.issue_code(deps, person_id)

    assert await erase(deps, person_id)
    assert not await erase(deps, person_id)

    view = await seen(deps, case_no)
    assert view.history[0].actor_id == person_id
    assert view.reporters == (f"#{person_id}",)
    assert all([found.agrees async for found in replay_all(deps)])
    assert await people.who(deps, "test", 1000) is None
    with pytest.raises(NoSuchItem):
        await person_id_of(deps, "li")
    async with deps.store.read() as unit:
        left = await unit.persons.everything(person_id)
    assert set(left) <= {"person", "post", "report", "case_event", "media", "message", "case_rectifier", "rollup"}
    assert left["person"][0] | {"erased_at": None, "created_at": None} == {
        "person_id": person_id,
        "staff_no": f"#{person_id}",
        "name": f"#{person_id}",
        "phone": None,
        "language": "zh_CN",
        "active": False,
        "on_duty": False,
        "created_at": None,
        "erased_at": None,
    }
    assert all(row["chat_id"] == -person_id and set(row["body"]) <= {"template", "case_no"} for row in left["message"])
    assert _mentions(database_url, "李建国") == []


def _mentions(url: str, words: str) -> list[str]:
    """Lists the tables in which something still stands; the database of these tests is not sealed."""

    def work(connection: Connection) -> list[str]:
        return [
            table.name
            for table in METADATA.sorted_tables
            if table.name not in ("message", "rollup")
            and any(words in str(row) for row in connection.execute(table.select().with_only_columns(*table.columns)))
        ]

    return schema.on_connection(url, work)


async def test_what_an_erased_person_opened_to_others_ends_once_and_for_all(deps: Deps, clock: Clock) -> None:
    person_id = await person_id_of(deps, "li")
    key = await access.new_key(deps, "an old script", [access.READ], person_id=person_id)
    await access.revoke_key(deps, key)
    revoked_at = (await access.keys(deps))[0].revoked_at
    async with deps.store.begin() as unit:
        hook = await unit.webhooks.add(
            owner=f"person:{person_id}",
            person_id=person_id,
            bound=None,
            url="https://example.org/",
            secret="s",
            kinds=[],
            area_code=None,
        )
        await unit.webhooks.tell(hook, 1, "TJ-2026-000001", "{}", deps.clock())

    clock.forward(days=1)
    assert await erase(deps, person_id)

    assert (await access.keys(deps))[0].revoked_at == revoked_at
    async with deps.store.read() as unit:
        assert not await unit.webhooks.waiting(clock.forward(days=1))


async def test_who_is_still_needed_is_not_erased(deps: Deps) -> None:
    case_no = await verifying(deps)
    view = await seen(deps, case_no)
    assert view.facts.holder_id is not None

    with pytest.raises(StillNeeded, match=f"1 open cases wait for this person .{case_no}."):
        await erase(deps, view.facts.holder_id)


def test_every_table_that_names_a_person_or_a_chat_is_thought_of() -> None:
    """A new table that holds a person must be deleted with them, or be named here with the reason why not."""
    stays = {
        "person": "becomes a number",
        "post": "ended; names the number",
        "report": "the city's record",
        "media": "evidence; its file name in the channel goes",
        "case_rectifier": "keeps somebody from checking their own work",
        "message": "record of delivery, without words and chat",
        "chat": "deleted by itself",
        "api_key": "revoked",
        "webhook": "ended",
        "report_origin": "tells that an update was filed",
    }
    naming = {table.name for table in METADATA.sorted_tables if {"person_id", "chat_id"} & set(table.columns.keys())}

    assert naming - {table.name for table in (*FORGOTTEN, *OF_CHATS)} <= stays.keys()


async def test_a_shorter_period_of_the_city_counts(deps: Deps, clock: Clock) -> None:
    await picture(deps, "li", 9)
    short = replace(deps, catalogue=replace(deps.catalogue, kept_days={Kept.LOOSE_PHOTOS: 2}))
    clock.forward(timedelta(days=3))

    assert await let_go(deps) == {}
    assert await let_go(short) == {Kept.LOOSE_PHOTOS: 1}
