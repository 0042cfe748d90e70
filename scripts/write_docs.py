"""Writes the pages that follow from the code: docs/workflow.md, docs/settings.md, docs/commands.md.

`tests/law/test_docs.py` compares the pages with what this writes, so that they cannot fall behind.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

import cli
from config.settings import PREFIX, Settings
from models.rules.commands import Verb
from models.rules.states import OPEN, State
from models.rules.transitions import TABLE, Transition

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "This page is written by `python -m scripts.write_docs`; a test keeps it in step.\n"


def workflow() -> str:
    """Writes the table of the loop."""
    lines = ["# The loop, row by row\n", MADE]
    lines.append(
        "Each row: who may do the verb in which states, what it needs, where it leads, which clocks it touches.\n"
    )
    lines.append("| verb | from | by | needs | to | starts | stops |")
    lines.append("|---|---|---|---|---|---|---|")
    lines.extend(_row(row) for row in TABLE)
    return "\n".join(lines) + "\n"


def _row(row: Transition) -> str:
    if row.sources == OPEN:
        sources = "every open state"
    elif row.sources == frozenset(State):
        sources = "every state"
    else:
        sources = ", ".join(state for state in State if state in row.sources)
    cells = (
        f"`{row.verb}`",
        sources,
        ", ".join(sorted(row.who)),
        ", ".join(row.needs) or "–",
        str(row.target or ("where it was" if row.verb is Verb.RESUME else "unchanged")),
        ", ".join(row.starts) or "–",
        ", ".join(row.stops) or "–",
    )
    return "| " + " | ".join(cells) + " |"


def settings() -> str:
    """Writes every setting with its default and meaning."""
    lines = ["# Settings\n", MADE]
    lines.append("Each is an environment variable, or the same name with `_FILE` naming a file that holds the value.")
    lines.append("An unknown `WHISTLE_…` variable refuses to start. `whistle settings` prints those in force.\n")
    lines.append("| variable | default | meaning |")
    lines.append("|---|---|---|")
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or PREFIX + name.upper())
        default = _default(field.default)
        lines.append(f"| `{variable}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    """Shows a default; folders of the project by their place in it."""
    if isinstance(value, Path) and value.is_absolute():
        return f"`{value.relative_to(DOCS.parent)}`"
    shown = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
    return f"`{shown}`" if shown else "empty"


def commands() -> str:
    """Writes every command with what it does, its arguments and options."""
    found = list(walk(typer.main.get_command(cli.app), ""))
    lines = ["# Commands\n", MADE]
    lines.append(
        "A known fault ends a command with one sentence and exit code 1; a wrong call ends with exit code 2.\n"
    )
    lines += ["| command | what it does |", "|---|---|"]
    lines += [f"| `whistle {path}` | {_told(command)} |" for path, command in found]
    for path, command in found:
        parts = [_parameter(one) for one in command.params if one.name != "help"]
        if parts:
            lines += ["", f"## whistle {path}", "", *parts]
    return "\n".join(lines) + "\n"


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yields every command with the words that name it."""
    for name, child in sorted(getattr(command, "commands", {}).items()):
        here = f"{path} {name}".strip()
        if getattr(child, "commands", None):
            yield from walk(child, here)
        else:
            yield here, child


def _told(command: Any) -> str:
    return (command.help or "").strip().split("\n\n")[0].replace("\n", " ")


def _parameter(one: Any) -> str:
    """Writes one argument or option with its meaning."""
    if one.param_type_name == "argument":
        name = one.metavar or one.name.upper() + ("…" if one.nargs == -1 else "")
        said = f"`{name}`" + ("" if one.required else " (may be left out)")
    else:
        said = ", ".join(f"`{word}`" for word in one.opts) + (", needed" if one.required else "")
    default = f" Without it: `{one.default}`." if isinstance(one.default, int | str) and _says(one.default) else ""
    return f"- {said}: {one.help}{default}"


def _says(default: int | str) -> bool:
    """Tells whether a default is worth showing: not a flag that is off, nor an empty text."""
    return not isinstance(default, bool) and default != ""


PAGES = {"workflow.md": workflow, "settings.md": settings, "commands.md": commands}


def main() -> None:
    """Writes all pages."""
    for name, write in PAGES.items():
        (DOCS / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
