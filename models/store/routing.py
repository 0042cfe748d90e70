"""The routing rules as they stand; which one fits is for `models.rules.routing` to say."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import delete, or_, select

from models.rules.routing import Rule
from models.store.line import Line
from models.tables.columns import table
from models.tables.routing import RoutingRule

RULES = table(RoutingRule)
NAMES = tuple(f.name for f in fields(Rule))


class Routing:
    """Gives and saves routing rules."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def rules(self, now: datetime) -> list[Rule]:
        """Lists the rules that are in force at a moment, by number."""
        begun = or_(RULES.c.valid_from.is_(None), RULES.c.valid_from <= now)
        lasts = or_(RULES.c.valid_to.is_(None), RULES.c.valid_to > now)
        found = select(*(RULES.c[name] for name in NAMES)).where(begun, lasts).order_by(RULES.c.rule_no)
        return [Rule(**row._asdict()) for row in await self._line.rows(found)]

    async def all(self) -> list[Rule]:
        """Lists every rule, those of the past and the future too, by number."""
        found = select(*(RULES.c[name] for name in NAMES)).order_by(RULES.c.rule_no)
        return [Rule(**row._asdict()) for row in await self._line.rows(found)]

    async def save(self, rules: Sequence[Rule]) -> None:
        """Adds rules or overwrites those of the same number."""
        await self._line.upsert(RULES, [asdict(rule) for rule in rules], ("rule_no",))

    async def delete(self, rule_nos: Sequence[int]) -> int:
        """Removes rules and counts them; cases keep the reason by which they were routed."""
        return await self._line.run(delete(RULES).where(RULES.c.rule_no.in_(rule_nos)))
