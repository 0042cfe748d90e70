"""Commands about what is known of people: how long it is kept, a copy for the person, and their erasure."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(help="What is known of a person: a copy for them, or nothing any more.", no_args_is_help=True)
StaffNo = Annotated[str, typer.Argument(metavar="STAFF_NO", help="The roster's number of the person.")]


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be let go of.")] = False,
) -> None:
    """Let go of what was kept long enough, by the periods in `retention.csv`; the schedule does so every night."""
    terminal.run(_retain(terminal.settings(), dry_run=dry_run))


async def _retain(chosen: "Settings", *, dry_run: bool) -> None:
    from actions.retention import retain as let_go

    table = terminal.table("what", "#kept for days", "#would be let go of" if dry_run else "#let go of")
    async with terminal.opened(chosen, with_places=False) as deps:
        with terminal.progress() as progress:
            task = progress.add_task("Letting go", total=len(deps.catalogue.kept_days))
            async for done in let_go(deps, dry_run=dry_run):
                progress.advance(task)
                table.add_row(done.kept, str(done.days), str(done.n))
    out.print(table)


@app.command()
def export(
    staff_no: StaffNo,
    to: Annotated[Path, typer.Option("--out", help="The ZIP file to write; it must not exist yet.")],
) -> None:
    """Write everything that is known of a person, with their pictures, into a file for them."""
    if to.exists():
        raise CannotDo(f"{to} exists already")
    data = terminal.run(_export(terminal.settings(), staff_no))
    try:
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as fault:
        raise CannotDo(f"{to} cannot be written ({fault.strerror})") from fault
    out.print(f"[green]✓[/] {to}, {len(data):,} bytes, readable by you only.")


async def _export(chosen: "Settings", staff_no: str) -> bytes:
    from actions.erasure import export as packed
    from actions.erasure import person_id_of

    async with terminal.opened(chosen, with_places=False) as deps:
        return await packed(deps, await person_id_of(deps, staff_no))


@app.command()
def erase(
    staff_no: StaffNo,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Take name, telephone, number, chats and talks of a person away for good; cases keep a number for them."""
    terminal.agreed(f"Erase {staff_no} for good? An export comes first, if they want one.", yes=yes)
    person_id = terminal.run(_erase(terminal.settings(), staff_no))
    out.print(f"[green]✓[/] {staff_no} is #{person_id} now, and nothing else is known of them.")


async def _erase(chosen: "Settings", staff_no: str) -> int:
    from actions.erasure import erase as take_away
    from actions.erasure import person_id_of

    async with terminal.opened(chosen, with_places=False) as deps:
        person_id = await person_id_of(deps, staff_no)
        await take_away(deps, person_id)
    return person_id
