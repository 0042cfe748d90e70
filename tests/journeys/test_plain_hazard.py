"""A flooded underpass on a Monday morning, from the photo to "cleared"."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.city import City
from tests.journeys.phone import Phone

CASE = "TJ-2026-000001"


async def test_a_flooded_underpass_is_gone_by_noon_and_everyone_hears_of_it(
    city: City, li: Phone, zhao: Phone, sun: Phone, wang: Phone, chen: Phone
) -> None:
    await li.sends_photo(scene=1)
    await li.shares(IN_SOUTH)
    await li.says("光明里地道积水约30厘米，车辆过不去")
    li.sees("积水内涝", "尖山街道 光明里社区", "积水深度：30 厘米", "照片 1 张")
    await li.taps("上报")

    assert li.n_steps == 4
    li.sees("已上报", CASE)
    zhao.hears("派给您一件", "积水内涝", "光明里社区", "李建国", "待签收")
    assert zhao.card(CASE).photo is not None

    await city.forward(minutes=10)
    await zhao.taps("签收")
    assert "已签收" in zhao.toast
    li.sees(CASE, "已签收，待处置")

    await city.forward(minutes=50)
    await zhao.taps("到现场")
    li.sees(CASE, "处置中")
    await city.forward(minutes=40)
    await zhao.taps("提交处置结果")
    await zhao.sends_photo(scene=2, caption="已抽排，路面无积水")
    await zhao.taps("提交", on="看一眼")

    card = sun.hears("请到现场核查", CASE, "已抽排", "橙框：整改前")
    assert len(await sun.picture(card)) > 1000
    await city.forward(minutes=20)
    await sun.taps("通过")
    await sun.taps("确认通过")

    li.hears("您上报的隐患已消除")
    zhao.hears("核查通过，已销号")
    li.sees(CASE, "已销号", "用时2小时")
    chen.does_not_see(CASE)
    wang.hears_no_more_of(CASE)
    facts = await city.facts(CASE)
    assert await city.tags(CASE) == [
        "registered",
        "dispatched",
        "signed",
        "arrived",
        "handed_in",
        "check_assigned",
        "cleared",
    ]
    assert facts.on_time
    assert facts.signed_in_limit
