"""The supervisor starts what dies again, and ends everything it started."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.conftest import until
from workers.supervisor import Child, Errand, Supervisor


def pause() -> None:
    """Does nothing until it is ended."""
    signal.pause()


def stay() -> None:
    """Does not want to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        signal.pause()


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Gives the signals that a supervisor takes over back."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """Keeps a function and a program."""
    made = Supervisor([Child("function", pause), Child("program", command=("sleep", "3600"), talked_to=True)])
    made.start()
    yield made
    made.end()


@pytest.mark.parametrize("name", ["function", "program"])
def test_a_killed_child_is_started_again(supervisor: Supervisor, name: str) -> None:
    before = supervisor.pids()

    os.kill(before[name], signal.SIGKILL)

    def again() -> bool:
        supervisor.look(0.05)
        return supervisor.pids().get(name, before[name]) != before[name]

    until(again, "another process")
    other = "program" if name == "function" else "function"
    assert supervisor.pids()[other] == before[other]


def test_the_end_ends_every_child(supervisor: Supervisor) -> None:
    pids = supervisor.pids()

    supervisor.end()

    assert len(pids) == 2
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids.values()), "both are gone")


def test_a_child_that_does_not_end_is_killed_after_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.supervisor.GRACE_S", 0.1)
    stubborn = Supervisor([Child("stubborn", stay)])
    stubborn.start()
    (pid,) = stubborn.pids().values()

    def ignores() -> bool:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        ignored = next(line for line in status.splitlines() if line.startswith("SigIgn"))
        return bool(int(ignored.split()[1], 16) & 1 << (signal.SIGTERM - 1))

    until(ignores, "it ignores SIGTERM")

    stubborn.end()

    until(lambda: not Path(f"/proc/{pid}").exists(), "it is gone")


def test_sigterm_asks_for_the_end(supervisor: Supervisor) -> None:
    pids = supervisor.pids()
    os.kill(os.getpid(), signal.SIGTERM)

    supervisor.watch()

    assert supervisor.stopping
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids.values()), "both are gone")


def test_an_errand_runs_beside_and_gives_its_exit_code() -> None:
    assert Errand(lambda: None).done() == 0
    assert Errand(lambda: os._exit(3)).done() == 3
