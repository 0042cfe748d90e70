"""Who is not on the roster can do nothing here but show a code, and learns whom to ask."""

from tests.fakes.small_city import IN_SOUTH
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_a_stranger_is_told_whom_to_ask_and_starts_nothing(city: City) -> None:
    stranger = city.stranger("路人")
    await stranger.signs_in("WRONG-CODE")
    stranger.sees("这个邀请码不对", "还可以试 4 次")

    await stranger.sends_photo(scene=1)
    await stranger.shares(IN_SOUTH)

    stranger.sees("只为登记在册的同事服务", "119")
    assert await city.numbers() == []


async def test_five_wrong_codes_close_the_door_for_an_hour_even_for_the_right_one(city: City) -> None:
    stranger = city.stranger("路人")
    await stranger.signs_in("WRONG-0001")
    for n in range(2, 6):
        await stranger.says(f"WRONG-000{n}")
    right = await city.code("lin")
    await stranger.says(right)
    stranger.sees("试得太多了，请过 60 分钟再来")

    await city.forward(minutes=61)
    await stranger.says(right)

    stranger.sees("您好，林小燕！这个对话已经和您绑定")


async def test_a_code_opens_one_phone_only(city: City, li: Phone) -> None:
    code = await city.code("lin")
    first, second = city.stranger("first"), city.stranger("second")
    await first.signs_in(code)
    await second.signs_in(code)

    first.sees("您好，林小燕")
    second.does_not_see("林小燕")
    second.sees("这个邀请码不对，可能已经用过")
