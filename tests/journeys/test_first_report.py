"""A village under water: the first report names what is known, says what is not, and is asked about what cannot be."""

from models.rules.states import Urgency
from tests.fakes.small_city import IN_SOUTH
from tests.journeys.acts import CASE, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_a_first_report_keeps_unknown_apart_from_zero_and_asks_kindly(city: City, li: Phone, sun: Phone) -> None:
    ma = await city.phone("ma")
    await li.says("暴雨引发洪涝，受灾人口120人，紧急转移安置35人")
    li.sees("灾情初报", "洪涝", "受灾人口：120 人")
    await li.shares(IN_SOUTH)
    li.sees("不清楚不等于 0")

    await li.taps("0", on="死亡")
    await li.taps("不清楚", on="失踪")
    await li.says("3")
    li.sees("受伤人口：3 人", "因灾死亡人口：0 人", "因灾失踪人口：暂不清楚")
    await li.taps("不清楚", on="避险")
    await li.says("200")
    asked = li.sees("需救助人口大于受灾人口", "请再看一下")
    assert any("需紧急生活救助" in label for label in asked.labels)
    await li.taps("需紧急生活救助", on="请再看一下")
    await li.says("20")
    await li.taps("其余以后补")
    await li.taps("上报")

    li.sees("已上报", CASE)
    ma.hears("派给您一件", "洪涝", "受灾人口：120", "因灾死亡人口：0 人")
    async with city.deps.store.read() as unit:
        report = (await unit.reports.of_case(CASE))[0]
    assert report.phase == "first"
    assert (report.figures["deaths"], report.figures["missing"]) == (0.0, None)
    assert "collapsed_rooms" not in report.figures
    assert report.figures["need_relief"] == 20.0
    facts = await city.facts(CASE)
    assert facts.urgency is Urgency.U1

    await ma.taps("签收")
    await ma.taps("到现场")
    await hands_in(ma, "群众已安置，水位下降", scene=2)
    await passes(sun)
    li.hears("您上报的")


async def test_ten_dead_or_missing_are_reported_upward_at_once(city: City, li: Phone) -> None:
    await li.says("山洪暴发引发洪涝，死亡4人，失踪7人，受灾人口300人")
    await li.shares(IN_SOUTH)

    li.sees("已达到立即上报标准", "同时打电话上报", "119")
