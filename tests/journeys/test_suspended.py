"""The pipe can only be dug up in spring: the case rests, its clocks too, and comes back on the day it was promised."""

from tests.journeys.acts import CASE, PONDING, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_a_suspension_needs_a_second_person_stops_the_clocks_and_ends_on_its_day(
    city: City, li: Phone, zhao: Phone, zhou: Phone, wang: Phone, sun: Phone, qian: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    await city.forward(hours=1)
    await zhao.taps("更多")
    await zhao.taps("申请挂账")
    await zhao.taps("需工程改造")
    await zhao.says("围挡并设警示灯，专人看守")
    await zhao.says("12月8日")
    await zhao.says("管道要开挖更换")
    await zhao.taps("提交", on="看一眼")

    zhou.hears("赵强 申请挂账", "2026年12月8日", "围挡并设警示灯", "需工程改造")
    wang.hears("赵强 申请挂账")
    assert not any("同意挂账" in label for label in zhao.card(CASE).labels)
    left = (await city.facts(CASE)).due_at - city.clock()  # type: ignore[operator]

    await zhou.taps("同意挂账")
    zhao.hears("已挂账", "12月8日", "围挡并设警示灯")
    li.hears("这件暂时挂账", "12月8日")
    li.sees(CASE, "挂账中")
    assert (await city.facts(CASE)).review_on is not None

    zhou.has_heard_everything()
    await city.until(city.local(12, 8, 8, 59))
    assert await city.ladder(CASE) == ["review 80"]
    assert not (await city.facts(CASE)).overdue
    await city.until(city.local(12, 8, 9, 0))
    zhou.hears("挂账复核日到了", CASE)
    zhao.hears("复核", CASE)

    await zhao.taps("恢复处置")
    await zhao.taps("直接恢复")
    li.sees(CASE, "已签收，待处置")
    facts = await city.facts(CASE)
    assert facts.due_at is not None
    assert facts.due_at - city.clock() == left

    await hands_in(zhao, "管道已更换", scene=2)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    qian.does_not_see(CASE)
    assert (await city.facts(CASE)).on_time


async def test_a_suspension_that_is_declined_changes_nothing(city: City, li: Phone, zhao: Phone, zhou: Phone) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    before = (await city.facts(CASE)).due_at
    await zhao.taps("更多")
    await zhao.taps("申请挂账")
    await zhao.taps("季节原因")
    await zhao.says("看守")
    await zhao.says("3周后")
    await zhao.says("天冷")
    await zhao.taps("提交", on="看一眼")

    await zhou.taps("不同意")
    await zhou.says("积水不能等")

    zhao.hears("没同意您申请的挂账", "积水不能等")
    facts = await city.facts(CASE)
    assert (facts.state, facts.due_at, facts.pending) == ("signed", before, None)
