"""Commands about who comes in through the web: keys of other systems, and browsers in which people are signed in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(help="Keys of other systems: make one, list them, revoke one.", no_args_is_help=True)
sessions = typer.Typer(help="Browsers in which somebody is signed in: list them, end them.", no_args_is_help=True)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Whose key it is, such as the name of the other system.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do: read, write, open311, metrics, webhooks. May be repeated.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Only this area and all that lies in it.")] = None,
    person: Annotated[
        str | None, typer.Option(help="In whose name it acts: staff number or whole name. Verbs need one.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, help="After how many days it is over.")] = 365,
) -> None:
    """Make a key. It is shown once, now; what is kept is its hash."""
    terminal.run(_new(terminal.settings(), name, scope or ["read"], area, person, days))


async def _new(
    chosen: "Settings", name: str, scopes: list[str], area: str | None, person: str | None, days: int
) -> None:
    from actions.access import SCOPES, WRITE, new_key
    from actions.roster import find

    wrong = sorted(set(scopes) - set(SCOPES))
    if wrong:
        raise CannotDo(f"there is no scope {', '.join(wrong)}; there are {', '.join(SCOPES)}")
    if WRITE in scopes and person is None:
        raise CannotDo("who writes must be somebody: add --person, in whose name the key acts")
    async with terminal.opened(chosen) as deps:
        acting = await find(deps, person) if person is not None else None
        person_id = acting.person_id if acting is not None else None
        key = await new_key(deps, name, scopes, area_code=area, person_id=person_id, days=days)
    out.print(f"[bold]{key}[/]")
    out.print(f"For {terminal.escaped(name)}: {', '.join(scopes)}, for {days} days. It cannot be shown again.")


@app.command("list")
def list_keys() -> None:
    """List the keys, those that ended too; never the keys themselves."""
    terminal.run(_list(terminal.settings()))


async def _list(chosen: "Settings") -> None:
    from actions.access import keys

    async with terminal.opened(chosen) as deps:
        found = await keys(deps)
        async with deps.store.read() as unit:
            names = await unit.people.names({key.person_id for key in found if key.person_id is not None})
        now = deps.clock()
    table = terminal.table("key", "name", "may", "area", "acts as", "until", "state")
    for key in found:
        over = key.expires_at is not None and key.expires_at <= now
        state = "revoked" if key.revoked_at else "over" if over else "holds"
        acts_as = names.get(key.person_id, "") if key.person_id is not None else "–"
        until = _day(key.expires_at) if key.expires_at else "–"
        table.add_row(
            f"wk_{key.prefix}_…", key.name, ", ".join(key.scopes), key.area_code or "–", acts_as, until, state
        )
    out.print(table if found else "There is no key.")


@app.command()
def revoke(key: Annotated[str, typer.Argument(help="The key, or what it begins with, as the list shows it.")]) -> None:
    """End a key at once."""
    terminal.run(_revoke(terminal.settings(), key))


async def _revoke(chosen: "Settings", key: str) -> None:
    from actions.access import revoke_key

    async with terminal.opened(chosen, with_places=False) as deps:
        await revoke_key(deps, key.rstrip("…"))
    out.print("Revoked.")


@sessions.command("list")
def list_sessions() -> None:
    """List the browsers in which somebody is signed in."""
    terminal.run(_list_sessions(terminal.settings()))


async def _list_sessions(chosen: "Settings") -> None:
    from actions.access import sessions as signed_in

    async with terminal.opened(chosen, with_places=False) as deps:
        found = await signed_in(deps)
        async with deps.store.read() as unit:
            names = await unit.people.names({session.person_id for session in found})
    table = terminal.table("person", "browser", "since", "until")
    for session in found:
        since, until = _moment(session.created_at), _moment(session.expires_at)
        table.add_row(names.get(session.person_id, ""), terminal.escaped(session.browser), since, until)
    out.print(table if found else "Nobody is signed in.")


@sessions.command()
def end(person: Annotated[str, typer.Argument(help="The staff number, or the whole name.")]) -> None:
    """Sign somebody out of every browser."""
    terminal.run(_end(terminal.settings(), person))


async def _end(chosen: "Settings", named: str) -> None:
    from actions.access import sign_out_everywhere
    from actions.roster import find

    async with terminal.opened(chosen, with_places=False) as deps:
        person = await find(deps, named)
        n = await sign_out_everywhere(deps, person.person_id)
    out.print(f"{person.name}: signed out of {n}.")


def _day(at: datetime) -> str:
    return at.astimezone().date().isoformat()


def _moment(at: datetime) -> str:
    return at.astimezone().isoformat(" ", "minutes")[:16]
