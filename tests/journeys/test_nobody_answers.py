"""A supervisor who never answers: reminded, urged, overdue, supervised in working time; then the district acts."""

from tests.journeys.acts import CASE, CLUTTER, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_silence_climbs_the_ladder_in_working_time_until_the_district_designates_somebody(
    city: City, li: Phone, zhou: Phone, wang: Phone, qian: Phone, sun: Phone
) -> None:
    await files(li, CLUTTER)
    zhou.hears("派给您一件", "签收时限：明天 09:00")
    assert "处置时限：11月30日 09:00" in zhou.card(CASE).text

    await city.until(city.local(11, 23, 14, 44))
    assert await city.ladder(CASE) == []
    await city.until(city.local(11, 23, 14, 45))
    zhou.hears("提醒：请在 明天 09:00", "前签收")
    await city.until(city.local(11, 23, 17, 0))
    zhou.hears("快到时限了，请抓紧签收")
    wang.does_not_see(CASE)

    await city.until(city.local(11, 24, 9, 0))
    zhou.hears("已超期，请马上签收")
    wang.hears("签收已超期（尖山街道办事处）")
    li.sees(CASE, "已超期")
    qian.does_not_see(CASE)
    await city.until(city.local(11, 24, 14, 45))
    qian.hears("签收严重超期，转区级督办（尖山街道办事处）")
    assert "已督办" in zhou.card(CASE).text

    # The work itself is late too: half, four fifths, all and one and a half of five working days.
    await city.until(city.local(11, 30, 9, 0))
    zhou.hears("提醒", "前处置完")
    zhou.hears("请抓紧处置完")
    zhou.hears("已超期，请马上处置完")
    wang.hears("处置已超期（尖山街道办事处）")
    await city.until(city.local(12, 2, 18, 0))
    assert (await city.ladder(CASE))[-2:] == ["done 100", "done 150"]
    qian.hears("处置严重超期，转区级督办（尖山街道办事处）")

    await qian.taps("更多", on="处置严重超期")
    await qian.taps("指定承办单位")
    await qian.taps("应急管理局")
    ma = await city.phone("ma")
    await ma.says("/todo")
    await ma.taps("1")
    await ma.taps("签收")
    await hands_in(ma, "已清走", scene=2)
    await passes(sun)

    li.hears("您上报的隐患已消除")
    facts = await city.facts(CASE)
    assert (facts.on_time, facts.supervised, facts.designated) == (False, True, True)
    steps = await city.ladder(CASE)
    assert [step for step in steps if step.startswith("acknowledge")][:4] == [
        "acknowledge 50",
        "acknowledge 80",
        "acknowledge 100",
        "acknowledge 150",
    ]


async def test_each_step_is_taken_once_however_often_the_clock_looks(city: City, li: Phone, zhou: Phone) -> None:
    await files(li, CLUTTER)
    await city.until(city.local(11, 24, 9, 0))
    zhou.has_heard_everything()

    for _ in range(3):
        await city.tick()

    zhou.hears_no_more_of(CASE)
    assert await city.ladder(CASE) == ["acknowledge 50", "acknowledge 80", "acknowledge 100"]


async def test_an_outage_of_a_night_skips_no_step(city: City, li: Phone, zhou: Phone, wang: Phone) -> None:
    await files(li, CLUTTER)

    city.clock.set(city.local(11, 24, 9, 30))
    await city.tick()

    assert await city.ladder(CASE) == ["acknowledge 50", "acknowledge 80", "acknowledge 100"]
    zhou.hears("已超期，请马上签收")
    wang.hears("签收已超期")
