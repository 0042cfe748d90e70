"""A photo without a place: it waits with the dispatcher, who finds out, and then it runs like any other."""

from tests.fakes.small_city import SOUTH
from tests.journeys.acts import CASE, CLUTTER, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_the_dispatcher_places_what_nobody_could_place(
    city: City, li: Phone, wang: Phone, zhou: Phone, sun: Phone, chen: Phone
) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.taps("说不清，请派遣员定")
    li.sees("地点说不清，由派遣员确定")
    await li.taps("上报")

    wang.hears("有一件要您来派：位置没人说得清", "位置待定")
    zhou.does_not_see(CASE)
    await city.forward(hours=1)
    wang.hears("提醒", "前派单")
    await wang.taps("定位置")
    await wang.taps("尖山街道")
    await wang.taps("光明里社区")

    zhou.hears("派给您一件", "光明里社区")
    li.sees(CASE, "光明里社区", "待签收")
    chen.does_not_see(CASE)
    assert (await city.facts(CASE)).areas.community == SOUTH
    await zhou.taps("签收")
    await hands_in(zhou, "已清走", scene=2)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    assert await city.tags(CASE) == [
        "registered",
        "stepped",
        "relocated",
        "dispatched",
        "signed",
        "handed_in",
        "check_assigned",
        "cleared",
    ]


async def test_an_address_in_words_is_place_enough(city: City, li: Phone, zhou: Phone) -> None:
    await li.sends_photo(scene=1)
    await li.says(f"光明里社区{CLUTTER}")
    li.sees("光明里社区", "按文字")
    await li.taps("上报")

    zhou.hears("派给您一件", "光明里社区")


async def test_a_kind_without_a_rule_waits_with_the_dispatcher_who_picks(
    city: City, li: Phone, wang: Phone, zhao: Phone
) -> None:
    await li.sends_photo(scene=1, caption="路边有个不认识的铁架子")
    await li.taps("隐患")
    await li.taps("其他隐患")
    await li.taps("我的社区")
    await li.taps("光明里社区")
    await li.taps("上报")

    wang.hears("有一件要您来派：没有对应的派单规则", "其他隐患")
    await wang.taps("派单")
    await wang.says("排水")

    zhao.hears("派给您一件", CASE)
