"""Commands that bring boundaries in, and that lead back to earlier ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.boundary_files import Brought, Described, Told, brought, told_levels
from console.boundary_review import show, show_changes
from console.terminal import CannotDo, err, out

if TYPE_CHECKING:
    from actions.boundaries import Review
    from actions.ports import Deps
    from config.settings import Settings
    from geo.areas import Area
    from geo.datum import Datum

Folder = Annotated[Path, typer.Argument(help="A folder that a city.toml describes.", file_okay=False, exists=True)]
Files = Annotated[
    list[Path],
    typer.Argument(
        help="GeoJSON, GeoPackage, Shapefile, each zipped or not; or a folder that a city.toml describes.", exists=True
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]
Anyway = Annotated[bool, typer.Option("--anyway", help="Take boundaries over although they have faults.")]
Full = Annotated[bool, typer.Option("--full", help="Show long lists whole.")]
Tolerance = Annotated[float, typer.Option(help="Overlaps and gaps up to so many m² are taken for rounding.", min=0)]


Find = Callable[["Area | None"], Brought | Described]
"""Finds out what to read, given the city in force."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How an import is to go."""

    yes: bool
    dry_run: bool
    anyway: bool
    tolerance_m2: float
    full: bool


def city(
    folder: Folder,
    yes: Yes = False,
    dry_run: DryRun = False,
    anyway: Anyway = False,
    tolerance: Tolerance = 100.0,
    full: Full = False,
) -> None:
    """Bring in a whole city: its boundaries, and its units and routing rules where there are none yet."""
    chosen = terminal.settings()
    wish = Wish(yes, dry_run, anyway, tolerance, full)
    terminal.run(_bring(chosen, lambda _: Described(folder), wish, whole=True))


def boundaries(
    files: Files,
    level: Annotated[
        list[str] | None, typer.Option(help="LAYER=LEVEL for each layer to bring in, or LEVEL for the only one.")
    ] = None,
    code: Annotated[list[str] | None, typer.Option(help="The field that holds the code; several for layers.")] = None,
    name: Annotated[list[str] | None, typer.Option(help="The field that holds the name; several for layers.")] = None,
    parent: Annotated[
        list[str] | None,
        typer.Option(help="The field that holds the parent's code; else it follows from codes or from the ground."),
    ] = None,
    datum: Annotated[
        str | None, typer.Option(help="What the numbers are in: wgs84, gcj02, bd09, cgcs2000. Else it is questioned.")
    ] = None,
    whose: Annotated[str | None, typer.Option("--city", help="CODE=NAME of the city, if no layer holds it.")] = None,
    encoding: Annotated[str | None, typer.Option(help="For a Shapefile that does not name its own.")] = None,
    tolerance: Tolerance = 100.0,
    yes: Yes = False,
    dry_run: DryRun = False,
    anyway: Anyway = False,
    full: Full = False,
) -> None:
    """Bring in boundaries as the edition in force; running cases keep the edition they began with.

    What is not said by options is asked: the level of each layer, the fields, the city, a datum that fits better.
    """
    chosen = terminal.settings()
    wish = Wish(yes, dry_run, anyway, tolerance, full)
    if len(files) == 1 and files[0].is_dir():
        terminal.run(_bring(chosen, lambda _: Described(files[0]), wish, whole=False))
        return
    told = Told(
        told_levels(level or ()), tuple(code or ()), tuple(name or ()), tuple(parent or ()), encoding, ask=not yes
    )
    declared = _datum(datum)
    terminal.run(_bring(chosen, lambda known: brought(files, told, declared, whose, known), wish, whole=False))


def rollback(
    edition: Annotated[
        str | None, typer.Argument(help="The edition to go back to. Without it: the one that was in force before.")
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    full: Full = False,
) -> None:
    """Put an earlier edition of the boundaries back in force."""
    chosen = terminal.settings()
    terminal.run(_turn(chosen, edition, yes=yes, dry_run=dry_run, full=full))


def editions() -> None:
    """List the editions of the boundaries that are kept."""
    terminal.run(_editions(terminal.settings()))


def _datum(given: str | None) -> "Datum | None":
    from geo.datum import Datum

    if given is None:
        return None
    if given not in set(Datum):
        raise CannotDo(f"there is no datum {given!r}; there are {', '.join(Datum)}")
    return Datum(given)


async def _bring(chosen: "Settings", find: Find, wish: Wish, *, whole: bool) -> None:
    from actions.boundaries import city_in_force
    from actions.city import import_boundaries

    async with terminal.opened(chosen, with_places=False) as deps:
        given = find(await city_in_force(deps))
        found = await _reviewed(deps, given, wish)
        if found.datum is not None:
            found = await _questioned(deps, given, wish, found)
        show(found, full=wish.full)
        if wish.dry_run:
            return
        if not found.report.clean and not wish.anyway:
            raise CannotDo("the boundaries have faults; mend them, or say --anyway to take them over as they are")
        if not found.known:
            terminal.agreed("Put this edition in force?", yes=wish.yes)
            with err.status("Saving the edition …"):
                await import_boundaries(deps.store, found.shapes, deps.clock())
    await _finish(chosen, whole=whole)


async def _reviewed(deps: "Deps", given: Brought | Described, wish: Wish) -> "Review":
    """Reads and examines, with a progress bar."""
    from actions.boundaries import N_STEPS, review

    with terminal.progress() as progress:
        task = progress.add_task("", total=len(given.parts) + N_STEPS)

        def on(what: str) -> None:
            progress.update(task, description=what, advance=1)

        shapes = await asyncio.to_thread(given.read, lambda title: on(f"Reading {title}"))
        count = len(shapes)
        return await review(
            deps, shapes, lambda step: on(f"Examining {count} areas: {step}"), tolerance_m2=wish.tolerance_m2
        )


async def _questioned(deps: "Deps", given: Brought | Described, wish: Wish, found: "Review") -> "Review":
    """Asks about a datum that fits clearly better, where none was declared; never converts without an answer."""
    assert found.datum is not None
    better = found.datum.datum
    said = f"The numbers fit the known ground better as {better.value} ({found.datum.overlap:.0%} shared)"
    if isinstance(given, Described) or not given.datum_open:
        out.print(f"[yellow]{said} than as declared.[/]")
        return found
    out.print(f"[yellow]{said}.[/]")
    if wish.yes or wish.dry_run:
        raise CannotDo(f"which datum is it? Say --datum {better.value}, or --datum wgs84 to keep the numbers")
    if not typer.confirm(f"Read them as {better.value}?"):
        return found
    return await _reviewed(deps, given.declared(better), wish)


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


async def _turn(chosen: "Settings", edition: str | None, *, yes: bool, dry_run: bool, full: bool) -> None:
    from actions.editions import turn, weigh

    async with terminal.opened(chosen, with_places=False) as deps:
        with err.status("Comparing the editions …"):
            turned = await weigh(deps, edition)
        out.print(f"From edition {turned.before} to edition {turned.after}:")
        show_changes(turned.before, turned.comparison.changes, turned.comparison.elsewhere, full=full)
        if dry_run:
            return
        terminal.agreed("Put this edition in force?", yes=yes)
        await turn(deps, turned)
    await _finish(chosen, whole=False)


async def _editions(chosen: "Settings") -> None:
    from actions.editions import kept

    async with terminal.opened(chosen, with_places=False) as deps:
        known = await kept(deps)
    table = terminal.table("edition", "saved", "#areas", "")
    for row in known:
        saved = f"{row.saved_at:%Y-%m-%d %H:%M} UTC"
        table.add_row(row.edition_id, saved, str(row.n_areas), "in force" if row.current else "")
    out.print(table if known else "No edition is kept yet; `whistle import city` brings the first one in.")
