"""Eight o'clock: the supervisor reads what waits, and somebody learns that a colleague cannot be reached."""

from tests.journeys.acts import CASE, CLUTTER, PONDING, SECOND, files
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_the_supervisor_reads_the_morning_brief_and_opens_a_case_from_it(
    city: City, li: Phone, zhou: Phone, wang: Phone
) -> None:
    await files(li, CLUTTER, scene=1)
    await zhou.taps("签收")
    await files(li, PONDING, scene=2)
    await city.until(city.local(11, 24, 8, 0))

    brief = zhou.hears("🌅 尖山街道 2026年11月24日", "在办 2", "今天到期")
    wang.does_not_see("🌅")
    assert brief.labels
    await zhou.taps("我的待办")
    zhou.sees("待办", CASE)
    await city.until(city.local(11, 25, 8, 0))
    zhou.hears("🌅 尖山街道 2026年11月25日")


async def test_a_holder_who_blocked_the_bot_is_named_to_the_street_and_can_come_back(
    city: City, li: Phone, zhao: Phone, feng: Phone, zhou: Phone, qian: Phone
) -> None:
    await zhao.blocks_the_bot()

    told = [p for p in (zhou, qian) if any("赵强 收不到消息" in b.text for b in p.bubbles)]
    assert told
    await files(li, PONDING)
    zhao.does_not_see(CASE)
    await city.forward(minutes=30)
    zhou.hears("签收已超期（河西区排水管理所）")

    await zhao.blocks_the_bot(blocked=False)
    await zhao.says(CASE)
    await zhao.taps("签收")
    assert (await city.facts(CASE)).signed_at is not None


async def test_the_deputy_receives_while_the_first_is_off_duty(city: City, li: Phone, zhao: Phone, feng: Phone) -> None:
    await zhao.says("/duty")
    await zhao.taps("离岗")
    await files(li, PONDING)

    feng.hears("派给您一件", CASE)
    zhao.does_not_see(CASE)
    await feng.taps("签收")
    await zhao.says("/duty")
    await zhao.taps("在岗")
    await city.forward(hours=13)
    await files(li, PONDING, scene=3)
    zhao.hears("派给您一件", SECOND)
