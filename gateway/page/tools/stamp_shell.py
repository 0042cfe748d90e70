"""Which files make up the page's shell, and which version are they? Writes shell.js, by which the service worker
knows what to keep and when to replace it. Run it after every change of the page; a test notices when it was not.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent
SHELL = PAGE / "shell.js"
KEPT_SUFFIXES = {".js", ".css", ".json", ".svg", ".png", ".webmanifest"}
#: Not part of the chat: the worker itself, the list, editor settings and the demonstration page.
LEFT_OUT = {"sw.js", "shell.js", "jsconfig.json", "phones.html", "phones.js", "styles/phones.css"}


def shell_files(page: Path = PAGE) -> list[str]:
    """Returns the paths, relative to the page's folder, that the chat needs to start without network."""
    found = (path.relative_to(page).as_posix() for path in page.rglob("*") if path.suffix in KEPT_SUFFIXES)
    return sorted(name for name in found if name not in LEFT_OUT)


def shell_script(page: Path = PAGE) -> str:
    """Returns what shell.js has to contain for the files as they are now."""
    names = shell_files(page)
    digest = hashlib.sha256()
    for name in ["index.html", *names]:
        digest.update(name.encode() + b"\0" + (page / name).read_bytes() + b"\0")
    # "./" is the start page itself, under the address by which it is asked for.
    files = json.dumps(["./", *names], indent=2)
    return (
        "/** The shell's files and their version; written by tools/stamp_shell.py. */\n\n"
        f'self.SHELL = {{\n  version: "{digest.hexdigest()[:16]}",\n  files: {_indented(files)},\n}};\n'
    )


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


if __name__ == "__main__":
    SHELL.write_text(shell_script(), encoding="utf-8")
    sys.stdout.write(f"{SHELL.name}: {len(shell_files())} files\n")
