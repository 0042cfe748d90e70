"""The command that prints invite cards: who gets one, where their QR leads, and the file that only its owner reads."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.ports import Deps
    from actions.roster import Waiting
    from config.settings import Settings
    from console.invite_cards import Invitation

CODE = "{code}"


def cards(
    file: Annotated[Path, typer.Argument(help="The PDF to write; it must not exist yet.")],
    area: Annotated[
        str | None, typer.Option(help="Only people with a post in this area and all that lies in it.")
    ] = None,
    role: Annotated[str | None, typer.Option(help="Only this role, such as grid_worker.")] = None,
    link: Annotated[
        str | None, typer.Option(help="Where the QR leads, with {code}; https://t.me/BOT?start={code} for Telegram.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100_000,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
) -> None:
    """Print invite cards for everybody without a chat, each with a fresh one-time code; codes they had are void."""
    from models.rules.roles import Role

    if role is not None and role not in set(Role):
        raise CannotDo(f"there is no role {role!r}; there are {', '.join(Role)}")
    if file.exists():
        raise CannotDo(f"{file} exists already; codes are written to a new file only")
    chosen = terminal.settings()
    if link is None and chosen.channel == "telegram":
        raise CannotDo("say where the QR leads: --link 'https://t.me/BOT?start={code}'")
    if link is not None and CODE not in link:
        raise CannotDo("the link needs {code} where the code goes")
    leads = link or f"{chosen.gateway_url}/phone/?code={CODE}"
    terminal.run(_cards(chosen, file, area, role, leads, limit, yes=yes))


async def _cards(
    chosen: "Settings", file: Path, area: str | None, role: str | None, link: str, limit: int, *, yes: bool
) -> None:
    from actions import people, roster
    from config import fonts
    from config.texts import Texts
    from console.invite_cards import drawn
    from models.rules.roles import Role

    # Before any code is drawn: fresh codes void the old ones, and would be lost with the cards.
    try:
        fonts.face("zh_CN")
    except fonts.NoFontError as fault:
        raise CannotDo(str(fault)) from fault
    async with terminal.opened(chosen) as deps:
        waiting = await roster.waiting(deps, area_code=area, role=Role(role) if role else None, limit=limit)
        if not waiting:
            out.print("Everybody has a chat.")
            return
        terminal.agreed(f"Draw a fresh code for each of {len(waiting)} people?", yes=yes)
        texts = Texts.load([Path(__file__).parents[1] / "bot" / "locales"])
        with terminal.progress() as progress:
            task = progress.add_task("Drawing codes", total=len(waiting))
            codes = await people.issue_codes(
                deps, [one.person_id for one in waiting], done=lambda n: progress.advance(task, n)
            )
            task = progress.add_task("Printing cards", total=len(waiting))
            over_on = (deps.clock() + timedelta(days=deps.catalogue.numbers["invite_days"])).date()
            printed = drawn(
                _invitations(deps, waiting, codes, link), texts, over_on, done=lambda n: progress.advance(task, n)
            )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(printed)
    out.print(f"{len(waiting)} cards are in {file}; hand each to its person and delete the file.")


def _invitations(deps: "Deps", waiting: "Sequence[Waiting]", codes: dict[int, str], link: str) -> "list[Invitation]":
    """Writes what stands on each card, in its person's language."""
    from console.invite_cards import Invitation

    made = []
    for one in waiting:
        label = deps.catalogue.roles.get(one.role) if one.role else None
        code = codes[one.person_id]
        made.append(
            Invitation(
                name=one.name,
                role=label.in_(one.language) if label else "",
                area=one.area_name,
                code=code,
                link=link.replace(CODE, quote(code)),
                language=one.language,
            )
        )
    return made
