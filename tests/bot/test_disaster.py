"""The first report of a disaster (初报): unknown is not zero, and contradictions are asked about."""

import pytest

from models.store.rows import ReportRow
from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.fakes.small_city import IN_SOUTH

CASE = "TJ-2026-000001"


async def report_of(street: Street) -> ReportRow:
    """Reads the first report."""
    async with street.deps.store.read() as unit:
        return (await unit.reports.of_case(CASE))[0]


@pytest.fixture
async def flood(li: Chat) -> Chat:
    """Gives a phone that reports a flood and is asked for its figures."""
    await li.says("洪涝灾害，村里进水了")
    if "初报" not in li.card.text:
        await li.taps("洪涝")
    await li.shares(*IN_SOUTH)
    return li


async def test_unknown_figures_are_kept_apart_from_zero(flood: Chat, street: Street) -> None:
    assert "受灾人口" in flood.card.text
    await flood.says("120人")
    assert "死亡" in flood.card.text
    await flood.taps("0")
    await flood.taps("不清楚")
    await flood.taps("其余以后补")
    await flood.taps("上报")

    report = await report_of(street)
    assert report.phase == "first"
    assert report.figures["affected_population"] == 120
    assert report.figures["deaths"] == 0
    assert report.figures["missing"] is None
    assert "injured" not in report.figures


async def test_figures_in_the_words_are_taken_over(li: Chat, street: Street) -> None:
    await li.says("洪涝灾害，受灾人口120人，死亡0人，倒塌房屋3间")
    await li.shares(*IN_SOUTH)

    assert "受灾人口：120" in li.card.text
    assert "倒塌房屋间数：3" in li.card.text
    assert "因灾死亡人口：0" in li.card.text


async def test_several_figures_can_be_answered_in_one_sentence(flood: Chat) -> None:
    await flood.says("受灾120人，受伤2人，转移50人")

    for said in ("受灾人口：120", "受伤人口：2"):
        assert said in flood.card.text


async def test_figures_that_contradict_each_other_are_a_friendly_question(flood: Chat, street: Street) -> None:
    await flood.says("5")
    await flood.says("9")

    assert "请再看一下" in flood.card.text
    await flood.taps("改：受灾人口")
    await flood.says("500")
    await flood.taps("其余以后补")
    await flood.taps("上报")
    assert (await report_of(street)).figures["affected_population"] == 500


async def test_ten_dead_or_missing_must_be_told_upward_at_once(flood: Chat) -> None:
    await flood.taps("不清楚")
    await flood.says("12")

    assert "立即上报" in flood.card.text


async def test_a_disaster_needs_no_photo(flood: Chat, street: Street) -> None:
    await flood.taps("其余以后补")
    await flood.taps("上报")

    assert "已上报" in flood.card.text
