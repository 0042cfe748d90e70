"""The command that moves a pilot's data to the database of a city."""

from typing import Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

Source = Annotated[str, typer.Argument(metavar="SOURCE_URL", help="sqlite+aiosqlite:///data/whistle.sqlite3")]
Target = Annotated[str, typer.Argument(metavar="TARGET_URL", help="postgresql+asyncpg://user:password@host/database")]


def migrate_data(
    source: Source,
    target: Target,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
) -> None:
    """Move everything from SQLite to an empty PostgreSQL, check every row, and mark the old database as moved.

    End the service first. What is broken off leaves the target empty and may be started again. Pictures stay where
    they are: bring them to the store that WHISTLE_PHOTOS will name.
    """
    terminal.agreed("Move everything? The old database cannot be used any more afterwards.", yes=yes)
    terminal.run(_move(source, target))


async def _move(source: str, target: str) -> None:
    from actions.moving import move
    from wiring import now

    with terminal.progress() as bar:
        task = bar.add_task("")

        def told(table: str, n: int, total: int) -> None:
            bar.update(task, description=table, completed=n, total=max(total, 1))

        try:
            moved = await move(source, target, now(), told)
        except ValueError as fault:
            raise CannotDo(str(fault)) from fault
    table = terminal.table("table", "#rows", "digest of all rows")
    for one in moved:
        if one.n_rows:
            table.add_row(one.table, str(one.n_rows), one.digest[:16])
    out.print(table)
    out.print(
        f"{sum(one.n_rows for one in moved)} rows are there, each the same. Set WHISTLE_DATABASE_URL to the target."
    )
