"""How every command starts and speaks: settings, wiring, tables and progress; one sentence for a known fault."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.progress import Progress

    from actions.ports import Deps
    from config.settings import Settings

T = TypeVar("T")
WIDE = 160
"""How wide tables are where no terminal says it: in a file, a pipe, a log."""
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(highlight=False, stderr=True, soft_wrap=True)


class CannotDo(Exception):
    """The command cannot be done; the message is one sentence that says what to do."""


KNOWN = (
    ("console.terminal", "CannotDo"),
    ("config.settings", "SettingsError"),
    ("config.texts", "TextsFault"),
    ("config.seed.read", "SeedFault"),
    ("models.rules.catalogue_rows", "CatalogueFault"),
    ("models.rules.errors", "Refusal"),
    ("models.store.errors", "StoreError"),
    ("models.tables.keyring", "KeyringError"),
    ("actions.roots", "RootsError"),
    ("actions.erasure", "StillNeeded"),
    ("geo.shapes", "BadBoundaries"),
    ("geo.address_aliases", "BadAliases"),
    ("geo.address_landmarks", "BadLandmarks"),
    ("geo.datum", "BadCoordinate"),
    ("geo.index.tables", "BadIndexFile"),
    ("gateway.store.database", "StorageError"),
    ("workers.embedded", "EmbeddedError"),
    ("together", "StartError"),
)
"""Faults that end in a sentence. By name: a command that fails early has not imported the modules of the others."""


SAY_ENOUGH = {"BackupError", "MovedAwayError", "MoveRefusedError"}
"""Faults about a database whose own sentence says what to do."""


class Group(TyperGroup):
    """The root of the commands: known faults end in one sentence and exit code 1, all others in a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except known_faults() as fault:
            err.print(f"[red]✗[/] {escaped(sentence_of(fault))}")
            raise typer.Exit(1) from fault


def known_faults() -> tuple[type[BaseException], ...]:
    """Gives the classes of known faults whose modules are loaded: what was raised can be of no other."""
    return tuple(getattr(sys.modules[module], name) for module, name in KNOWN if module in sys.modules)


def sentence_of(fault: BaseException) -> str:
    """Says a known fault in one sentence."""
    names = {cls.__name__ for cls in type(fault).__mro__}
    if "Refusal" in names:
        return _refusal(fault)
    if "StoreError" in names and not names & SAY_ENOUGH:
        return f"the database cannot be used now ({fault}); `whistle doctor` looks closer"
    return str(fault)


def _refusal(fault: Any) -> str:
    """Says what an action refused; what only chats can meet is named by its code."""
    facts = fault.facts
    match fault.code:
        case "no_such_item" if facts["what"] == "dead":
            return f"{facts['name']} was not set aside, or nothing would come of trying it again"
        case "no_such_item":
            return f"there is no {facts['what']} {facts['name']!r}"
        case "unknown_case":
            return f"there is no case {facts.get('case_no', '')}"
        case "place_missing":
            return f"no place can be made out of this ({facts.get('why', 'nothing given')})"
        case "outside_city":
            return f"this is outside the city, {facts['distance_m']} m from {facts['nearest']}"
    return f"refused: {fault.code} {facts or ''}".rstrip()


def settings() -> "Settings":
    """Reads the settings; raises `SettingsError`."""
    from config.settings import read_settings

    return read_settings()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs the work of a command to its end."""
    return asyncio.run(work)


@asynccontextmanager
async def opened(chosen: "Settings", *, with_places: bool = True) -> AsyncIterator["Deps"]:
    """Wires a command as every process is wired; raises `CannotDo` for a database that is not ready."""
    import wiring
    from config.logging import set_up_logging

    set_up_logging("warning", "text", "command")
    check_database(chosen)
    wired = await wiring.wire(chosen, with_places=with_places)
    try:
        yield wired.deps
    finally:
        await wired.close()


def check_database(chosen: "Settings") -> None:
    """Refuses a database that is not there yet or is not at this code's schema."""
    import wiring

    fault = wiring.database_fault(chosen)
    if fault is not None:
        raise CannotDo(fault)


def table(*columns: str, title: str | None = None) -> Table:
    """Makes a plain table; columns whose name begins with `#` hold numbers."""
    made = Table(box=None, title=title, title_justify="left", title_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(name.removeprefix("#"), justify="right" if name.startswith("#") else "left", overflow="fold")
    return made


def progress() -> "Progress":
    """Makes a progress bar that vanishes when it is done."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def escaped(text: str) -> str:
    """Makes a text safe to print: square brackets in it are no markup."""
    from rich.markup import escape

    return escape(text)


def agreed(question: str, *, yes: bool) -> None:
    """Asks before something is changed; ends the command unless the answer is yes."""
    if not yes:
        typer.confirm(question, abort=True)
