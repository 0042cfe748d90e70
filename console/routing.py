"""Commands about the routing table: who answers for what, where and when."""

import csv
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from rich.table import Table

    from actions.explain import Tried
    from actions.ports import Deps
    from actions.routing_table import TableChanges
    from config.settings import Settings
    from models.rules.routing import Rule

app = typer.Typer(help="The routing table: out, in, one rule, and who would get a case.", no_args_is_help=True)
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


@app.command("export")
def export_table(
    file: Annotated[Path | None, typer.Argument(help="The file to write; without it, the terminal.")] = None,
) -> None:
    """Write the whole table as CSV, ready to be changed and imported again."""
    terminal.run(_export(terminal.settings(), file))


async def _export(chosen: "Settings", file: Path | None) -> None:
    import sys

    from actions.routing_table import COLUMNS, cells, table

    async with terminal.opened(chosen) as deps:
        rows = [cells(deps, rule) for rule in await table(deps)]
    if file is None:
        writer = csv.DictWriter(sys.stdout, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        return
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.DictWriter(target, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    out.print(f"{len(rows)} rules are in {file}.")


@app.command("import")
def import_table(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns that `route export` writes.")],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Make a file the whole table; faults are named by line, and what changes is shown first."""
    terminal.run(_import(terminal.settings(), file, dry_run=dry_run, yes=yes))


async def _import(chosen: "Settings", file: Path, *, dry_run: bool, yes: bool) -> None:
    from actions.routing_table import read, replace, review
    from config.seed.read import read_file

    async with terminal.opened(chosen) as deps:
        rules = await read(deps, read_file(file))
        changes = await review(deps, rules)
        _show(deps, changes)
        if dry_run or not changes.any:
            return
        terminal.agreed("Put this table in force?", yes=yes)
        await replace(deps, rules)
        out.print(f"{len(rules)} rules are in force; cases on their way stay where they are.")


def _show(deps: "Deps", changes: "TableChanges") -> None:
    if not changes.any:
        out.print("The table in use says the same; nothing changes.")
        return
    table = _rules()
    for rule in changes.added:
        _add(table, deps, rule, "new")
    for one in changes.changed:
        _add(table, deps, one.before, "was")
        _add(table, deps, one.after, "is")
    for rule in changes.dropped:
        _add(table, deps, rule, "gone")
    out.print(table)


def _rules() -> "Table":
    return terminal.table("#rule", "area", "kind", "grade", "hours", "unit", "days", "")


def _add(table: "Table", deps: "Deps", rule: "Rule", mark: str, style: str | None = None) -> None:
    """Adds a rule to a table of rules, with what is to be said of it."""
    from actions.routing_table import cells

    row = cells(deps, rule)
    known = deps.index.areas.get(rule.area_code) if deps.index is not None else None
    area = f"{rule.area_code} {known.name}" if known is not None else rule.area_code
    hours = "always" if rule.hour_from is None else f"{rule.hour_from}–{rule.hour_to}"
    days = f"{row['valid_from']} – {row['valid_to']}".strip()
    table.add_row(str(rule.rule_no), area, rule.kind, rule.grade, hours, rule.unit_code, days, mark, style=style)


@app.command("set")
def set_rule(
    area: Annotated[str, typer.Option(help="The area's code; the rule holds in all that lies in it.")],
    unit: Annotated[str, typer.Option(help="The unit's code; {district}, {street}, {community} are filled in.")],
    kind: Annotated[str, typer.Option(help="The kind's code, or * for all.")] = "*",
    grade: Annotated[str, typer.Option(help="general, major, or * for both.")] = "*",
    hours: Annotated[str, typer.Option(help="Local hours such as 18-8, the end excluded; empty: always.")] = "",
    since: Annotated[str, typer.Option(help="The first day, such as 2026-12-01; empty: today.")] = "",
    until: Annotated[str, typer.Option(help="The first day on which it does not hold any more.")] = "",
    source: Annotated[str, typer.Option(help="By whose word the rule stands.")] = "set by command",
    number: Annotated[int | None, typer.Option(help="Overwrite the rule of this number.")] = None,
) -> None:
    """Add one rule, or overwrite the one of that number."""
    begin, _, end = hours.partition("-")
    row = {"area_code": area, "unit_code": unit, "kind": kind, "grade": grade, "source": source}
    row |= {"hour_from": begin, "hour_to": end, "valid_from": since, "valid_to": until}
    terminal.run(_set(terminal.settings(), row, number))


async def _set(chosen: "Settings", row: dict[str, str], number: int | None) -> None:
    from actions.routing_table import next_no, put, read
    from config.seed.read import Row
    from models.rules.catalogue import CatalogueFault

    async with terminal.opened(chosen) as deps:
        today = deps.clock().astimezone(deps.setting.calendar.zone).date().isoformat()
        row |= {"rule_no": str(number or await next_no(deps)), "valid_from": row["valid_from"] or today}
        try:
            (rule,) = await read(deps, [Row("rule", 0, row)])
        except CatalogueFault as fault:
            raise CannotDo("; ".join(one.what for one in fault.faults)) from fault
        before = await put(deps, rule)
        table = _rules()
        if before is not None:
            _add(table, deps, before, "was")
        _add(table, deps, rule, "is")
    out.print(table)


@app.command()
def drop(number: Annotated[int, typer.Argument(help="The rule's number.")]) -> None:
    """Remove one rule; cases keep the reason by which they were routed."""
    terminal.run(_drop(terminal.settings(), number))


async def _drop(chosen: "Settings", number: int) -> None:
    from actions.routing_table import drop as drop_rule

    async with terminal.opened(chosen) as deps:
        await drop_rule(deps, number)
    out.print(f"Rule {number} is gone.")


@app.command("try")
def try_rules(
    kind: Annotated[str, typer.Argument(help="The kind: its code, its name, or words that mean it.")],
    place: Annotated[list[str], typer.Argument(help="An area's code, latitude and longitude, or words.")],
    grade: Annotated[str | None, typer.Option(help="general or major; without it, the kind's own.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option(help="The local time; without it, now.", formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show rules for other kinds too.")] = False,
) -> None:
    """Show who would get a case of a kind at a place, and why; changes nothing."""
    terminal.run(_try(terminal.settings(), kind, place, grade, at, every=every))


async def _try(
    chosen: "Settings", kind: str, place: list[str], grade: str | None, at: datetime | None, *, every: bool
) -> None:
    from actions.explain import try_route
    from models.rules.states import Grade

    if grade is not None and grade not in set(Grade):
        raise CannotDo(f"there is no grade {grade!r}; there are {' and '.join(Grade)}")
    async with terminal.opened(chosen) as deps:
        moment = at.replace(tzinfo=deps.setting.calendar.zone) if at else None
        tried = await try_route(deps, kind, place, grade=Grade(grade) if grade else None, at=moment)
        _explain(deps, tried, chosen.language, every=every)


def _explain(deps: "Deps", tried: "Tried", language: str, *, every: bool) -> None:
    """Shows the decision first and then every rule that was looked at."""
    from models.rules.routing import Why

    names, choice = tried.names, tried.run.choice
    place = " › ".join(filter(None, (names.city, names.district, names.street, names.community, names.grid)))
    out.print(f"{tried.kind.label.in_(language)} ({tried.kind.code}) · {place}  [dim]({tried.how})[/]")
    if choice.unit_code is None:
        out.print(f"→ [yellow]the dispatcher's queue[/]: {choice.why}")
    else:
        unit = tried.run.unit_name or f"{choice.unit_code}, a unit that nobody knows"
        person = tried.run.person_name or "[yellow]nobody on post: the dispatcher's queue[/]"
        assert choice.rule is not None
        out.print(f"→ [bold]{unit}[/], {person}: rule {choice.rule.rule_no}, {terminal.escaped(choice.rule.source)}")
    considered = [one for one in choice.considered if every or one.why is not Why.OTHER_KIND]
    table = _rules()
    for one in considered:
        _add(table, deps, one.rule, one.why, "bold" if one.why is Why.CHOSEN else "dim")
    if considered:
        out.print(table)
    n_others = len(choice.considered) - len(considered)
    if n_others:
        out.print(f"[dim]{n_others} rules for other kinds were passed over (--all shows them).[/]")
