"""Yesterday's backup is restored: what the channel delivers again is handled again, once, and nothing else."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from config.texts import Texts
from models.store import Store
from tests.bot.chat import CHANNEL, Chat
from tests.bot.conftest import Street, started
from tests.bot.outgoing.fake_bot_api import FakeBotApi
from tests.clock import Clock
from tests.fakes.small_city import IN_SOUTH

PLAIN = "楼道堆满纸箱，过道只剩60厘米"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Uses a file only: a server's backup is restored by its own tools."""
    return sqlite_url


async def test_updates_of_after_the_backup_come_again_and_make_one_report(
    sqlite_url: str, li: Chat, street: Street, api: FakeBotApi, texts: Texts, clock: Clock, tmp_path: Path
) -> None:
    words = li._update("message", li._content({"text": PLAIN}))
    place = {"latitude": IN_SOUTH[0], "longitude": IN_SOUTH[1], "horizontal_accuracy": 12.0}
    shared = li._update("message", li._content({"location": place}))
    await street.deliver([words])
    file, copy = tmp_path / "whistle.db", tmp_path / "backup.db"
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
    await street.deliver([shared])

    await street.deps.store.close()
    for name in ("whistle.db-wal", "whistle.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    copy.replace(file)
    deps = replace(street.deps, store=await Store.open(sqlite_url, clock=clock))
    async with started(deps, api, texts, CHANNEL) as again:
        again.numbers = street.numbers
        phone = again.phone(li.chat_id)
        await again.deliver([words])
        assert phone.bubbles == [], "what was answered before the backup is not answered again"
        await again.deliver([shared, words, shared])
        assert PLAIN in phone.card.text
        assert "尖山街道" in phone.card.text
        await phone.taps("跳过")
        await phone.taps("上报")
        async with deps.store.read() as unit:
            assert await unit.cases.all_nos("", 10) == ["TJ-2026-000001"]
            assert [r.text for r in await unit.reports.of_case("TJ-2026-000001")] == [PLAIN]
    await deps.store.close()
