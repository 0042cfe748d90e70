"""A false alarm needs two people to be void; a hazard that is back is opened again by whoever sees it."""

from tests.journeys.acts import CASE, CLUTTER, PONDING, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_a_void_needs_a_second_person_and_the_reporter_is_told_why(
    city: City, li: Phone, wang: Phone, zhou: Phone
) -> None:
    await files(li, CLUTTER)
    await wang.says(CASE)
    await wang.taps("更多")
    await wang.taps("申请作废")
    await wang.taps("误报")
    await wang.says("是搬家临时放的，已搬走")

    zhou.hears("王敏 申请作废", "误报", "临时放的")
    assert not any("同意作废" in label for label in wang.card(CASE).labels)
    await zhou.taps("同意作废")

    li.hears("您上报的这件已作废", "误报", "临时放的")
    assert (await city.facts(CASE)).state == "voided"


async def test_a_hazard_that_is_back_is_opened_again_by_its_reporter(
    city: City, li: Phone, zhao: Phone, zhou: Phone, sun: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    await hands_in(zhao, "已抽排", scene=2)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    await city.forward(hours=20)

    await li.taps("问题还在，重开")
    await li.taps("问题反弹")
    await li.says("昨晚又积水了")

    zhou.hears("李建国 说问题还在，已重开", "昨晚又积水了")
    zhao.hears("派给您一件", CASE)
    await zhao.taps("签收")
    await hands_in(zhao, "管道已疏通", scene=3)
    await passes(sun)
    li.hears("您上报的隐患已消除")
    facts = await city.facts(CASE)
    assert (facts.n_reopened, facts.state) == (1, "cleared")
