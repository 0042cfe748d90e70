"""Three times "done" and three times not: the district looks over the unit's shoulder."""

from tests.journeys.acts import CASE, PONDING, fails, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_the_third_rework_is_supervised_and_buys_no_time(
    city: City, li: Phone, zhao: Phone, sun: Phone, qian: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    due_at = (await city.facts(CASE)).due_at

    for n, (scene, reason) in enumerate([(2, "没有整改"), (3, "只整改了一部分"), (4, "现场没有恢复")], start=1):
        await city.forward(minutes=30)
        await hands_in(zhao, f"第{n}次处置", scene=scene)
        sun.hears("请到现场核查", f"第{n}次处置")
        if n < 3:
            qian.does_not_see("返工")
        await fails(sun, reason)
        zhao.hears("核查没通过，请重新处置", reason)
        assert f"返工{n}次" in zhao.card(CASE).text

    qian.hears("返工 3 次，转区级督办")
    assert "已督办" in zhao.card(CASE).text
    assert (await city.facts(CASE)).due_at == due_at

    await hands_in(zhao, "水泵修好，已抽干", scene=5)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    facts = await city.facts(CASE)
    assert (facts.n_rework, facts.n_handled, facts.n_checked, facts.supervised) == (3, 4, 4, True)


async def test_the_before_picture_is_no_proof(city: City, li: Phone, zhao: Phone, sun: Phone) -> None:
    await files(li, PONDING, scene=1)
    await zhao.taps("签收")

    await zhao.taps("提交处置结果")
    await zhao.sends_photo(scene=1, caption="好了")
    await zhao.taps("提交", on="看一眼")
    zhao.sees("整改前是同一张")
    sun.does_not_see(CASE)
    await zhao.sends_photo(scene=2)
    await zhao.taps("提交", on="看一眼")

    sun.hears("请到现场核查", "好了")


async def test_who_rectified_is_never_asked_to_check(city: City, li: Phone, zhao: Phone, sun: Phone) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    await hands_in(zhao, "已抽排", scene=2)

    await zhao.says(f"/pass {CASE}")

    sun.hears("请到现场核查")
    assert (await city.facts(CASE)).cleared_at is None
