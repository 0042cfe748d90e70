"""One puddle, three reporters: one joins, one files anew and is merged, and all hear of the end."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.acts import CASE, PONDING, SECOND, files, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_whoever_reported_the_same_puddle_hears_of_its_end(
    city: City, li: Phone, lin: Phone, wang: Phone, zhao: Phone, sun: Phone
) -> None:
    liu = await city.phone("liu")
    await files(li, PONDING)
    await city.forward(minutes=15)

    await lin.sends_photo(scene=6)
    await lin.shares((IN_SOUTH[0] + 0.0003, IN_SOUTH[1]))
    await lin.says("地道里积水很深")
    twins = lin.hears("附近已有同类案卷", CASE, "33 米", "1 人报过")
    assert twins.photo is not None
    await lin.taps("我也看到了")
    lin.sees("已并入", CASE)

    await liu.sends_photo(scene=7)
    await liu.shares((IN_SOUTH[0], IN_SOUTH[1] + 0.0004))
    await liu.says("光明里门口积水")
    liu.hears("附近已有同类案卷", "2 人报过")
    await liu.taps("不是同一处")
    await liu.taps("上报")
    liu.sees("已上报", SECOND)
    zhao.sees("积水内涝", SECOND)

    await wang.says(SECOND)
    await wang.taps("更多", on=SECOND)
    await wang.taps("并入另一件", on=SECOND)
    await wang.taps(CASE)
    await wang.taps("提交", on="看一眼")
    liu.hears("您上报的与", CASE, "是同一件事")
    zhao.hears("已并入", CASE, "不用再处置")
    assert (await city.facts(SECOND)).merged_into == CASE
    assert (await city.facts(CASE)).n_reports == 3

    await zhao.taps("签收", on=CASE)
    await zhao.taps("提交处置结果", on=CASE)
    await zhao.sends_photo(scene=8, caption="已抽排")
    await zhao.taps("提交", on="看一眼")
    await passes(sun)

    for phone in (li, lin, liu):
        phone.hears("您上报的隐患已消除", CASE, "共3次")
    assert "joined" in await city.tags(CASE)
    assert (await city.tags(SECOND))[-1] == "merged"
    await hands_in_nothing(zhao, SECOND)


async def hands_in_nothing(zhao: Phone, case_no: str) -> None:
    """A merged case offers nothing to do."""
    await zhao.says(f"/handin {case_no}")
    zhao.sees(case_no, "已并案")
