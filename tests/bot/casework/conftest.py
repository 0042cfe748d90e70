"""A town for every test that asks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.casework.town import Town, found


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    made, close = await found(tmp_path)
    yield made
    await close()
