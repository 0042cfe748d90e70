"""The routing table in an operator's hands: out as rows of a CSV file, in again, one rule set or dropped."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from actions.ports import Deps, Unit
from models.rules.catalogue import Row, read_routing
from models.rules.errors import NoSuchItem
from models.rules.routing import Rule

COLUMNS = (
    "rule_no",
    "area_code",
    "kind",
    "grade",
    "hour_from",
    "hour_to",
    "unit_code",
    "valid_to",
    "source",
    "valid_from",
)
"""The columns of the file, as in `config/seed/routing.csv`."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule that says something else than before under the same number."""

    before: Rule
    after: Rule


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What a table would change against the one in use."""

    added: tuple[Rule, ...]
    changed: tuple[Changed, ...]
    dropped: tuple[Rule, ...]

    @property
    def any(self) -> bool:
        """Tells whether it would change anything."""
        return bool(self.added or self.changed or self.dropped)


async def table(deps: Deps) -> tuple[Rule, ...]:
    """Lists every rule by number, those of the past and the future too."""
    async with deps.store.read() as unit:
        return tuple(await unit.routing.all())


def cells(deps: Deps, rule: Rule) -> Mapping[str, str]:
    """Gives a rule as the cells of a row; days are those of the city."""
    zone = deps.setting.calendar.zone
    values = {name: getattr(rule, name) for name in COLUMNS}
    days = {name: _day(values[name], zone) for name in ("valid_from", "valid_to")}
    return {name: days.get(name, "" if value is None else str(value)) for name, value in values.items()}


def _day(moment: datetime | None, zone: tzinfo) -> str:
    return "" if moment is None else moment.astimezone(zone).date().isoformat()


async def read(deps: Deps, rows: Sequence[Row]) -> tuple[Rule, ...]:
    """Reads the rows of a table; raises `CatalogueFault` by line, and `NoSuchItem` for an area nobody knows."""
    async with deps.store.read() as unit:
        units = [row.code for row in await unit.units.all()]
    rules = read_routing(rows, deps.catalogue, units=units)
    for rule in rules:
        if deps.index is not None and rule.area_code not in deps.index.areas:
            raise NoSuchItem(what="area", name=rule.area_code)
    return rules


async def review(deps: Deps, rules: Iterable[Rule]) -> TableChanges:
    """Compares a whole table with the one in use; changes nothing."""
    async with deps.store.read() as unit:
        return await _compared(unit, rules)


async def replace(deps: Deps, rules: Sequence[Rule]) -> TableChanges:
    """Makes these rules the whole table, in one transaction; cases keep the reason by which they were routed."""
    async with deps.store.begin() as unit:
        changes = await _compared(unit, rules)
        await unit.routing.delete([rule.rule_no for rule in changes.dropped])
        await unit.routing.save([*changes.added, *(one.after for one in changes.changed)])
        return changes


async def _compared(unit: Unit, rules: Iterable[Rule]) -> TableChanges:
    old = {rule.rule_no: rule for rule in await unit.routing.all()}
    new = {rule.rule_no: rule for rule in rules}
    both = sorted(old.keys() & new.keys())
    return TableChanges(
        added=tuple(new[number] for number in sorted(new.keys() - old.keys())),
        changed=tuple(Changed(old[number], new[number]) for number in both if old[number] != new[number]),
        dropped=tuple(old[number] for number in sorted(old.keys() - new.keys())),
    )


async def put(deps: Deps, rule: Rule) -> Rule | None:
    """Adds one rule or overwrites that of the same number, which is given."""
    async with deps.store.begin() as unit:
        before = {known.rule_no: known for known in await unit.routing.all()}
        await unit.routing.save([rule])
        return before.get(rule.rule_no)


async def next_no(deps: Deps) -> int:
    """Gives the number after the greatest."""
    return max((rule.rule_no for rule in await table(deps)), default=0) + 1


async def drop(deps: Deps, rule_no: int) -> None:
    """Removes one rule; raises `NoSuchItem`."""
    async with deps.store.begin() as unit:
        if not await unit.routing.delete([rule_no]):
            raise NoSuchItem(what="rule", name=str(rule_no))
