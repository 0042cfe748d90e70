"""Commands about the figures that are counted beforehand."""

from typing import TYPE_CHECKING

import typer

from console import terminal
from console.terminal import out

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(help="The figures that are counted beforehand for the board.", no_args_is_help=True)


@app.callback()
def rollup() -> None:
    """Look after the figures that are counted beforehand for the board."""


@app.command()
def rebuild() -> None:
    """Count every day anew from the cases; the board is right meanwhile, and afterwards quick."""
    terminal.run(_rebuild(terminal.settings()))


async def _rebuild(chosen: "Settings") -> None:
    from actions.statistics import rebuild as count_anew

    async with terminal.opened(chosen) as deps:
        with terminal.err.status("Counting every day anew …"):
            n_days = await count_anew(deps)
    out.print(f"{n_days} days were counted anew.")
