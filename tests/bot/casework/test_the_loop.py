"""A case from the unit's phone to "cleared", as the three phones show it."""

from tests.bot.casework.town import Town


async def test_a_hazard_is_signed_handled_checked_and_cleared_by_taps(town: Town) -> None:
    case_no = await town.file()

    assert "派给您一件" in town.sees("zhao")
    assert "待签收" in town.sees("zhao")
    await town.taps("zhao", "签收")
    assert "已签收" in await town.toast()
    assert "已签收，待处置" in town.card("zhao", case_no).text
    await town.taps("zhao", "提交处置结果")
    assert "整改后" in town.sees("zhao")
    await town.photographs("zhao", "已抽干，井盖复位")
    assert "抽干" in town.sees("zhao")
    await town.taps("zhao", "提交", on="提交处置结果 ·")
    assert "等核查" in await town.toast()
    await town.checked(case_no)
    assert "请到现场核查" in town.sees("sun")
    await town.taps("sun", "通过")
    await town.taps("sun", "确认通过")

    assert "销号" in await town.toast()
    assert any("已消除" in bubble.text for bubble in town.phone("li"))
    assert any("核查通过，已销号" in bubble.text for bubble in town.phone("zhao"))
    assert not any(bubble.buttons and "提交处置结果" in bubble.labels() for bubble in town.phone("zhao"))
