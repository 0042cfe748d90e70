"""Figures and days that cannot be: a question that names the range, and the answer before it stays."""

from tests.bot.chat import Chat
from tests.bot.conftest import Street
from tests.bot.hostile.conftest import Unharmed
from tests.fakes.small_city import IN_SOUTH

FIGURES = (
    "-5",
    "-0",
    "999999999999",
    "1e308",
    "NaN",
    "inf",
    "０",
    "零",
    "½",
    "12345678901234567890" * 20,
    "3.5.7",
    "--3",
    "٣",
)
ABSURD = ("-5", "1e308", "NaN", "inf", "12345678901234567890", "3.5.7", "--3", "半个")
DAYS = ("1970-01-01", "2099-12-31", "0000-00-00", "9999-12-31 23:59", "2月30日", "昨晚25点", "-1天前", "99999999年后")


async def flooding(li: Chat) -> None:
    """Begins the report of a flood, which asks for figures one after another."""
    await li.says("洪涝灾害，村里进水了")
    if "初报" not in li.card.text:
        await li.taps("洪涝")
    await li.shares(*IN_SOUTH)
    assert "受灾人口" in li.card.text


async def harmless(street: Street, phone: Chat) -> None:
    """Checks that nothing was set aside and that the words of the report are still there."""
    async with street.deps.store.read() as unit:
        assert [row.fault for row in await unit.inbox.poisoned()] == []
        assert (await unit.inbox.counts()).undone == 0
    assert "村里进水了" in phone.card.text


async def test_absurd_figures_are_asked_again(li: Chat, street: Street) -> None:
    await flooding(li)
    for figure in ABSURD:
        await li.says(figure)
        await harmless(street, li)
        assert "受灾人口：" not in li.card.text, f"{figure} was taken for a number of people"
    for figure in FIGURES:
        await li.says(figure)
        await harmless(street, li)
    for never in ("：-", "nan", "inf", "1e"):
        assert never not in li.card.text.lower()


async def test_days_that_cannot_be_are_asked_again(li: Chat, street: Street) -> None:
    await flooding(li)
    for day in DAYS:
        await li.says(day)
        await li.says(f"{day}开始的")
        await harmless(street, li)


async def test_a_message_dated_in_another_age_is_a_message(writing: Chat, street: Street, unharmed: Unharmed) -> None:
    for date in (0, 1, 4_070_908_800, 2**31, -1, 253402300799):
        await street.deliver([writing._update("message", writing._content({"text": f"{date}楼", "date": date}))])

    await unharmed(writing)
    assert "253402300799楼" in writing.card.text
