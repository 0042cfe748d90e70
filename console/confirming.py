"""Commands by which an operator confirms people where no admin can yet: the first admin of a city, above all."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from config.settings import Settings

Person = Annotated[str, typer.Argument(metavar="PERSON", help="The staff number, or the whole name.")]


def waiting() -> None:
    """List chats that showed somebody's code and wait for an admin."""
    terminal.run(_waiting(terminal.settings()))


async def _waiting(chosen: "Settings") -> None:
    from actions.bindings import waiting as asked

    async with terminal.opened(chosen) as deps:
        found = await asked(deps)
        zone = deps.setting.calendar.zone
        table = terminal.table("person", "name", "asked at", "#messages kept")
        for one in found:
            table.add_row(one.staff_no, one.name, f"{one.asked_at.astimezone(zone):%Y-%m-%d %H:%M}", str(one.n_held))
    out.print(table if found else "Nobody waits.")


def confirm(person: Person) -> None:
    """Confirm that the chat that showed somebody's code is theirs; what they sent meanwhile is handled now."""
    terminal.run(_decide(terminal.settings(), person, confirmed=True))


def refuse(person: Person) -> None:
    """Refuse a chat that showed somebody's code; what it sent stays in the inbox, unhandled."""
    terminal.run(_decide(terminal.settings(), person, confirmed=False))


async def _decide(chosen: "Settings", named: str, *, confirmed: bool) -> None:
    from actions import bindings

    async with terminal.opened(chosen) as deps:
        found = [one for one in await bindings.waiting(deps) if named in (one.staff_no, one.name)]
        if not found:
            raise CannotDo(f"no chat of {named} waits; `whistle roster waiting` lists them")
        if len(found) > 1:
            raise CannotDo(f"{len(found)} chats wait for {named}; an admin has to choose in chat")
        await bindings.decide(deps, None, found[0].request_id, confirmed=confirmed)
    out.print(f"{found[0].name} is {'confirmed' if confirmed else 'refused'}.")
