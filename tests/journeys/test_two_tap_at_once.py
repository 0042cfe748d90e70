"""Two colleagues see the same card and tap at the same moment: one has it, the other learns who."""

import asyncio

from tests.journeys.acts import CASE, PONDING, files
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


async def test_of_two_who_grant_at_once_one_grants_and_the_other_is_shown_the_case(
    city: City, li: Phone, zhao: Phone, wang: Phone, zhou: Phone
) -> None:
    await files(li, PONDING)
    await zhao.taps("签收")
    await zhao.taps("更多")
    await zhao.taps("申请延期")
    await zhao.says("明天 18:00")
    await zhao.says("等配件")

    await asyncio.gather(wang.taps("同意延期"), zhou.taps("同意延期"))

    assert (await city.tags(CASE)).count("extended") == 1
    winner = max((wang, zhou), key=lambda phone: "已同意延期" in phone.toast)
    loser = zhou if winner is wang else wang
    assert "已同意延期" in winner.toast
    assert "已同意延期" not in loser.toast
    assert loser.toast
    assert "已延期" in loser.card(CASE).text


async def test_a_double_tap_does_it_once(city: City, li: Phone, zhao: Phone) -> None:
    await files(li, PONDING)

    await asyncio.gather(zhao.taps("签收"), zhao.taps("签收"))

    assert (await city.tags(CASE)).count("signed") == 1
    assert "已签收，待处置" in zhao.card(CASE).text


async def test_a_tap_made_while_the_bot_was_away_counts_and_the_later_one_is_explained(
    city: City, li: Phone, zhao: Phone, feng: Phone
) -> None:
    await files(li, PONDING)
    await feng.says(CASE)
    await city.bot_dies()
    await feng.taps("签收")
    await city.forward(minutes=2)
    await zhao.taps("签收")
    assert (await city.facts(CASE)).signed_at is None

    await city.bot_starts()
    await city.settle()

    assert (await city.view(CASE)).holder_name == "冯涛"
    zhao.sees("冯涛 已在今天 09:02先处理了这件")
    assert "冯涛" in zhao.card(CASE).text
