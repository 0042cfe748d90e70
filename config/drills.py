"""Points at which a drill ends this process as a power cut would, and a clock that goes wrong on purpose.

Only `WHISTLE_ENVIRONMENT=drill` may arm them; everywhere else a point costs one look at an empty table.
"""

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

POINTS: Final = frozenset(
    {
        "webhook.received",
        "intake.committed",
        "processor.in_transaction",
        "processor.committed",
        "relay.claimed",
        "relay.handed",
        "job.performed",
        "job.finished",
        "courier.claimed",
        "courier.sent",
        "schedule.ticked",
    }
)
"""Where a process may be ended: after it took something in, inside its transaction, before and after it hands on."""
_passings_left: dict[str, int] = {}
_lives: list[tuple[Path, list[str]]] = []


def read_points(said: str) -> dict[str, int]:
    """Reads `name=n name=n`: the n-th passing of a point ends the process. ValueError for anything else."""
    points: dict[str, int] = {}
    for word in said.split():
        name, _, number = word.partition("=")
        if name not in POINTS or not number.isdecimal() or int(number) < 1:
            raise ValueError(
                f"{word!r} is no crash point; write name=n, where name is one of {', '.join(sorted(POINTS))}"
            )
        points[name] = int(number)
    return points


def arm(said: str, process: str) -> None:
    """Arms the points of this process, in place of those armed before.

    `@folder` instead of points names a folder with a file for each process; each death uses up a line of it.
    """
    _lives.clear()
    _passings_left.clear()
    if said.startswith("@"):
        file = Path(said[1:]) / process
        lines = file.read_text(encoding="ascii").splitlines() if file.exists() else []
        _lives.append((file, lines[1:]))
        said = lines[0] if lines else ""
    _passings_left.update(read_points(said))


def crash_point(name: str) -> None:
    """Ends this process here, without any goodbye, when a drill says so."""
    if _passings_left:
        _pass(name)


def _pass(name: str) -> None:
    left = _passings_left.get(name)
    if left == 1:
        for file, others in _lives:
            file.write_text("\n".join(others), encoding="ascii")
        os.write(2, f"drill: ended at {name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)
    if left is not None:
        _passings_left[name] = left - 1


def wrong_clock(right: Callable[[], datetime], shift: Path) -> Callable[[], datetime]:
    """Gives a clock that is wrong by as many seconds as the file says at that moment."""

    def now() -> datetime:
        return right() + timedelta(seconds=float(shift.read_text(encoding="ascii") or 0))

    return now
