"""The make-up Saturday before the Spring Festival is a working day; the nine days after it are none."""

from datetime import datetime

import pytest

from models.rules.calendars import SHANGHAI
from tests.clock import Clock
from tests.journeys.acts import CASE, CLUTTER, files
from tests.journeys.city import City
from tests.journeys.phone import Phone


@pytest.fixture
def clock() -> Clock:
    """Starts the story on Saturday 14 February 2026, ten o'clock."""
    return Clock(datetime(2026, 2, 14, 10, 0, tzinfo=SHANGHAI))


async def test_a_report_of_the_make_up_saturday_is_due_after_the_festival(city: City, li: Phone, zhou: Phone) -> None:
    await files(li, CLUTTER)

    zhou.hears("派给您一件", "签收时限：2月24日 10:00", "处置时限：2月28日 10:00")
    await zhou.taps("签收")
    await city.until(city.local(2, 24, 8, 0))
    zhou.hears("🌅 尖山街道 2026年2月24日")
    assert await city.ladder(CASE) == []
    assert not (await city.facts(CASE)).overdue
