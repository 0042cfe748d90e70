"""Li takes the ladder off the fire lane himself: it needs both pictures, and somebody else's eyes."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.acts import CASE, CLUTTER, fails, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def fixes(li: Phone) -> None:
    """Reports and fixes in one go."""
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.shares(IN_SOUTH)
    await li.taps("已当场处理")
    await li.sends_photo(scene=2)
    await li.taps("上报")


async def test_what_was_fixed_on_the_spot_goes_straight_to_the_check(
    city: City, li: Phone, zhou: Phone, sun: Phone
) -> None:
    await fixes(li)

    sun.hears("请到现场核查", CASE, "立行立改", "橙框：整改前")
    zhou.does_not_see(CASE)
    await li.says(f"/pass {CASE}")
    li.does_not_see("核查通过", "确认")
    assert (await city.facts(CASE)).cleared_at is None
    await passes(sun)

    li.hears("您上报的隐患已消除")
    li.hears_no_more_of(CASE)
    assert await city.tags(CASE) == ["registered", "handed_in", "check_assigned", "cleared"]
    assert (await city.facts(CASE)).on_time


async def test_what_was_not_really_fixed_comes_back_to_somebody(
    city: City, li: Phone, zhou: Phone, sun: Phone, wang: Phone
) -> None:
    await fixes(li)

    await fails(sun, "只是挪了地方")

    li.hears("核查没通过", "只是挪了地方")
    await hands_in(li, "这次真的搬走了", scene=3)
    sun.hears("请到现场核查", "这次真的搬走了")
    await passes(sun)
    assert (await city.facts(CASE)).n_rework == 1
