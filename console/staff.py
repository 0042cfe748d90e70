"""Commands about single people: who leaves, moves, swaps A and B, is away, and comes back."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from actions.passing_on import Passed
    from actions.ports import Deps
    from config.settings import Settings
    from models.rules.roles import Post

Person = Annotated[str, typer.Argument(metavar="PERSON", help="The staff number, or the whole name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
DAY = "%Y-%m-%d"


def stop(person: Person, yes: Yes = False) -> None:
    """Let somebody leave: posts, chats and codes end at once; open cases go to the deputy or the dispatcher."""
    terminal.run(_stop(terminal.settings(), person, yes=yes))


async def _stop(chosen: "Settings", named: str, *, yes: bool) -> None:
    from actions.roster import find
    from actions.staffing import leave

    async with terminal.opened(chosen) as deps:
        person = await find(deps, named)
        terminal.agreed(f"End every post and chat of {person.name} ({person.staff_no})?", yes=yes)
        left = await leave(deps, person.person_id)
        out.print(f"{person.name}: {left.n_posts} posts and {left.n_chats} chats ended.")
        await _passed(deps, left.passed)


def transfer(
    person: Person,
    area: Annotated[str, typer.Argument(help="The code of the new area.")],
    role: Annotated[str | None, typer.Option(help="The new role; without it the role stays.")] = None,
    unit: Annotated[str | None, typer.Option(help="The new unit, for a responsible unit or a street office.")] = None,
    shift: Annotated[str | None, typer.Option(help="A or B; without it as before.")] = None,
    old: Annotated[
        str | None, typer.Option("--from", metavar="AREA", help="Only posts in this area end; all without it.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Move somebody to another area or unit; chat and unfinished reports stay, open cases of the old post pass on."""
    from models.rules.roles import Role

    if role is not None and role not in set(Role) - {Role.SYSTEM}:
        raise CannotDo(f"there is no role {role!r}; there are {', '.join(sorted(set(Role) - {Role.SYSTEM}))}")
    if shift not in (None, "A", "B"):
        raise CannotDo("the shift is A or B")
    terminal.run(_transfer(terminal.settings(), person, area, role, unit, shift, old, yes=yes))


async def _transfer(
    chosen: "Settings",
    named: str,
    area: str,
    role: str | None,
    unit: str | None,
    shift: str | None,
    old: str | None,
    *,
    yes: bool,
) -> None:
    from actions import staffing
    from actions.roster import find
    from models.rules.roles import Role

    async with terminal.opened(chosen) as deps:
        person = await find(deps, named)
        terminal.agreed(f"Move {person.name} ({person.staff_no}) to {area}?", yes=yes)
        moved = await staffing.transfer(
            deps,
            person.person_id,
            area,
            role=Role(role) if role else None,
            unit_code=unit,
            shift=shift,
            from_area=old,
        )
        for title, posts in (("ended", moved.ended), ("begun", moved.begun)):
            for post in posts:
                out.print(f"{title}: {_post(post)}")
        await _passed(deps, moved.passed)


def swap(
    first: Person,
    second: Annotated[
        str, typer.Argument(metavar="PERSON", help="The one who holds the same post on the other shift.")
    ],
) -> None:
    """Swap A and B of two people who share a post."""
    terminal.run(_swap(terminal.settings(), first, second))


async def _swap(chosen: "Settings", first: str, second: str) -> None:
    from actions import staffing
    from actions.roster import find

    async with terminal.opened(chosen) as deps:
        one, other = await find(deps, first), await find(deps, second)
        posts = await staffing.swap(deps, None, one.person_id, other.person_id)
    for post in posts:
        out.print(f"{one.name}: {_post(post)}; {other.name} stands opposite.")


def absent(
    person: Person,
    first: Annotated[datetime, typer.Option("--from", formats=[DAY], help="The first day away.")],
    last: Annotated[datetime, typer.Option("--to", formats=[DAY], help="The last day away.")],
) -> None:
    """Note that somebody is away from a day to a day; the deputy receives, and takes over what is open."""
    if last < first:
        raise CannotDo("the last day lies before the first")
    terminal.run(_absent(terminal.settings(), person, first, last))


async def _absent(chosen: "Settings", named: str, first: datetime, last: datetime) -> None:
    from actions import staffing
    from actions.roster import find

    async with terminal.opened(chosen) as deps:
        person = await find(deps, named)
        await staffing.absent(deps, None, person.person_id, first.date(), last.date())
    out.print(f"{person.name} is away from {first:%Y-%m-%d} to {last:%Y-%m-%d}.")


def back(person: Person) -> None:
    """Note that somebody is back, and strike off absences that have not begun."""
    terminal.run(_back(terminal.settings(), person))


async def _back(chosen: "Settings", named: str) -> None:
    from actions import staffing
    from actions.roster import find

    async with terminal.opened(chosen) as deps:
        person = await find(deps, named)
        ended = await staffing.back(deps, None, person.person_id)
    out.print(f"{person.name}: {ended} absences ended." if ended else f"{person.name} is not away.")


def _post(post: "Post") -> str:
    return " ".join(part for part in (post.role, post.area_code, post.unit_code, post.shift) if part)


async def _passed(deps: "Deps", passed: "Iterable[Passed]") -> None:
    """Lists where open cases went."""
    listed = list(passed)
    async with deps.store.read() as unit:
        names = await unit.people.names({one.person_id for one in listed if one.person_id is not None})
    for one in listed:
        to = names.get(one.person_id, "") if one.person_id is not None else "the dispatcher"
        out.print(f"  {one.case_no} → {terminal.escaped(to)}")
