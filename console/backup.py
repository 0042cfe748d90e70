"""Commands that write an installation into one file and put it back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import out

if TYPE_CHECKING:
    from actions.backup import Contents

File = Annotated[Path, typer.Argument(metavar="FILE", help="Such as whistle-2026-11-24.tar.gz.")]


def backup(
    file: File,
    photos: Annotated[bool, typer.Option(help="Take the pictures of a folder in; a bucket is only named.")] = True,
) -> None:
    """Write the database and the pictures into one file while the service works.

    The keys that open names and phone numbers are not in it: keep them elsewhere, without them it is unreadable.
    """
    _back_up(file, with_photos=photos)


def _back_up(file: Path, *, with_photos: bool) -> None:
    from actions.backup import back_up
    from wiring import now

    chosen = terminal.settings()
    target = chosen.photo_target
    with terminal.progress() as bar:
        task = bar.add_task("", total=None)
        found = back_up(
            chosen.database,
            file,
            photos=target if target.startswith("s3://") else Path(target),
            with_photos=with_photos,
            now=now(),
            told=lambda name: bar.update(task, description=name, advance=1),
        )
    _show(found)
    out.print(f"Written to {terminal.escaped(str(file))}. Keep the keys (`whistle keys`) in another place.")


def restore(
    file: File,
    force: Annotated[bool, typer.Option("--force", help="Replace data that is there.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only read the file from end to end.")] = False,
) -> None:
    """Put a backup in the place of this installation, and compare every row with what was saved. End the service first.

    Refuses over living data without --force. What it replaces stays beside it until somebody drops it: a former SQLite
    file as `….replaced-…`, former PostgreSQL schemas as `replaced_…`.
    """
    _restore(file, force=force, only_check=check)


def _restore(file: Path, *, force: bool, only_check: bool) -> None:
    from actions.backup import look_into, put_back
    from actions.photos import open_photos
    from wiring import now

    chosen = terminal.settings()
    with terminal.progress() as bar:
        task = bar.add_task("", total=None)

        def told(name: str) -> None:
            bar.update(task, description=name, advance=1)

        if only_check:
            found = look_into(file, told)
        else:
            chosen.data_folder.mkdir(parents=True, exist_ok=True)
            photos = open_photos(chosen.photo_target, **chosen.photo_options)
            found = put_back(chosen.database, file, photos=photos, force=force, now=now(), told=told)
    _show(found)
    out.print("The file is whole." if only_check else "Everything is back, each row the same.")


def _show(found: "Contents") -> None:
    table = terminal.table("what", "#how many")
    for one in found.tables:
        if one.n_rows:
            table.add_row(one.table, str(one.n_rows))
    table.add_row("pictures", str(found.n_pictures))
    out.print(table)
    out.print(f"{found.engine}, schema {found.revision}, of {found.made_at[:19]}.")
    if found.photos:
        out.print(f"Pictures are not in it; they are in {terminal.escaped(found.photos)}.")
