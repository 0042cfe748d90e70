"""A case that went to the wrong street: the dispatcher moves the pin, and the right street gets it with its history."""

from tests.fakes.small_city import EDITION, IN_NEIGHBOUR, IN_SOUTH, NEIGHBOUR, STREET
from tests.journeys.acts import CASE, CLUTTER, files, returns
from tests.journeys.city import City
from tests.journeys.phone import Phone


async def test_a_pin_moved_to_another_street_takes_the_case_there(
    city: City, li: Phone, wang: Phone, zhou: Phone, chen: Phone
) -> None:
    await files(li, CLUTTER, at=IN_SOUTH)
    zhou.hears("派给您一件", "光明里社区")
    assert (await city.facts(CASE)).areas.street == STREET

    await returns(zhou, "不属于本辖区", "在河对岸，那边归梅江街道")
    wang.hears(CASE, "在河对岸")
    await wang.taps("更多")
    await wang.taps("定位置")
    await wang.drops_pin(IN_NEIGHBOUR)
    wang.sees("位置已改", CASE)

    chen.hears("派给您一件", "梅江街道")
    li.sees(CASE, "梅江街道")
    await chen.taps("签收")
    await zhou.says(CASE)
    zhou.does_not_see("派给您一件", "梅江街道")

    view = await city.view(CASE)
    assert view.facts.areas.street == NEIGHBOUR
    assert view.place is not None
    assert (view.place.latitude, view.place.longitude, view.place.method) == (*IN_NEIGHBOUR, "moved")
    registered, moved = (
        next(line for line in view.history if line.tag == tag) for tag in ("case:registered", "case:relocated")
    )
    assert (registered.actor_name, registered.area_name, registered.moved_to) == ("李建国", "光明里社区", None)
    assert (moved.actor_name, moved.area_name, moved.moved_to) == ("王敏", "川水园社区", IN_NEIGHBOUR)
    assert registered.edition == moved.edition == EDITION
