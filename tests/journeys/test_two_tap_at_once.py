"""Two colleagues see the same card and tap at the same moment: one has it, the other learns who."""

import asyncio

from tests.journeys.acts import CASE, PONDING, files, hands_in
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_one_of_two_who_sign_at_once_gets_the_case_and_the_other_an_explanation(
    city: City, li: Phone, zhao: Phone, feng: Phone
) -> None:
    await files(li, PONDING)
    await feng.says(CASE)

    await asyncio.gather(zhao.taps("签收"), feng.taps("签收"))

    signed = [tag for tag in await city.tags(CASE) if tag == "signed"]
    holder = (await city.view(CASE)).holder_name
    winner, loser = (zhao, feng) if holder == "赵强" else (feng, zhao)
    assert len(signed) == 1
    assert "已签收" in winner.toast
    loser.sees(f"{holder} 已在今天 09:00先处理了这件", "已签收，待处置")
    assert (holder or "?") in loser.card(CASE).text
    assert not any(label.endswith("签收") for label in loser.card(CASE).labels)


async def test_pass_and_fail_at_once_end_in_one_judgement(
    city: City, li: Phone, zhao: Phone, sun: Phone, wang: Phone, zhou: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    await zhao.taps("更多")
    await zhao.taps("申请延期")
    await zhao.says("明天 18:00")
    await zhao.says("等配件")

    await asyncio.gather(wang.taps("同意延期"), zhou.taps("不同意"))
    await zhou.taps("直接不同意") if any("直接不同意" in b for b in zhou.last.labels) else None

    tags = await city.tags(CASE)
    assert tags.count("extended") + tags.count("declined") == 1


async def test_a_double_tap_does_it_once(city: City, li: Phone, zhao: Phone) -> None:
    await files(li, PONDING)

    await asyncio.gather(zhao.taps("签收"), zhao.taps("签收"))

    assert (await city.tags(CASE)).count("signed") == 1
    assert "已签收，待处置" in zhao.card(CASE).text


async def test_a_button_of_an_old_card_shows_what_is_true_now(city: City, li: Phone, zhao: Phone, feng: Phone) -> None:
    await files(li, PONDING)
    await feng.says(CASE)
    old = feng.card(CASE)
    sign = next(payload for label, payload in old.buttons if "签收" in label)
    await city.bot_dies()
    await feng.presses(old.message_id, sign)
    await city.forward(minutes=10)

    await city.bot_starts()
    await city.settle()
    assert "隔得太久" in feng.toast if feng.toast else True
    assert (await city.facts(CASE)).signed_at is None
    await zhao.taps("签收")
    await hands_in(zhao, "已抽排", scene=2)
