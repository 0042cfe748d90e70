"""Commands that bring a city's own data in: boundaries, units and rules, the roster."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, err, out

if TYPE_CHECKING:
    from actions.boundaries import Review
    from actions.ports import Deps
    from config.settings import Settings

app = typer.Typer(help="Bring in boundaries, units and rules, or the roster.", no_args_is_help=True)
LISTED = 12
"""How many entries of a long list are shown."""

Folder = Annotated[Path, typer.Argument(help="A folder that a city.toml describes.", file_okay=False, exists=True)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Take boundaries over although they have faults.")]


@app.command()
def city(folder: Folder, yes: Yes = False, dry_run: DryRun = False, anyway: Anyway = False) -> None:
    """Bring in a whole city: its boundaries, and its units and routing rules where there are none yet."""
    chosen = terminal.settings()
    terminal.run(_boundaries(chosen, folder, yes=yes, dry_run=dry_run, anyway=anyway, whole=True))


@app.command()
def boundaries(folder: Folder, yes: Yes = False, dry_run: DryRun = False, anyway: Anyway = False) -> None:
    """Bring in boundaries as the edition in force; running cases keep the edition they began with."""
    chosen = terminal.settings()
    terminal.run(_boundaries(chosen, folder, yes=yes, dry_run=dry_run, anyway=anyway, whole=False))


async def _boundaries(chosen: "Settings", folder: Path, *, yes: bool, dry_run: bool, anyway: bool, whole: bool) -> None:
    from actions.boundaries import N_STEPS, review
    from actions.city import import_boundaries
    from geo.loaders import read_city

    async with terminal.opened(chosen, with_places=False) as deps:
        with err.status("Reading the boundaries …"):
            shapes = await asyncio.to_thread(read_city, folder)
        with terminal.progress() as progress:
            task = progress.add_task(f"Examining {len(shapes)} areas", total=N_STEPS)
            found = await review(deps, shapes, lambda _: progress.advance(task))
        _show(found)
        if dry_run:
            return
        if not found.report.clean and not anyway:
            raise CannotDo("the boundaries have faults; mend them, or say --anyway to take them over as they are")
        if not found.known:
            terminal.agreed("Put this edition in force?", yes=yes)
            with err.status("Saving the edition …"):
                await import_boundaries(deps.store, found.shapes, deps.clock())
    await _finish(chosen, whole=whole)


async def _finish(chosen: "Settings", *, whole: bool) -> None:
    """Builds the index of the edition in force and, for a whole city, the units and rules that are missing."""
    with err.status("Building the index …"):
        async with terminal.opened(chosen) as deps:
            assert deps.index is not None
            out.print(f"Edition {deps.index.edition} is in force, with {len(deps.index.areas)} areas.")
            if whole:
                await _units_and_rules(chosen, deps)
    out.print("Restart the service: running processes keep the boundaries they began with.")


async def _units_and_rules(chosen: "Settings", deps: "Deps") -> None:
    from actions.city import import_units

    assert deps.index is not None
    async with deps.store.begin() as unit:
        n_units = await import_units(unit, deps.catalogue, deps.index.areas.values(), chosen.language)
        rules = await unit.routing.all()
        if not rules:
            await unit.routing.save(deps.catalogue.routing)
    out.print(f"{n_units} units are known.")
    kept = (
        f"{len(rules)} routing rules were there already and stay" if rules else "the routing rules of the seed came in"
    )
    out.print(f"{kept}; `whistle route export` shows them.")


def _show(found: "Review") -> None:
    """Shows what an import holds and changes."""
    report = found.report
    table = terminal.table("level", "#areas")
    for level, count in report.counts.items():
        if count:
            table.add_row(level.value, str(count))
    out.print(f"Edition {report.edition}")
    out.print(table)
    _list("repaired", [f"{r.area.code} {r.area.name}: {r.fault} ({r.changed_m2:.0f} m²)" for r in report.repaired])
    _list("refused", [f"{r.area.code} {r.area.name}: {r.reason}" for r in report.refused], bad=True)
    _list("without a parent", [f"{a.code} {a.name}" for a in report.orphans], bad=True)
    _list(
        "doubtful parents",
        [
            f"{d.area.code} {d.area.name} lies {1 - d.share_in_parent:.0%} outside {d.parent.name}"
            for d in report.doubts
        ],
        bad=True,
    )
    _list(
        "overlaps",
        [
            f"{o.first.code} {o.first.name} and {o.second.code} {o.second.name}: {o.area_m2:.0f} m²"
            for o in report.overlaps
        ],
        bad=True,
    )
    _list("gaps", [f"{g.parent.name if g.parent else 'the city'}: {g.area_m2:.0f} m²" for g in report.gaps], bad=True)
    _list("outside their parent", [f"{s.area.code} {s.area.name}: {s.area_m2:.0f} m²" for s in report.spills], bad=True)
    _show_changes(found)


def _show_changes(found: "Review") -> None:
    if found.datum is not None:
        out.print(
            f"[yellow]The numbers fit the known ground better as {found.datum.datum.value}"
            f" ({found.datum.overlap:.0%} shared); is `datum` in city.toml right?[/]"
        )
    if found.known:
        out.print("This very edition is in force already; nothing changes.")
    changes = found.changes
    if changes is None:
        return
    if not changes.any:
        out.print(f"Nothing changes against edition {found.before}.")
    _list("new", [f"{a.code} {a.name}" for a in changes.added])
    _list("gone", [f"{a.code} {a.name}" for a in changes.gone])
    _list("renamed", [f"{r.after.code} {r.before.name} → {r.after.name}" for r in changes.renamed])
    _list(
        "moved",
        [
            f"{m.area.code} {m.area.name}: +{m.gained_m2:.0f} m², −{m.lost_m2:.0f} m², up to {m.farthest_m:.0f} m"
            for m in sorted(changes.moved, key=lambda m: -m.farthest_m)
        ],
    )
    _list("open cases that lie in another street now, and stay where they are", list(found.elsewhere))


def _list(title: str, entries: list[str], *, bad: bool = False) -> None:
    """Shows a list under a title with its length, and not more of it than a person reads."""
    if not entries:
        return
    out.print(f"[{'red' if bad else 'bold'}]{title}: {len(entries)}[/]")
    for entry in entries[:LISTED]:
        out.print(f"  {terminal.escaped(entry)}")
    if len(entries) > LISTED:
        out.print(f"  … and {len(entries) - LISTED} more")


@app.command("roster")
def bring_roster(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns of config/seed/roster.csv.")],
    dry_run: DryRun = False,
    complete: Annotated[bool, typer.Option(help="End everybody whom the file does not list.")] = False,
    codes: Annotated[
        Path | None, typer.Option(help="Write a one-time code for everybody without a chat to this new file.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Bring in a roster; faults are named by line, and nothing changes while there is one."""
    from console.roster_file import bring

    if codes is not None and codes.exists():
        raise CannotDo(f"{codes} exists already; codes are written to a new file only")
    chosen = terminal.settings()
    terminal.run(bring(chosen, file, dry_run=dry_run, complete=complete, codes=codes, yes=yes))
