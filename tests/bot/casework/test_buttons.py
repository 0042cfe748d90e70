"""What a button carries is a token: forged, foreign, old and replayed ones do nothing but show the present state."""

import asyncio
import re

import pytest
from sqlalchemy import select

from actions import buttons, cases, people
from models.rules.roles import Role
from models.rules.states import State
from models.store.buttons import SHEETS
from models.store.rows import RosterRow
from tests.bot.casework.town import CHANNEL, CHATS, DISTRICT, Town

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}[0-9]{1,2}")
_SPENT = select(SHEETS.c.token, SHEETS.c.chat_id, SHEETS.c.spent).where(SHEETS.c.spent > 0)


async def state_of(town: Town, case_no: str) -> State:
    """Gives the state of a case."""
    async with town.deps.store.read() as unit:
        facts = await unit.cases.facts(case_no)
    assert facts is not None
    return facts.state


async def tags_of(town: Town, case_no: str) -> list[str]:
    """Lists what happened to a case."""
    member = await people.member(town.deps, town.ids["wang"], CHANNEL)
    return [line.tag for line in (await cases.view(town.deps, member.actor, case_no)).history]


async def test_nothing_but_tokens_leaves(town: Town) -> None:
    case_no = await town.file()
    for words in ("/todo", f"/case {case_no}", f"/return {case_no}", "/duty", "/language", "/my"):
        await town.says("zhao", words)

    sent = [
        button["callback_data"]
        for bubbles in town.api.chats.values()
        for bubble in bubbles
        for row in bubble.buttons
        for button in row
        if "callback_data" in button
    ]
    assert len(sent) > 20
    assert [data for data in sent if not TOKEN.fullmatch(data) or len(data.encode()) > 64] == []
    assert len(set(sent)) == len(sent)


async def test_somebody_elses_button_does_nothing_even_for_who_might_press_their_own(town: Town) -> None:
    case_no = await town.file()
    zhaos = town.card("zhao", case_no).data("签收")
    await town.says("feng", f"/case {case_no}")

    await town.presses("feng", town.card("feng", case_no), zhaos)

    assert "失效" in await town.toast()
    assert await state_of(town, case_no) is State.DISPATCHED


@pytest.mark.parametrize(
    "forge", [lambda d: d[:-1] + "9", lambda d: "A" * 22 + "0", lambda d: d[:22], lambda d: d + "1"]
)
async def test_a_forged_button_on_a_card_only_shows_the_card_anew(town: Town, forge: object) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    assert callable(forge)

    await town.presses("zhao", card, forge(card.data("签收")))

    assert "失效" in await town.toast()
    assert await state_of(town, case_no) is State.DISPATCHED
    assert town.card("zhao", case_no).message_id != card.message_id
    await town.presses("zhao", town.card("zhao", case_no), town.card("zhao", case_no).data("签收"))
    assert await state_of(town, case_no) is State.SIGNED


async def test_a_button_is_over_after_its_days_and_the_fresh_card_has_new_ones(town: Town) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    town.clock.forward(days=town.deps.catalogue.numbers["button_days"], seconds=1)

    await town.presses("zhao", card, card.data("签收"))
    assert await state_of(town, case_no) is State.DISPATCHED

    await town.taps("zhao", "签收")
    assert await state_of(town, case_no) is State.SIGNED


async def test_a_replayed_press_does_not_urge_twice(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhou", f"/case {case_no}")
    await town.taps("zhou", "更多", on=case_no)
    await town.taps("zhou", "催", on=case_no)
    card = town.card("zhou", case_no)
    urge = next(iter(await pressed(town, "zhou")))

    await town.presses("zhou", card, urge)

    assert (await tags_of(town, case_no)).count("case:urged") == 1


async def test_a_refused_press_leaves_its_button_good(town: Town) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    sign = card.data("签收")
    await move(town, "zhao", Role.RESPONSIBLE_UNIT, "120104", None)
    await town.presses("zhao", card, sign)
    assert await state_of(town, case_no) is State.DISPATCHED

    await move(town, "zhao", Role.RESPONSIBLE_UNIT, DISTRICT, f"DR-{DISTRICT}")
    await town.presses("zhao", card, sign)
    assert await state_of(town, case_no) is State.SIGNED


async def test_a_post_that_ended_takes_the_power_out_of_buttons_already_sent(town: Town) -> None:
    case_no = await town.file()
    await town.says("zhou", f"/case {case_no}")
    await town.taps("zhou", "更多", on=case_no)
    card = town.card("zhou", case_no)
    urge = card.data("催")
    async with town.deps.store.begin() as unit:
        await unit.people.end_posts(town.ids["zhou"], town.clock())
    town.clock.forward(seconds=1)

    await town.presses("zhou", card, urge)

    assert "case:urged" not in await tags_of(town, case_no)


async def test_a_chat_that_changed_hands_has_no_use_for_the_buttons_of_before(town: Town) -> None:
    case_no = await town.file()
    card = town.card("zhao", case_no)
    async with town.deps.store.begin() as unit:
        await unit.people.bind(CHANNEL, CHATS["zhao"], town.ids["feng"], town.clock())

    await town.presses("zhao", card, card.data("签收"))

    assert await state_of(town, case_no) is State.DISPATCHED


async def test_sheets_are_written_together_and_struck_off_when_they_are_over(town: Town) -> None:
    seals = buttons.Seals(town.deps, CHANNEL)
    made = await asyncio.gather(*(seals.seal(CHATS["zhao"], [f"c:sign:X-{n}:1", "l:todo:"]) for n in range(40)))

    meant = [await buttons.read(town.deps, CHANNEL, CHATS["zhao"], town.ids["zhao"], one[0]) for one in made]
    assert [press.payload for press in meant if isinstance(press, buttons.Press)] == [
        f"c:sign:X-{n}:1" for n in range(40)
    ]
    assert await buttons.purge(town.deps) == 0
    town.clock.forward(days=town.deps.catalogue.numbers["button_days"], seconds=1)
    assert await buttons.purge(town.deps) == 40


async def pressed(town: Town, who: str) -> set[str]:
    """Lists the tokens of a person's chat that did their deed."""
    async with town.deps.store.read() as unit:
        rows = await unit.line.rows(_SPENT)
    return {f"{row.token}{row.spent.bit_length() - 1}" for row in rows if row.chat_id == CHATS[who]}


async def move(town: Town, who: str, role: Role, area_code: str, unit_code: str | None) -> None:
    """Gives somebody this post and no other."""
    async with town.deps.store.begin() as unit:
        person = await unit.people.get(town.ids[who])
        assert person is not None
        row = RosterRow(staff_no=person.staff_no, name=person.name, role=role, area_code=area_code, unit_code=unit_code)
        await unit.people.import_roster([row])
    town.clock.forward(seconds=1)
