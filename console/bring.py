"""Commands that bring a city's own data in: boundaries, units and rules, the roster."""

from pathlib import Path
from typing import Annotated

import typer

from console import boundaries, terminal
from console.terminal import CannotDo

app = typer.Typer(help="Bring in boundaries, units and rules, or the roster.", no_args_is_help=True)
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]

app.command()(boundaries.city)
app.command()(boundaries.boundaries)
app.command()(boundaries.editions)
app.command()(boundaries.rollback)


@app.command("roster")
def bring_roster(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, with the columns of config/seed/roster.csv.")],
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
