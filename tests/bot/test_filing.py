"""How a report is filed: in any order, in few taps, with only what is missing asked for."""

from models.rules.states import State
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.fakes.pictures import jpeg
from tests.fakes.small_city import IN_SOUTH


async def test_a_common_hazard_is_filed_in_four_messages_and_taps(li: Chat, street: Street) -> None:
    await li.sends_photo(jpeg(1))
    await li.shares(*IN_SOUTH)
    await li.says("3号楼2单元楼道堆满纸箱，过道只剩60厘米")
    await li.taps("上报")

    assert li.steps == 4
    assert "已上报" in li.card.text
    assert "TJ-2026-000001" in li.card.text
    assert li.card.buttons == []
    async with street.deps.store.read() as unit:
        facts = await unit.cases.facts("TJ-2026-000001")
        filed = (await unit.reports.of_case("TJ-2026-000001"))[0]
    assert facts is not None
    assert (facts.state, facts.kind, facts.areas.street) == (State.REGISTERED, "corridor_clutter", "120103009")
    assert filed.fields == {"passage_cm": 60.0}
    assert (filed.accuracy_m, filed.coord_sys, filed.by_hand) == (12.0, "wgs84", False)
