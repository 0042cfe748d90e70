"""Nobody wants the puddle: three units hand it back, then the district says whose it is."""

from tests.journeys.acts import CASE, PONDING, files, hands_in, passes, returns
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_after_three_returns_the_district_designates_and_nobody_can_return_it(
    city: City, li: Phone, wang: Phone, zhao: Phone, zhou: Phone, qian: Phone, sun: Phone
) -> None:
    ma = await city.phone("ma")
    await files(li, PONDING)
    zhao.hears("派给您一件", "前可退单，过时视为接收")
    await returns(zhao, "不属于本单位职责", "地道归街道管")

    wang.hears("赵强 退单", "不属于本单位职责", "地道归街道管")
    li.sees(CASE, "已退单，待重新派单")
    zhao.does_not_see(CASE, "待签收")

    await wang.taps("派单")
    await wang.taps("尖山街道办事处")
    zhou.hears("派给您一件", CASE)
    await city.forward(minutes=5)
    await returns(zhou, "不属于本单位职责", "需要专业排水")
    wang.hears("周明 退单", "需要专业排水")
    qian.does_not_see(CASE)

    await wang.taps("派单")
    await wang.taps("应急管理局")
    ma.hears("派给您一件", CASE)
    await returns(ma, "其他原因", "不是突发事件")

    qian.hears("已多次退单，请区里指定", "不是突发事件")
    wang.hears_no_more_of("退单")
    await wang.says("/queue")
    wang.sees("没有等着派的件")
    await qian.taps("指定承办单位")
    await qian.taps("排水管理所")
    zhao.hears("区里指定由您承办，不能退单", CASE, "区里指定")
    assert not any("退单" in label for label in zhao.card(CASE).labels)

    await zhao.taps("签收")
    await hands_in(zhao, "已抽排", scene=2)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    facts = await city.facts(CASE)
    assert (facts.n_returned, facts.n_dispatched, facts.designated) == (3, 4, True)
    assert await city.tags(CASE) == [
        "registered",
        *("dispatched", "returned") * 3,
        "designated",
        "signed",
        "handed_in",
        "check_assigned",
        "cleared",
    ]


async def test_after_the_window_silence_is_acceptance_and_the_card_offers_no_return(
    city: City, li: Phone, wang: Phone, zhao: Phone
) -> None:
    await files(li, PONDING)
    await city.forward(minutes=31)

    await zhao.taps("退单")
    zhao.sees("退单时限已过，按已接收处理")
    await zhao.says(CASE)

    card = zhao.card(CASE)
    assert "可退单" not in card.text
    assert not any("退单" in label for label in card.labels)
    await zhao.taps("签收")
    wang.hears_no_more_of("退单，请重新派")
    assert (await city.facts(CASE)).n_returned == 0
