"""Keeps a set of processes running: starts them, restarts what dies, ends them together.

Children are forked from one process that has imported everything, so that all start at once and share their
code pages. The parent opens no connection and starts no thread, for neither may cross a fork.
"""

import ctypes
import multiprocessing
import multiprocessing.connection
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess

import structlog

GRACE_S = 2.0
"""How long children may take to end before they are killed; with it, Ctrl-C takes under three seconds."""
BACKOFF_S = (0.1, 0.5, 2.0, 5.0)
STEADY_S = 30.0
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
log = structlog.get_logger(__name__)
_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep: either a function to run in a fork, or a program with its arguments.

    One that others talk to ends after them.
    """

    name: str
    target: Callable[[], None] | None = None
    command: Sequence[str] = ()
    talked_to: bool = False


@dataclass
class _Kept:
    """One child with its present process and how often it died in a row."""

    child: Child
    process: "ForkProcess | subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    n_deaths: int = 0
    again_at: float = 0.0
    sentinel: int | None = field(default=None)


class Supervisor:
    """Runs children until SIGINT or SIGTERM."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._kept = [_Kept(child) for child in children]
        self._stopping = False

    def start(self) -> None:
        """Starts every child and takes over the signals."""
        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, self._on_signal)
        for kept in self._kept:
            self._launch(kept)

    def watch(self) -> None:
        """Restarts what dies until told to stop, then ends all."""
        while not self._stopping:
            self.look(0.2)
        self.end()

    @property
    def stopping(self) -> bool:
        """Tells whether a signal asked for the end."""
        return self._stopping

    def look(self, seconds: float) -> None:
        """Waits so long for a child to die, and starts the dead again."""
        waiting = [k.sentinel for k in self._kept if k.sentinel is not None]
        if waiting:
            multiprocessing.connection.wait(waiting, timeout=seconds)
        else:
            time.sleep(seconds)
        self._look()

    def pids(self) -> dict[str, int]:
        """Gives the process number of each child that runs."""
        return {k.child.name: k.process.pid for k in self._kept if k.process and k.process.pid}

    def end(self) -> None:
        """Asks every child to end, and kills what has not after the grace."""
        deadline = time.monotonic() + GRACE_S
        for talked_to in (False, True):
            running = [k for k in self._kept if k.child.talked_to is talked_to and _alive(k)]
            for kept in running:
                assert kept.process is not None
                kept.process.terminate()
            for kept in running:
                _join(kept, max(0.1, deadline - time.monotonic()))
                if _alive(kept):
                    log.warning("killed after the grace", child=kept.child.name)
                    assert kept.process is not None
                    kept.process.kill()
                    _join(kept, 1.0)

    def _on_signal(self, *_: object) -> None:
        self._stopping = True

    def _look(self) -> None:
        """Notices the dead and starts them again, more slowly when they die at once."""
        now = time.monotonic()
        for kept in self._kept:
            if kept.process is not None and not _alive(kept):
                steady = now - kept.started_at > STEADY_S
                kept.n_deaths = 1 if steady else kept.n_deaths + 1
                pause = BACKOFF_S[min(kept.n_deaths - 1, len(BACKOFF_S) - 1)]
                kept.process, kept.sentinel, kept.again_at = None, None, now + pause
                log.warning("process died, starting it again", child=kept.child.name, in_s=pause)
            if kept.process is None and now >= kept.again_at and not self._stopping:
                self._launch(kept)

    def _launch(self, kept: _Kept) -> None:
        kept.started_at = time.monotonic()
        if kept.child.target is not None:
            args = (kept.child.target, os.getpid(), kept.child.name)
            process = _fork.Process(target=_enter, args=args, name=kept.child.name)
            process.start()
            kept.process, kept.sentinel = process, process.sentinel
        else:
            kept.process = subprocess.Popen(
                list(kept.child.command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # no thread runs in this process
            )


class Errand:
    """A function that runs to its end in a fork, while this process does something else."""

    def __init__(self, target: Callable[[], None]) -> None:
        self._process = _fork.Process(target=_enter, args=(target, os.getpid()))
        self._process.start()

    def done(self) -> int:
        """Waits for the end and gives the exit code."""
        self._process.join()
        return self._process.exitcode or 0


def _enter(target: Callable[[], None], parent: int, name: str = "") -> None:
    """Runs in the child: Ctrl-C of the terminal is the parent's to hand on, and no child outlives it."""
    if name:
        _call_oneself(name)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent()
    if os.getppid() != parent:
        return
    target()


def _call_oneself(name: str) -> None:
    """Names this process as `ps -o comm` and `top` show it, in 15 bytes; only on Linux."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode()[:15])
    except (OSError, AttributeError):
        return


def _die_with_parent() -> None:
    """Asks Linux to end this process when its parent dies; elsewhere nothing happens."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        return


def _alive(kept: _Kept) -> bool:
    if isinstance(kept.process, subprocess.Popen):
        return kept.process.poll() is None
    return kept.process is not None and kept.process.is_alive()


def _join(kept: _Kept, seconds: float) -> None:
    if isinstance(kept.process, subprocess.Popen):
        try:
            kept.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return
    elif kept.process is not None:
        kept.process.join(timeout=seconds)
