"""The eve of the National Day: seven days off and a make-up Saturday, and no phone rings for a cluttered stairwell."""

from datetime import datetime

import pytest

from models.rules.calendars import SHANGHAI
from models.rules.clocks import ClockName
from tests.clock import Clock
from tests.journeys.acts import CASE, CLUTTER, PONDING, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


@pytest.fixture
def clock() -> Clock:
    """Starts the story on the last working day before the National Day, two hours before its end."""
    return Clock(datetime(2026, 9, 30, 16, 0, tzinfo=SHANGHAI))


async def test_working_days_skip_the_holidays_and_count_the_make_up_saturday(
    city: City, li: Phone, zhou: Phone, sun: Phone
) -> None:
    await files(li, CLUTTER)
    zhou.hears("派给您一件", "签收时限：10月8日 16:00", "处置时限：10月13日 16:00")

    await city.until(city.local(10, 8, 0, 0))
    zhou.hears_no_more_of(CASE)
    zhou.hears_no_more_of("🌅")
    assert await city.ladder(CASE) == []

    await city.until(city.local(10, 8, 16, 0))
    assert await city.ladder(CASE) == ["acknowledge 50", "acknowledge 80", "acknowledge 100"]
    await zhou.taps("签收")
    await city.until(city.local(10, 10, 8, 0))
    zhou.hears("🌅 尖山街道 2026年10月10日")
    await city.until(city.local(10, 13, 15, 59))
    assert not (await city.facts(CASE)).clocks[ClockName.DONE].ran_out
    await hands_in(zhou, "已清走", scene=2)
    await passes(sun)

    assert (await city.facts(CASE)).on_time
    li.hears("您上报的隐患已消除")


async def test_water_does_not_wait_for_the_end_of_the_holidays(city: City, li: Phone, zhao: Phone, sun: Phone) -> None:
    await city.until(city.local(10, 3, 22, 0))
    await files(li, PONDING)

    zhao.hears("签收时限：今天 22:30", "处置时限：明天 10:00")
    await zhao.taps("签收")
    await city.until(city.local(10, 4, 9, 0))
    zhao.hears("快到时限了，请抓紧处置完")
    await hands_in(zhao, "已抽排", scene=2)
    await passes(sun)
    assert (await city.facts(CASE)).on_time
