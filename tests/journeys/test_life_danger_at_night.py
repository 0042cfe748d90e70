"""Two in the morning, somebody is trapped, and nobody signs: the street and then the district are woken."""

from datetime import datetime

import pytest

from models.rules.calendars import SHANGHAI
from models.rules.states import Urgency
from tests.clock import Clock
from tests.fakes.small_city import IN_SOUTH
from tests.journeys.acts import CASE, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


@pytest.fixture
def clock() -> Clock:
    """Starts the story on a Sunday at two in the morning."""
    return Clock(datetime(2026, 11, 29, 2, 0, tzinfo=SHANGHAI))


async def test_an_unsigned_life_danger_wakes_the_street_after_15_and_the_district_after_30_minutes(
    city: City, li: Phone, zhao: Phone, zhou: Phone, wang: Phone, qian: Phone, sun: Phone
) -> None:
    await li.shares(IN_SOUTH)
    await li.says("光明里地道积水，有人被困")
    assert li.last.text.startswith("🆘 先打电话救人：火警 119 · 急救 120 · 报警 110")
    li.sees("提到了「被困」")
    await li.sends_photo(scene=1)
    await li.taps("上报")
    assert li.sees("已上报", CASE).text.startswith("🆘 先打电话救人")
    zhao.hears("派给您一件", "涉及：被困", "先打 119 / 120 / 110", "签收时限：今天 02:15")
    assert (await city.facts(CASE)).urgency is Urgency.U1

    await city.forward(minutes=14)
    assert await city.ladder(CASE) == ["acknowledge 50", "acknowledge 80"]
    zhao.hears("快到时限了")
    zhou.does_not_see(CASE)
    await city.forward(minutes=1)
    zhou.hears("签收已超期", "光明里社区")
    wang.hears("签收已超期", "光明里社区")
    li.sees(CASE, "已超期")
    qian.does_not_see(CASE)

    await city.forward(minutes=14)
    qian.does_not_see(CASE)
    await city.forward(minutes=1)
    qian.hears("签收严重超期", "光明里社区")
    assert "on_scene 100" in await city.ladder(CASE)

    await zhao.taps("签收")
    await zhao.taps("到现场")
    await city.forward(minutes=40)
    await hands_in(zhao, "人已救出，水已抽排", scene=2)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    facts = await city.facts(CASE)
    assert (facts.signed_in_limit, facts.on_time, facts.supervised) == (False, True, True)


async def test_nobody_can_ask_for_more_time_while_life_is_in_danger(city: City, li: Phone, zhao: Phone) -> None:
    await li.shares(IN_SOUTH)
    await li.says("光明里地道积水，有人被困")
    await li.sends_photo(scene=1)
    await li.taps("上报")

    await zhao.taps("更多")
    assert not any("延期" in label for label in zhao.card(CASE).labels)
    await zhao.says(f"/extend {CASE}")
    await zhao.taps("明天")
    await zhao.says("水太大")

    zhao.sees("涉及生命安全的件不能延期")
    assert (await city.facts(CASE)).pending is None
