"""How somebody gets in, and how nobody else does."""

from dataclasses import replace

import pytest

from actions import bindings, people
from actions.ports import Deps
from models.rules import errors as e
from tests.clock import Clock
from tests.make import actor_of


async def code_for(deps: Deps, staff_no: str) -> str:
    person_id = (await actor_of(deps, staff_no)).person_id
    assert person_id is not None
    return await people.issue_code(deps, person_id)


async def test_a_code_typed_in_any_case_and_without_dashes_binds_the_chat(deps: Deps) -> None:
    code = await code_for(deps, "lin")
    member = await bindings.start(deps, "test", 7, code.lower().replace("-", " "))

    assert member.name == "林小燕"
    found = await people.who(deps, "test", 7)
    assert found is not None
    assert found.person_id == member.person_id


async def test_a_code_works_once(deps: Deps) -> None:
    code = await code_for(deps, "lin")
    await bindings.start(deps, "test", 7, code)

    with pytest.raises(e.NoSuchCode):
        await bindings.start(deps, "test", 8, code)
    assert await people.who(deps, "test", 8) is None


async def test_a_code_ends_after_its_days(deps: Deps, clock: Clock) -> None:
    code = await code_for(deps, "lin")
    clock.forward(days=deps.catalogue.numbers["invite_days"] + 1)

    with pytest.raises(e.NoSuchCode):
        await bindings.start(deps, "test", 7, code)


async def test_after_five_wrong_codes_the_chat_waits_even_with_the_right_one(deps: Deps, clock: Clock) -> None:
    code = await code_for(deps, "lin")
    left = []
    for _ in range(5):
        with pytest.raises(e.NoSuchCode) as wrong:
            await bindings.start(deps, "test", 7, "WRONG")
        left.append(wrong.value.facts["left"])
    with pytest.raises(e.TooManyTries):
        await bindings.start(deps, "test", 7, code)
    clock.forward(minutes=deps.catalogue.numbers["invite_wait_minutes"] + 1)

    assert left == [4, 3, 2, 1, 0]
    assert (await bindings.start(deps, "test", 7, code)).name == "林小燕"


async def test_a_newcomer_opens_a_second_browser_with_the_same_demonstration_code(deps: Deps) -> None:
    """The first use had burnt the code, and the second browser was told that it does not exist."""
    code = await code_for(deps, "lin")
    demo = replace(deps, standing_codes=frozenset({people.digest(code)}))
    await bindings.start(demo, "test", 7, code)

    assert (await bindings.start(demo, "test", 8, code)).name == "林小燕"
    assert await people.who(deps, "test", 7) is None


async def test_a_dead_chat_is_told_to_the_street_once(deps: Deps) -> None:
    lin = await actor_of(deps, "lin")
    assert lin.person_id is not None
    async with deps.store.read() as unit:
        chat = (await unit.people.chats_of(lin.person_id))[0]
    for _ in range(2):
        await people.unreachable(deps, chat.channel, chat.chat_id, "blocked")
    async with deps.store.begin() as unit:
        rows = await unit.messages.claim("test", 50, deps.clock(), 60)

    assert [row.body["template"] for row in rows] == ["notice.unreachable"]
