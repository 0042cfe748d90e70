"""Commands about the people: who is in the roster, codes and invite cards; moves of single people are `staff`."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import cards, confirming, staff, terminal
from console.staff import Person
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.views import PostView
    from config.settings import Settings

app = typer.Typer(help="The people: list them, give codes, let somebody leave or move.", no_args_is_help=True)

app.command()(cards.cards)
app.command()(confirming.waiting)
app.command()(confirming.confirm)
app.command()(confirming.refuse)
app.command()(staff.stop)
app.command()(staff.transfer)
app.command()(staff.swap)
app.command()(staff.absent)
app.command()(staff.back)


@app.command("list")
def list_people(
    words: Annotated[str, typer.Argument(help="A part of the name, or the staff number.")] = "",
    area: Annotated[str | None, typer.Option(help="Only posts in this area and all that lies in it.")] = None,
    role: Annotated[str | None, typer.Option(help="Only this role, such as grid_worker.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 200,
) -> None:
    """List people with their posts, and whether a chat reaches them."""
    terminal.run(_list(terminal.settings(), words, area, role, limit))


async def _list(chosen: "Settings", words: str, area: str | None, role: str | None, limit: int) -> None:
    from actions.roster import lines
    from models.rules.roles import Role

    if role is not None and role not in set(Role):
        raise CannotDo(f"there is no role {role!r}; there are {', '.join(Role)}")
    async with terminal.opened(chosen) as deps:
        found = await lines(deps, words, area_code=area, role=Role(role) if role else None, limit=limit)
        table = terminal.table("person", "name", "posts", "chat", "on duty", "language")
        for person in found:
            posts = "\n".join(
                _post(post, deps.catalogue.roles[post.post.role].in_(chosen.language)) for post in person.posts
            )
            duty = "yes" if person.on_duty else "no"
            table.add_row(
                person.staff_no, person.name, posts or "–", "yes" if person.n_chats else "no", duty, person.language
            )
    out.print(table if found else "Nobody fits.")


def _post(view: "PostView", role: str) -> str:
    unit = f" · {view.unit_name}" if view.unit_name else ""
    return f"{role} · {view.area_name}{unit} · {view.post.shift}"


@app.command()
def code(person: Person) -> None:
    """Give somebody a new one-time code; codes they had before are void, their chat stays bound until it is used."""
    terminal.run(_code(terminal.settings(), person))


async def _code(chosen: "Settings", named: str) -> None:
    from actions.people import issue_code
    from actions.roster import find

    async with terminal.opened(chosen) as deps:
        person = await find(deps, named)
        issued = await issue_code(deps, person.person_id)
        days = int(deps.catalogue.numbers["invite_days"])
    out.print(f"{person.name}: [bold]{issued}[/]  (once, within {days} days: /start {issued})")
