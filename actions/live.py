"""What happens to the cases, as it happens: the changes behind a number that a reader remembers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from actions.ports import Deps
from models.rules.facts import CaseFacts

PAGE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `no` orders all of them, `facts` are the case as it is now, `events` what made it this version."""

    no: int
    version: int
    facts: CaseFacts
    events: tuple[tuple[int, str], ...]


async def changes(deps: Deps, after: int, limit: int = PAGE) -> Sequence[Change]:
    """Lists the changes behind a number, in the order in which they were committed."""
    await _number(deps)
    async with deps.store.read() as unit:
        rows = await unit.changes.after(after, limit)
        facts = await unit.cases.many({row.case_no: None for row in rows})
        tags = await unit.changes.tags(rows)
    return [
        Change(
            row.no,
            row.version,
            facts[row.case_no],
            tuple(
                (seq, tags[row.case_no, seq])
                for seq in range(row.from_version + 1, row.version + 1)
                if (row.case_no, seq) in tags
            ),
        )
        for row in rows
        if row.case_no in facts
    ]


def told(change: Change) -> str:
    """Writes a change as JSON: nobody's name and none of the words."""
    facts = change.facts
    return json.dumps(
        {
            "case_no": facts.case_no,
            "href": f"/api/v1/cases/{facts.case_no}",
            "version": change.version,
            "state": facts.state,
            "kind": facts.kind,
            "urgency": facts.urgency,
            "overdue": facts.overdue,
            "areas": list(facts.areas.chain),
            "registered_at": facts.registered_at.isoformat(),
            "events": [{"seq": seq, "tag": tag} for seq, tag in change.events],
        },
        separators=(",", ":"),
    )


async def last(deps: Deps) -> int:
    """Gives the number of the newest change."""
    await _number(deps)
    async with deps.store.read() as unit:
        return await unit.changes.last()


async def too_old(deps: Deps, no: int) -> bool:
    """Tells whether changes behind a number were dropped already, or it is none of ours."""
    async with deps.store.read() as unit:
        first, newest = await unit.changes.first(), await unit.changes.last()
    return no < first - 1 or no > newest


async def sweep(deps: Deps) -> int:
    """Drops old changes; counts them."""
    async with deps.store.begin() as unit:
        return await unit.changes.sweep()


async def _number(deps: Deps) -> None:
    """Puts what was committed since in order, where that is not its number already."""
    async with deps.store.read() as unit:
        waiting = await unit.changes.waiting()
    if waiting:
        async with deps.store.begin() as unit:
            await unit.changes.number()
