"""Photos of a report: kept once, marked when forwarded, refused with words, and never a reason to lose the rest."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from actions.ports import Deps, Developed
from bot.intake import photos
from config.texts import Texts
from tests.bot.chat import CHANNEL, Chat
from tests.bot.conftest import Street, started
from tests.bot.outgoing.fake_bot_api import FakeBotApi
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH

CASE = "TJ-2026-000001"
CLUTTER = "楼道堆满纸箱"


async def test_a_photo_sent_twice_is_kept_once(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.sends_photo(jpeg(1))
    assert "照片 1 张" in li.card.text
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    async with street.deps.store.read() as unit:
        assert len(await unit.media.of_case(CASE)) == 1


async def test_a_forwarded_photo_is_marked(li: Chat) -> None:
    origin = {"type": "hidden_user", "date": 1_790_000_000, "sender_user_name": "某人"}
    await li.sends_photo(jpeg(1), caption=CLUTTER, forward_origin=origin)

    assert "1 张是转发的" in li.card.text


async def test_a_photo_sent_as_a_file_is_a_photo(li: Chat, street: Street) -> None:
    street.api.files["doc-1"] = jpeg(4)
    document = {"file_id": "doc-1", "file_unique_id": "doc-1", "mime_type": "image/jpeg", "file_size": 9000}
    await li._message({"document": document, "caption": CLUTTER})

    assert "照片 1 张" in li.card.text


async def test_a_photo_that_is_too_large_is_refused_with_words(li: Chat) -> None:
    await li.says(CLUTTER)
    document = {"file_id": "big", "file_unique_id": "big", "mime_type": "image/jpeg", "file_size": 30 << 20}
    await li._message({"document": document})

    assert "20 MB" in li.last.text
    await li.shares(*IN_SOUTH)
    assert CLUTTER in li.card.text


async def test_a_broken_photo_is_refused_and_the_draft_goes_on(li: Chat) -> None:
    await li.says(CLUTTER)
    await li.sends_photo(jpeg(1)[:600])
    assert "没有收下" in li.last.text
    await li.sends_photo(b"")
    assert "没有收下" in li.last.text
    await li.sends_photo(jpeg(2))

    assert "照片 1 张" in li.card.text


async def test_a_photo_that_cannot_be_fetched_yet_does_not_hold_up_the_report(li: Chat, street: Street) -> None:
    street.api.fail("getFile", 500, "Internal Server Error")
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    assert "还在下载" in li.card.text
    await li.shares(*IN_SOUTH)
    await li.taps("上报")

    async with street.deps.store.begin() as unit:
        loading = await unit.media.loading()
        jobs = await unit.jobs.claim("test", ["fetch_media"], 10, street.deps.clock(), 30)
    assert "已上报" in li.card.text
    assert len(loading) == 1
    assert len(jobs) == 1


async def test_a_photo_too_many_is_not_added_and_said(li: Chat) -> None:
    await li.sends_album([jpeg(n) for n in range(10)], caption=CLUTTER)
    await li.sends_album([jpeg(n) for n in range(10, 20)])
    await li.sends_photo(jpeg(99))

    assert "照片 20 张" in li.card.text
    assert "没有加上" in li.card.text


async def test_the_latest_photo_can_be_dropped(li: Chat) -> None:
    await li.sends_album([jpeg(1), jpeg(2)], caption=CLUTTER)
    await li.taps("修改")
    await li.taps("照片")
    await li.taps("去掉最后一张")

    assert "照片 1 张" in li.card.text


async def test_neighbours_are_shown_with_photo_distance_and_state_and_can_be_joined(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("上报")
    street.deps.clock.forward(timedelta(minutes=20))  # type: ignore[attr-defined]

    lin = await street.bound("lin", 502)
    await lin.sends_photo(jpeg(7), caption="楼道里全是杂物，堆物")
    await lin.shares(IN_SOUTH[0] + 0.0001, IN_SOUTH[1])
    shown = next(b for b in lin.bubbles if (b.card_key or "").startswith("twins:"))
    assert CASE in shown.text
    assert "11 米" in shown.text
    assert "待派单" in shown.text
    assert "20分钟" in shown.text
    assert shown.photo is not None
    await lin.taps("我也看到了")

    async with street.deps.store.read() as unit:
        reports = await unit.reports.of_case(CASE)
        told = await unit.reports.reporters(CASE)
    assert len(reports) == 2
    assert len(told) == 2
    assert "已并入" in lin.card.text
    assert lin.steps == 3


async def test_what_only_looks_like_a_neighbour_is_filed_as_its_own_case(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    await li.taps("上报")
    lin = await street.bound("lin", 502)
    await lin.sends_photo(jpeg(7), caption=CLUTTER)
    await lin.shares(*IN_SOUTH)
    await lin.taps("不是同一处")
    await lin.taps("上报")

    assert "TJ-2026-000002" in lin.card.text


async def test_a_neighbour_that_was_closed_meanwhile_is_not_joined(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1), caption=CLUTTER)
    await li.shares(*IN_SOUTH)
    draft_id = (li.card.card_key or "").partition(":")[2]
    for gone in (f"d:zzzzz:join:{CASE}:0", f"d:{draft_id}:join:TJ-2026-000009:0"):
        await li.presses(await li.screens.made(li.chat_id, gone))

    async with street.deps.store.read() as unit:
        assert await unit.cases.facts(CASE) is None
    assert "过时" in li.toast


class SlowDarkroom:
    """A darkroom whose child never comes back."""

    async def develop(self, data: bytes) -> Developed:
        """Waits for ever."""
        await asyncio.Event().wait()
        raise AssertionError("nobody waits for ever")


async def test_a_darkroom_that_does_not_answer_does_not_hold_up_the_report(
    deps: Deps, api: FakeBotApi, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "FETCH_S", 0.05)
    async with started(replace(deps, darkroom=SlowDarkroom()), api, texts, CHANNEL) as street:
        li = await street.bound("li", 501)
        await li.sends_photo(jpeg(1), caption=CLUTTER)

        assert "还在下载" in li.card.text


async def test_a_channel_that_answers_no_json_does_not_hold_up_the_report(li: Chat, street: Street) -> None:
    # The file is unknown there: the fake breaks down and answers with a page of its server.
    photo = li._photo(jpeg(1))
    for size in photo["photo"]:
        size["file_id"] = "<html>"
        street.api.files.pop("<html>", None)
    street.api.fail("getFile", 200, "not used")
    street.api.faults.clear()
    await street.deliver([li._update("message", li._content(photo | {"caption": "楼道堆满纸箱"}))])

    assert "楼道堆物" in li.card.text
    async with street.deps.store.read() as unit:
        assert (await unit.inbox.counts()).undone == 0
