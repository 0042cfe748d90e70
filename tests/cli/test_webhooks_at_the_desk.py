"""The operator sees the outgoing webhooks, and ends one."""

from collections.abc import Callable

from actions import webhooks
from actions.ports import Deps
from tests.cli.conftest import Desk, Prepare
from tests.make import actor_of


def test_webhooks_are_listed_and_ended(prepared: Callable[[Prepare], Desk]) -> None:
    async def made(deps: Deps) -> None:
        actor = await actor_of(deps, "zhou")
        url = "https://example.com/hook"
        await webhooks.add(deps, "person:1", actor, None, url, kinds=(), area_code=None, allowed=())

    desk = prepared(made)
    assert "https://example.com/hook" in desk("webhook", "list")
    assert "nothing" in desk("webhook", "deliveries", "1")
    assert "no delivery" in desk("webhook", "retry", "1", "1", code=1)
    assert "Ended" in desk("webhook", "end", "1")
    assert "no webhook" in desk("webhook", "list")
