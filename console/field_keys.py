"""Commands about the keys that seal names, telephone numbers and talks."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(help="The keys that seal names, phone numbers and talks.", no_args_is_help=True)


@app.command("list")
def list_keys() -> None:
    """Show how many values each key sealed."""
    terminal.run(_list(terminal.settings()))


async def _list(chosen: "Settings") -> None:
    from actions.field_keys import census

    async with terminal.opened(chosen, with_places=False) as deps:
        found, ring = await census(deps), deps.store.keyring
    table = terminal.table("column", "key", "#values")
    for one in found:
        table.add_row(one.column, _named(one.key_id, ring.newest), str(one.n))
    out.print(table)
    out.print(f"Known here: {', '.join(ring.ids)}.")


def _named(key_id: str | None, newest: str) -> str:
    if key_id is None:
        return "[red]unsealed[/]"
    return f"{key_id} (newest)" if key_id == newest else key_id


@app.command()
def new() -> None:
    """Draw a key for WHISTLE_FIELD_KEYS and print it; nothing is changed."""
    from models.tables.keyring import draw, written

    out.print(written(draw()))


@app.command()
def rotate(
    draw: Annotated[
        bool, typer.Option("--draw", help="First draw a new key into the file `field-keys` of the data folder.")
    ] = False,
) -> None:
    """Seal everything with the newest key; may be stopped and run again, and runs beside the service.

    With WHISTLE_FIELD_KEYS: put the new key in front of the others, restart every process, then run this.
    """
    terminal.run(_rotate(terminal.settings(), draw=draw))


async def _rotate(chosen: "Settings", *, draw: bool) -> None:
    import wiring
    from actions.field_keys import rotate as seal_anew
    from config.keyfile import keep
    from models.tables.keyring import draw as drawn
    from models.tables.keyring import written

    if draw:
        _need_key_file(chosen)
        known = wiring.keyring_of(chosen).keys
        keep(wiring.key_file(chosen), [written(key) for key in (drawn(), *known)])
    done: dict[str, int] = {}
    async with terminal.opened(chosen, with_places=False) as deps:
        with terminal.progress() as progress:
            task = progress.add_task("Sealing", total=None)
            async for step in seal_anew(deps):
                progress.update(task, description=f"Sealing {step.column}", advance=1)
                done[step.column] = step.n_sealed
        newest = deps.store.keyring.newest
    parts = ", ".join(f"{n} of {column}" for column, n in done.items() if n)
    out.print(f"[green]✓[/] Everything is sealed with {newest}: {parts or 'nothing was left to do'}.")


@app.command()
def forget() -> None:
    """Take the keys that seal nothing any more out of the file `field-keys`; restart the service before."""
    terminal.run(_forget(terminal.settings()))


async def _forget(chosen: "Settings") -> None:
    import wiring
    from actions.field_keys import census
    from config.keyfile import keep
    from models.tables.keyring import written

    _need_key_file(chosen)
    async with terminal.opened(chosen, with_places=False) as deps:
        found, ring = await census(deps), deps.store.keyring
    left = sum(one.n for one in found if one.key_id != ring.newest)
    if left:
        raise CannotDo(f"{left} values are not sealed with {ring.newest} yet; run `whistle keys rotate`")
    keep(wiring.key_file(chosen), [written(ring.keys[0])])
    out.print(f"[green]✓[/] {len(ring.keys) - 1} keys were forgotten, {ring.newest} stays.")


def _need_key_file(chosen: "Settings") -> None:
    if chosen.field_keys.get_secret_value().strip():
        raise CannotDo("the keys come from WHISTLE_FIELD_KEYS: change them there; `whistle keys new` draws one")
