"""Reports that somebody began and left: after some days they are closed, and their author is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from actions.ports import Deps
from actions.telling import NORMAL
from models.store.rows import DraftRow

PREFIX, POINTER = "draft:", "intake:"
AT_ONCE = 200
TITLE_SIGNS = 60


async def close_old(deps: Deps) -> int:
    """Closes every report that was left alone for `draft_days` of the policy and tells its author; counts them."""
    days = deps.catalogue.numbers["draft_days"]
    since = deps.clock() - timedelta(days=days)
    total = 0
    while True:
        async with deps.store.read() as unit:
            old = await unit.drafts.idle(PREFIX, since, AT_ONCE)
        for row in old:
            total += await _close(deps, row, since, int(days))
        if len(old) < AT_ONCE:
            return total


async def _close(deps: Deps, row: DraftRow, since: datetime, days: int) -> bool:
    """Closes one, unless its author has just come back to it."""
    _, person_id, draft_id = row.key.split(":", 2)
    async with deps.store.begin() as unit:
        if not await unit.drafts.clear_idle(row.key, since):
            return False
        current, _ = await unit.drafts.get(POINTER + person_id)
        if current == draft_id:
            await unit.drafts.clear(POINTER + person_id)
        title = _title(row.data)
        if title is None:
            return True
        # Under the key of its card: the buttons of the card go with it.
        await unit.messages.add(
            person_id=int(person_id),
            body={"template": "notice.draft_closed", "facts": {"n": days, "title": title}},
            card_key=PREFIX + draft_id,
            loud=True,
            priority=NORMAL,
        )
        unit.after_commit(deps.hint)
    return True


def _title(data: Mapping[str, Any]) -> str | None:
    """Names a draft by its words, its place or its number of photos; None for one that holds nothing."""
    words = " ".join(str(said["text"]) for said in data.get("words") or () if said.get("text"))
    place = next(reversed((data.get("spot") or {}).get("names") or [""]))
    parts = [part for part in (words[:TITLE_SIGNS], place, "📷" * min(len(data.get("shots") or ()), 3)) if part]
    return " · ".join(parts) or (str(data["kind"]) if data.get("kind") else None)
