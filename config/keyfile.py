"""Files that hold secrets of this installation: readable by their owner only, never half written."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


def keep(path: Path, lines: Iterable[str]) -> None:
    """Writes a file of secrets in place of the one there was."""
    _written(path, lines).replace(path)


def keep_first(path: Path, lines: Iterable[str]) -> None:
    """Writes a file of secrets unless there is one: what another process drew meanwhile counts."""
    fresh = _written(path, lines)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _written(path: Path, lines: Iterable[str]) -> Path:
    """Writes a new file beside the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write("".join(f"{line}\n" for line in lines))
        out.flush()
        os.fsync(out.fileno())
    return fresh
