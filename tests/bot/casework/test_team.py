"""A street's lead sees the team in chat, notes who is away and swaps A and B; nobody else can."""

from actions import cases, people
from models.rules.roles import Role
from models.store.rows import RosterRow
from tests.bot.casework.town import CHANNEL, STREET, Town

OFFICE = f"ST-{STREET}"


async def with_deputy(town: Town) -> None:
    """Gives the supervisor of the street a deputy."""
    async with town.deps.store.begin() as unit:
        rows = [
            RosterRow(
                staff_no="wu", name="吴刚", role=Role.STREET_SUPERVISOR, area_code=STREET, unit_code=OFFICE, shift="B"
            )
        ]
        await unit.people.import_roster(rows)
    town.clock.forward(seconds=1)


async def test_a_lead_notes_who_is_away_and_the_deputy_takes_over(town: Town) -> None:
    await with_deputy(town)
    case_no = await town.file("corridor_clutter", text="楼道堆满纸箱")
    await town.says("zhou", "/team")
    assert "王敏" in town.sees("zhou")
    await town.taps("zhou", "周明")
    await town.taps("zhou", "3 天")
    assert "不在岗" in town.sees("zhou")

    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).holder_name == "吴刚"
    await town.taps("zhou", "回来了")
    assert any("从今天起不在岗" in bubble.text for bubble in town.phone("zhou"))


async def test_a_lead_swaps_a_and_b(town: Town) -> None:
    await with_deputy(town)
    await town.says("zhou", "/team")
    await town.taps("zhou", "周明")
    await town.taps("zhou", "与 吴刚 对调")
    town.clock.forward(seconds=1)

    case_no = await town.file("corridor_clutter", text="楼道堆满纸箱")
    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    assert (await cases.view(town.deps, member.actor, case_no)).holder_name == "吴刚"


async def test_who_leads_nobody_is_told_so(town: Town) -> None:
    await town.says("zhao", "/team")

    assert "不在您负责的区域" in town.sees("zhao")
