"""Commands about what was set aside: jobs, messages and updates that could not be handled."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.operate import Dead
    from actions.ports import Deps
    from config.settings import Settings

app = typer.Typer(help="What was set aside: list it, look at it, try it again, strike it off.", no_args_is_help=True)
References = Annotated[
    list[str] | None, typer.Argument(metavar="REFERENCE...", help="J12 a job, M34 a message, U56 an update.")
]
SORTS = {"jobs": "J", "messages": "M", "updates": "U"}
EVERYTHING = 10_000
WHICH = "jobs, messages or updates; without it, all three."


@app.command("list")
def list_dead(
    which: Annotated[str, typer.Argument(help=WHICH)] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many of each sort.")] = 50,
) -> None:
    """List what was set aside, the latest first."""
    terminal.run(_list(terminal.settings(), which, limit))


async def _list(chosen: "Settings", which: str, limit: int) -> None:
    async with terminal.opened(chosen, with_places=False) as deps:
        found = await _found(deps, which, limit)
        zone = deps.setting.calendar.zone
        table = terminal.table("reference", "since", "what", "whom", "why")
        for one in found:
            at = f"{one.set_aside_at.astimezone(zone):%Y-%m-%d %H:%M}"
            whom, why = terminal.escaped(one.whom), terminal.escaped(one.why_shortly)
            table.add_row(one.reference, at, one.what, whom, why)
    out.print(table if found else "Nothing was set aside.")


async def _found(deps: "Deps", which: str, limit: int) -> "tuple[Dead, ...]":
    from actions.operate import Sort, dead

    if which and which not in SORTS:
        raise CannotDo(f"say {WHICH}")
    return await dead(deps, (Sort(SORTS[which]),) if which else tuple(Sort), limit)


@app.command()
def show(reference: Annotated[str, typer.Argument(help="J12, M34 or U56.")]) -> None:
    """Show one of them with the whole fault."""
    terminal.run(_show(terminal.settings(), reference))


async def _show(chosen: "Settings", reference: str) -> None:
    from actions.operate import read_reference
    from config.logging import scrub

    wanted = read_reference(reference)
    async with terminal.opened(chosen, with_places=False) as deps:
        for one in await _found(deps, "", EVERYTHING):
            if (one.sort, one.number) == wanted:
                out.print(f"[bold]{one.reference}[/] {one.what} · {terminal.escaped(one.whom)} · {one.set_aside_at}")
                out.print(terminal.escaped(scrub(one.why)))
                return
    raise CannotDo(f"{reference} was not set aside")


@app.command()
def retry(
    references: References = None,
    every: Annotated[bool, typer.Option("--all", help="Everything on the list that can be tried again.")] = False,
) -> None:
    """Let what was set aside be tried again at once."""
    terminal.run(_each(terminal.settings(), references, every=every, again=True))


@app.command()
def drop(
    references: References = None,
    every: Annotated[bool, typer.Option("--all", help="Everything on the list.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
) -> None:
    """Strike what was set aside off the list, undone for good; its row stays in the database."""
    terminal.agreed("Strike these off the list for good?", yes=yes)
    terminal.run(_each(terminal.settings(), references, every=every, again=False))


async def _each(chosen: "Settings", references: Sequence[str] | None, *, every: bool, again: bool) -> None:
    from actions import operate

    if every is bool(references):
        raise CannotDo("say references, or --all")
    async with terminal.opened(chosen, with_places=False) as deps:
        wanted = list(references or ())
        if every:
            listed = await _found(deps, "", EVERYTHING)
            wanted = [one.reference for one in listed if one.retriable or not again]
            if len(wanted) < len(listed):
                out.print(f"{len(listed) - len(wanted)} messages stay: no chat reaches their people.")
        for reference in wanted:
            if again:
                await operate.retry(deps, reference, chosen.channel)
            else:
                await operate.drop(deps, reference, chosen.channel)
            out.print(f"{reference.upper()} {'is tried again' if again else 'is struck off'}.")
    if every and not wanted:
        out.print("Nothing to do.")
