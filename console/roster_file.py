"""Takes a roster file over: faults by line first, then what changes, then the change, then the codes."""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.ports import Deps
    from actions.roster import RosterChanges
    from config.settings import Settings
    from models.rules.catalogue_rows import Row
    from models.rules.roles import Post
    from models.rules.roster import PersonSeed

LISTED = 20
HEADINGS = Path(__file__).parents[1] / "config" / "roster_headings.csv"
"""What cities call the columns."""


async def bring(
    chosen: "Settings", file: Path, *, dry_run: bool, complete: bool, codes: Path | None, yes: bool
) -> None:
    """Checks the file, shows what it would change, and changes it unless this is a dry run."""
    from actions import roster, staffing
    from models.rules.roster import read_roster

    async with terminal.opened(chosen) as deps:
        units, areas = await roster.known_codes(deps)
        people = read_roster(_rows(deps, file), units=units, areas=areas)
        _refuse_fixed_codes(chosen, people)
        rows = roster.rows_of(people)
        changes = await roster.review(deps, rows, complete=complete)
        _show(changes, {person.key: person.name for person in people})
        if dry_run:
            return
        if changes.any:
            terminal.agreed("Take this roster over?", yes=yes)
            with terminal.progress() as progress:
                task = progress.add_task("Writing", total=len(changes.new) + len(changes.posts_begin))
                counted = await roster.take_over(
                    deps, rows, complete=complete, done=lambda n: progress.advance(task, n)
                )
            moved = await staffing.settle(deps, changes.leaving, {number for number, _ in changes.posts_end})
            out.print(f"{counted} people are in the roster." + (f" {moved} open cases passed on." if moved else ""))
        await _issue(deps, people, codes)


def _rows(deps: "Deps", file: Path) -> "list[Row]":
    """Reads the file with whatever headings and names of roles the city writes."""
    from config.seed.read import read_file
    from models.rules.roster import plain

    headings = {row.values["heading"]: row.values["column"] for row in read_file(HEADINGS)}
    labels = deps.catalogue.roles.items()
    roles = {name: str(code) for code, label in labels for name in (label.zh_CN, label.zh_TW, label.en)}
    return plain(read_file(file), headings, roles)


def _refuse_fixed_codes(chosen: "Settings", people: Sequence["PersonSeed"]) -> None:
    """A code that stands in a file is known to whoever has the file: for demonstrations only."""
    if chosen.environment != "demo" and any(person.invite_code for person in people):
        raise CannotDo("invite_code must be empty outside demonstrations; codes are drawn with --codes")


def _show(changes: "RosterChanges", names: dict[str, str]) -> None:
    """Shows what changes."""
    if not changes.any:
        out.print("The roster in use says the same; nothing changes.")
    for title, numbers in (("new", changes.new), ("renamed", changes.renamed), ("leaving", changes.leaving)):
        _list(title, [f"{number} {names.get(number, '')}".rstrip() for number in numbers])
    for title, posts in (("posts that begin", changes.posts_begin), ("posts that end", changes.posts_end)):
        _list(title, [f"{number} {names.get(number, '')}: {_post(post)}" for number, post in posts])


def _post(post: "Post") -> str:
    return " ".join(part for part in (post.role, post.area_code, post.unit_code, post.shift) if part)


def _list(title: str, entries: list[str]) -> None:
    if entries:
        out.print(f"[bold]{title}: {len(entries)}[/]")
    for entry in entries[:LISTED]:
        out.print(f"  {terminal.escaped(entry)}")
    if len(entries) > LISTED:
        out.print(f"  … and {len(entries) - LISTED} more")


async def _issue(deps: "Deps", people: Sequence["PersonSeed"], codes: Path | None) -> None:
    """Issues a code for everybody without a chat: the fixed one of a demonstration, or a drawn one on request."""
    from actions.people import issue_code, issue_codes
    from actions.roster import without_chat

    fixed = {person.key: person.invite_code for person in people}
    waiting = await without_chat(deps, fixed)
    for person in waiting:
        if known := fixed[person.staff_no]:
            await issue_code(deps, person.person_id, code=known)
    wanted = [person for person in waiting if not fixed[person.staff_no]]
    if codes is None:
        if wanted:
            out.print(f"{len(wanted)} people have no chat yet: --codes FILE draws a code for each.")
        return
    with terminal.progress() as progress:
        task = progress.add_task("Drawing codes", total=len(wanted))
        drawn = await issue_codes(deps, [one.person_id for one in wanted], done=lambda n: progress.advance(task, n))
    shown = [(one.staff_no, one.name, fixed[one.staff_no] or drawn[one.person_id]) for one in waiting]
    _write(codes, shown)
    out.print(f"{len(shown)} codes are in {codes}; hand each to its person and delete the file.")


def _write(path: Path, issued: Sequence[tuple[str, str, str]]) -> None:
    """Writes codes to a new file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(("person", "name", "invite_code"))
        writer.writerows(issued)
