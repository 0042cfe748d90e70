"""How a due time is said: nobody reads "a minute late" at the very moment that it falls due."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.outgoing.times import due
from config.texts import Texts

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SAY = Texts.load([Path(__file__).resolve().parents[3] / "bot" / "locales"]).of("zh_CN")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "今天 09:00（到期）"),
        (30, "今天 09:00（到期）"),
        (120, "今天 09:02（还剩2分钟）"),
        (-120, "今天 08:58（已超2分钟）"),
    ],
)
def test_the_moment_of_falling_due_is_neither_early_nor_late(seconds: int, said: str) -> None:
    assert due(NOW + timedelta(seconds=seconds), NOW, SAY).replace(" ", "") == said.replace(" ", "")
