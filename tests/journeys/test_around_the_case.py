"""What people do beside the main road: look, add, urge, hand over, put off, read in another language."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.acts import CASE, CLUTTER, PONDING, SECOND, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_the_whole_story_can_be_read_on_the_card_with_every_photo(
    city: City, li: Phone, zhao: Phone, sun: Phone
) -> None:
    await li.sends_album([1, 2, 3], caption=PONDING)
    await li.shares(IN_SOUTH)
    li.sees("照片 3 张")
    await li.taps("上报")
    await zhao.taps("签收")
    await city.forward(minutes=30)
    await hands_in(zhao, "已抽排", scene=4)
    await passes(sun)
    before = len(li.bubbles)

    await li.taps("原图", on=CASE)
    await li.taps("过程", on=CASE)

    shown = li.bubbles[before:]
    assert sum(bubble.photo is not None for bubble in shown) == 4
    history = li.sees(f"{CASE} 的过程").text
    steps = ["李建国 上报，立案", "派单", "赵强 签收", "赵强 提交处置结果", "安排核查", "孙丽 核查通过，销号"]
    assert sorted(steps, key=history.index) == steps
    assert "09:30" in history


async def test_the_reporter_adds_words_and_urges_and_the_holder_hears(city: City, li: Phone, zhao: Phone) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")

    await li.taps("补充照片或说明")
    await li.says("水位又涨了十公分")
    await li.taps("催办", on="已签收")

    zhao.hears("李建国 催办")
    zhao.sees(CASE, "已催办")
    assert {"noted", "urged"} <= set(await city.tags(CASE))
    assert "水位又涨了十公分" in [event.words for event in await city.events(CASE)]


async def test_a_case_is_handed_to_a_colleague_and_its_clocks_run_on(
    city: City, li: Phone, zhao: Phone, feng: Phone, sun: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    due_at = (await city.facts(CASE)).due_at
    await zhao.taps("更多")
    await zhao.taps("转交同事")
    await zhao.taps("冯涛")

    feng.hears("赵强 转给您一件，计时照旧", CASE)
    assert (await city.facts(CASE)).due_at == due_at
    await hands_in(feng, "已抽排", scene=2)
    await passes(sun)
    assert (await city.view(CASE)).holder_name == "冯涛"
    li.hears("您上报的隐患已消除")


async def test_a_report_that_was_put_off_is_found_and_finished_the_next_day(city: City, li: Phone, zhou: Phone) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.taps("以后再填")
    li.sees("草稿留好了")
    await files(li, PONDING, scene=2)
    await city.forward(days=1)

    await li.says("/my")
    li.sees("草稿（1）", "我报过的", CASE)
    await li.taps("继续：楼道堆物")
    await li.shares(IN_SOUTH)
    await li.taps("上报")

    zhou.hears("派给您一件", SECOND, "楼道堆物")


async def test_a_corrected_message_corrects_the_draft_and_never_what_was_filed(city: City, li: Phone) -> None:
    await li.says("光明里地道积水约30厘米")
    said = li.last_said
    await li.edits(said, "光明里地道积水约80厘米")
    li.sees("积水深度：80 厘米")
    await li.sends_photo(scene=1)
    await li.shares(IN_SOUTH)
    await li.taps("上报")

    await li.edits(said, "光明里地道积水约10厘米")

    li.sees("已经上报的内容不会跟着改")
    assert (await city.view(CASE)).fields["depth_cm"] == 80.0


async def test_somebody_reads_english_and_everybody_else_their_own_language(
    city: City, li: Phone, zhao: Phone, feng: Phone
) -> None:
    await zhao.says("/language")
    await zhao.taps("English")
    await files(li, PONDING)

    card = zhao.hears(CASE, "ponding")
    assert "李建国" in card.text
    assert not any("签收" in label for label in card.labels)
    await zhao.presses(card.message_id, next(p for label, p in card.buttons if "Sign" in label))
    await feng.says(CASE)

    assert "已签收，待处置" in feng.card(CASE).text
    assert "signed" in await city.tags(CASE)


async def test_a_major_hazard_goes_to_another_unit_and_says_so(city: City, li: Phone, wang: Phone) -> None:
    await li.sends_photo(scene=1, caption="光明里消火栓没水")
    await li.shares(IN_SOUTH)
    await li.taps("修改")
    await li.taps("列为重大隐患")
    await li.says("安排专人值守")
    await li.taps("上报")

    # Nobody of the fire brigade is in this city's roster: the dispatcher hears that and picks somebody.
    wang.hears("对口单位现在没人在岗", "重大隐患")
    assert (await city.facts(CASE)).grade == "major"
