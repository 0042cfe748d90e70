"""A report that somebody began and left is closed after some days, and its author hears of it."""

from actions import drafts
from actions.ports import Deps
from tests.clock import Clock


async def keep(deps: Deps, person_id: int, draft_id: str, words: str) -> None:
    """Keeps a draft as the intake does."""
    async with deps.store.begin() as unit:
        data = {"draft_id": draft_id, "words": [{"message_id": 1, "text": words}], "spot": {"names": ["光明里社区"]}}
        await unit.drafts.put(f"draft:{person_id}:{draft_id}", "open", data)
        await unit.drafts.put(f"intake:{person_id}", draft_id, {"at": deps.clock().isoformat()})


async def test_an_old_draft_is_closed_once_and_its_author_is_told_what_it_was(deps: Deps, clock: Clock) -> None:
    await keep(deps, 1, "a1", "楼道堆物")
    clock.forward(days=deps.catalogue.numbers["draft_days"] - 1)
    assert await drafts.close_old(deps) == 0
    await keep(deps, 1, "b2", "积水")
    clock.forward(days=1)

    assert await drafts.close_old(deps) == 1
    assert await drafts.close_old(deps) == 0
    async with deps.store.begin() as unit:
        assert [row.key for row in await unit.drafts.of_person("draft:1:")] == ["draft:1:b2"]
        assert (await unit.drafts.get("intake:1"))[0] == "b2"
        told = await unit.messages.claim("ears", 10, clock(), 60)
    assert [(row.body["template"], row.body["facts"], row.card_key) for row in told] == [
        ("notice.draft_closed", {"n": 7, "title": "楼道堆物 · 光明里社区"}, "draft:a1")
    ]
