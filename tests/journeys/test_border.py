"""A stairwell seventeen metres beyond the border: the worker says which street, and only that street hears."""

from tests.fakes.small_city import AT_BORDER, NEIGHBOUR, OUTSIDE
from tests.journeys.acts import CASE, CLUTTER, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_near_the_border_the_worker_is_asked_and_the_answer_decides(
    city: City, li: Phone, zhou: Phone, wang: Phone, chen: Phone
) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.shares(AT_BORDER, accuracy_m=20)

    asked = li.sees("靠近街镇交界", "归哪个街镇")
    assert any("尖山街道" in label for label in asked.labels)
    await li.taps("梅江街道")
    li.sees("梅江街道", "自己选的")
    await li.taps("上报")

    chen.hears("派给您一件", "梅江街道", "楼道堆物")
    zhou.does_not_see(CASE)
    wang.does_not_see(CASE)
    view = await city.view(CASE)
    assert view.facts.areas.street == NEIGHBOUR
    assert view.place is not None
    assert view.place.method == "chosen_at_border"

    await wang.says(CASE)
    wang.sees("没有找到这个案卷")
    await chen.taps("签收")
    await hands_in(chen, "已清走", scene=2)
    # 梅江街道 has no verifier and no grid worker of its own in this city: its dispatcher must find somebody.
    song = await city.phone("song")
    await song.says(CASE)
    song.sees(CASE, "已处置，待安排核查")


async def test_outside_the_city_is_refused_kindly_and_loses_nothing(li: Phone, city: City) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.shares(OUTSIDE)

    li.sees("在市外", "离最近的梅江街道", "已经写的都留着", "照片 1 张")
    assert await city.numbers() == []


async def test_a_pin_far_from_the_phone_is_asked_about(li: Phone, city: City, zhou: Phone, sun: Phone) -> None:
    await li.sends_photo(scene=1, caption=CLUTTER)
    await li.shares((39.0950, 117.2100))
    await li.drops_pin((39.0850, 117.2100))

    li.sees("图钉离您手机的位置有", "以哪个为准")
    await li.taps("图钉的位置")
    await li.taps("上报")
    zhou.hears("光明里社区")
    await zhou.taps("签收")
    await hands_in(zhou, "已清走", scene=2)
    await passes(sun)
    assert (await city.facts(CASE)).closed_at
