"""Where the city asks for it, an admin confirms who showed a code; until then nothing is done and nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from actions import bindings, people
from actions.ports import Deps
from bot.app import build
from bot.outgoing.courier import Courier
from bot.outgoing.limiter import Limiter
from config.texts import Texts
from models.rules.roles import Role
from models.store.rows import RosterRow
from tests.bot.casework.town import CHANNEL, CHATS, CITY, OTHER_STREET, Bubble, Town

ADMIN, OTHER_ADMIN, NEW, SECOND = 2001, 2002, 2003, 2004
WORDS = "桥下积水约30厘米"


@pytest.fixture(autouse=True)
def _more_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the admins, a new colleague, and second phones."""
    for name, chat_id in (("admin", ADMIN), ("other", OTHER_ADMIN), ("new", NEW), ("second", SECOND)):
        monkeypatch.setitem(CHATS, name, chat_id)


@pytest.fixture
async def strict(town: Town) -> Town:
    """Gives the town with two admins, where bindings are confirmed."""
    async with town.deps.store.begin() as unit:
        rows = [
            RosterRow(staff_no="admin", name="郑浩", role=Role.ADMIN, area_code=CITY),
            RosterRow(staff_no="other", name="韩梅", role=Role.ADMIN, area_code=OTHER_STREET),
            RosterRow(staff_no="new", name="毛宁", role=Role.GRID_WORKER, area_code="120103001001"),
        ]
        await unit.people.import_roster(rows)
        for staff_no, chat_id in (("admin", ADMIN), ("other", OTHER_ADMIN)):
            person = await unit.people.by_staff_no(staff_no)
            assert person is not None
            await unit.people.bind(CHANNEL, chat_id, person.person_id, town.clock())
            town.ids[staff_no] = person.person_id
    town.deps = replace(town.deps, confirm_bindings=True)
    texts = Texts.load([Path("bot/locales")])
    courier = Courier(town.deps, town.bot, CHANNEL, texts, Limiter.local(_hours()), owner="bot-1")
    town.courier = courier
    town.app = build(town.deps, town.bot, texts, courier, channel=CHANNEL, owner="bot-1")
    return town


def _hours() -> Callable[[], float]:
    """Makes a clock by which no sending limit ever binds."""
    ticks = iter(range(10**9))
    return lambda: float(next(ticks) * 60)


async def code_of(deps: Deps, staff_no: str) -> str:
    """Issues a code."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no(staff_no)
    assert person is not None
    return await people.issue_code(deps, person.person_id)


def card(town: Town, who: str = "admin") -> Bubble:
    """Gives the card on which an admin decides."""
    return next(b for b in reversed(town.phone(who)) if "毛宁" in b.text)


async def n_reports(town: Town) -> int:
    """Counts the drafts of the new colleague."""
    async with town.deps.store.read() as unit:
        person = await unit.people.by_staff_no("new")
        assert person is not None
        return len(await unit.drafts.of_person(f"draft:{person.person_id}:"))


async def test_nothing_is_done_before_an_admin_confirms_and_everything_after(strict: Town) -> None:
    await strict.says("new", f"/start {await code_of(strict.deps, 'new')}")
    assert "郑浩" in strict.sees("new")
    await strict.says("new", WORDS)
    await strict.photographs("new")
    assert "2 条都留着，还没有上报" in strict.sees("new")
    assert await people.who(strict.deps, CHANNEL, NEW) is None
    assert await n_reports(strict) == 0

    assert "毛宁" in card(strict).text
    await strict.taps("admin", "是本人")

    member = await people.who(strict.deps, CHANNEL, NEW)
    assert member is not None
    assert member.name == "毛宁"
    assert await n_reports(strict) == 1
    assert any("积水" in b.text for b in strict.phone("new"))
    assert any("已确认，毛宁" in b.text for b in strict.phone("new"))
    assert "已由 郑浩 确认" in card(strict).text
    assert card(strict).buttons == []


async def test_who_is_refused_gets_nowhere_and_what_they_sent_stays_unhandled(strict: Town) -> None:
    await strict.says("new", f"/start {await code_of(strict.deps, 'new')}")
    await strict.says("new", WORDS)
    await strict.taps("admin", "拒绝")

    assert "没有确认您的身份" in strict.sees("new")
    await strict.says("new", WORDS)
    assert "邀请码" in strict.sees("new")
    assert await people.who(strict.deps, CHANNEL, NEW) is None
    async with strict.deps.store.read() as unit:
        assert await unit.inbox.n_held(CHANNEL, str(NEW)) == 1


async def test_life_in_danger_rings_the_admins_and_points_to_the_emergency_call(strict: Town) -> None:
    await strict.says("new", f"/start {await code_of(strict.deps, 'new')}")
    await strict.says("new", "地下车库有人被困")

    assert "119" in strict.sees("new")
    assert "遇险" in card(strict).text


async def test_an_admin_of_another_area_neither_sees_nor_decides(strict: Town) -> None:
    await strict.says("new", f"/start {await code_of(strict.deps, 'new')}")
    yes = card(strict).data("是本人")
    assert not [b for b in strict.phone("other") if "毛宁" in b.text]

    await strict.says("other", "/todo")
    await strict.presses("other", strict.phone("other")[-1], yes)

    assert await people.who(strict.deps, CHANNEL, NEW) is None


async def test_two_admins_cannot_decide_twice(strict: Town) -> None:
    await strict.says("new", f"/start {await code_of(strict.deps, 'new')}")
    member = await people.member(strict.deps, strict.ids["admin"], CHANNEL)
    (asked,) = await bindings.waiting(strict.deps)

    assert await bindings.decide(strict.deps, member.actor, asked.request_id, confirmed=False)
    assert not await bindings.decide(strict.deps, member.actor, asked.request_id, confirmed=True)
    assert await people.who(strict.deps, CHANNEL, NEW) is None


async def test_the_old_phone_stays_bound_until_the_new_one_is_confirmed_and_is_told_then(strict: Town) -> None:
    await strict.says("second", f"/start {await code_of(strict.deps, 'li')}")
    assert (await people.who(strict.deps, CHANNEL, CHATS["li"])) is not None
    (asked,) = await bindings.waiting(strict.deps)
    await bindings.decide(strict.deps, None, asked.request_id, confirmed=True)
    await strict.settle()

    assert "另一部手机" in strict.sees("li")
    assert await people.who(strict.deps, CHANNEL, CHATS["li"]) is None


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "另一部手机"), ("zh_TW", "另一部手機"), ("en", "bound to another phone")]
)
async def test_a_second_sign_in_tells_the_old_phone_in_its_language(town: Town, language: str, said: str) -> None:
    async with town.deps.store.begin() as unit:
        await unit.people.set_language(town.ids["li"], language)
    await town.says("second", f"/start {await code_of(town.deps, 'li')}")

    assert said in town.sees("li")
    await town.says("li", "/my")
    assert "网格中心" in town.sees("li")
