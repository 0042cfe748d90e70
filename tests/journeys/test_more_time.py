"""Twice more time, by two different hands: the street gives the first, the district the second, nobody a third."""

from tests.journeys.acts import CASE, PONDING, files, hands_in, passes
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def asks_for_time(who: Phone, until: str, why: str) -> None:
    """申请延期."""
    await who.taps("更多")
    await who.taps("申请延期")
    await who.says(until)
    await who.says(why)


async def test_the_first_extension_is_the_streets_the_second_the_districts_and_there_is_no_third(
    city: City, li: Phone, zhao: Phone, zhou: Phone, wang: Phone, qian: Phone, sun: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    await zhao.taps("到现场")
    await asks_for_time(zhao, "今天 20:00", "太早")
    zhao.sees("新的期限要比原来的晚")
    await zhao.says("明天 18:00")
    zhou.hears("赵强 申请延期，请您定", "太早")
    wang.hears("赵强 申请延期")
    qian.does_not_see(CASE)
    await zhou.taps("同意延期")

    zhao.hears("同意延期，新的处置时限：明天 18:00")
    assert "已延期" in li.sees(CASE, "处置时限：明天 18:00").text
    assert (await city.facts(CASE)).due_at == city.local(11, 24, 18)

    await asks_for_time(zhao, "11月26日 12:00", "泵还没到")
    qian.hears("赵强 第二次申请延期，由区里定", "泵还没到")
    assert not any("同意延期" in label for label in zhou.card(CASE).labels)
    await zhou.says(f"/agree {CASE}")
    zhou.sees("延期次数已用完，或要由区中心批准")
    await qian.taps("同意延期")
    zhao.hears("同意延期", "11月26日 12:00")

    await asks_for_time(zhao, "11月30日", "还要再等")
    zhao.sees("延期次数已用完")
    await city.until(city.local(11, 26, 11, 0))
    assert not (await city.facts(CASE)).overdue
    await hands_in(zhao, "新泵已装，已抽干", scene=2)
    await passes(sun)
    facts = await city.facts(CASE)
    assert (facts.n_extensions, facts.on_time) == (2, True)
