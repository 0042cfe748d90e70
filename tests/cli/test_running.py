"""`whistle run`: four links that answer, children that come back, an end that leaves nothing behind."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 60.0


def free_port() -> int:
    """Gives a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def until(holds: Callable[[], bool], what: str) -> None:
    """Waits for something."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)


def processes_of(data: Path) -> set[int]:
    """Finds every process that was started for an installation, by its environment."""
    mark = f"WHISTLE_DATA_FOLDER={data}".encode()
    found = set()
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdecimal() and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
    return found


def children_of(pid: int) -> set[int]:
    """Finds the processes that a process has started."""
    return {int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()}


@dataclass
class Service:
    """A running service."""

    process: subprocess.Popen[str]
    data: Path
    links: tuple[str, ...]
    ready_url: str

    def ready(self) -> bool:
        """Asks whether everything answers."""
        with suppress(OSError), urllib.request.urlopen(self.ready_url, timeout=5) as answer:
            return bool(json.load(answer)["ready"])
        return False


def environment(data: Path, city: Path, **more: object) -> dict[str, str]:
    """Gives the environment of a service with two ports that nobody uses."""
    ports = {"WHISTLE_WEB_PORT": free_port(), "WHISTLE_GATEWAY_PORT": free_port()}
    settings = {"WHISTLE_DATA_FOLDER": data, "WHISTLE_CITY_FOLDER": city, **ports, **more}
    return os.environ | {name: str(value) for name, value in settings.items()}


@contextmanager
def started(env: dict[str, str], errors: Path) -> Iterator[subprocess.Popen[str]]:
    """Starts `whistle run` in a session of its own, as a terminal does, and ends it when a test has not."""
    with (
        errors.open("w", encoding="utf-8") as target,
        subprocess.Popen(
            [sys.executable, "cli.py", "run"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=target,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)


def links_of(process: subprocess.Popen[str], errors: Path) -> tuple[str, ...]:
    """Reads the printed links."""
    assert process.stdout is not None
    found: list[str] = []
    for line in process.stdout:
        found += [word for word in line.split() if word.startswith("http")]
        if len(found) == 4:
            return tuple(found)
    raise AssertionError(f"no links: {errors.read_text(encoding='utf-8')}")


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory, city_folder: Path) -> Iterator[Service]:
    """Runs the whole service, from an empty folder to the printed links."""
    folder = tmp_path_factory.mktemp("run")
    data, errors = folder / "data", folder / "errors"
    env = environment(data, city_folder)
    with started(env, errors) as process:
        links = links_of(process, errors)
        yield Service(process, data, links, f"http://127.0.0.1:{env['WHISTLE_WEB_PORT']}/readyz")


def test_a_service_answers_heals_what_is_killed_and_ends_at_ctrl_c(service: Service) -> None:
    """One story, because starting the service takes longest; in parts it depended on their order."""
    _every_printed_link_answers(service)
    _killed_processes_come_back(service)
    _ctrl_c_ends_everything_and_leaves_nothing_behind(service)


def _every_printed_link_answers(service: Service) -> None:
    for link in service.links:
        with urllib.request.urlopen(link, timeout=30) as answer:
            assert answer.status == 200, link
    until(service.ready, "everything is ready")


def _killed_processes_come_back(service: Service) -> None:
    until(service.ready, "everything is ready")
    before = children_of(service.process.pid)

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    until(lambda: len(children_of(service.process.pid) - before) == len(before), "as many new processes")
    until(service.ready, "everything is ready again")


def _ctrl_c_ends_everything_and_leaves_nothing_behind(service: Service) -> None:
    assert processes_of(service.data)

    os.killpg(service.process.pid, signal.SIGINT)

    assert service.process.wait(timeout=PATIENCE_S) == 0
    until(lambda: not processes_of(service.data), "no process is left")


def test_ctrl_c_right_after_the_start_is_quiet(tmp_path: Path, city_folder: Path) -> None:
    data, errors = tmp_path / "data", tmp_path / "errors"
    with started(environment(data, city_folder), errors) as process:
        links_of(process, errors)

        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)

    said = errors.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "[warning" not in said
    assert process.returncode == 0
    until(lambda: not processes_of(data), "no process is left")


def refused(env: dict[str, str], tmp_path: Path) -> str:
    """Starts a service that cannot start, and gives its last words."""
    errors = tmp_path / "errors"
    with started(env, errors) as process:
        process.communicate(timeout=PATIENCE_S)
    said = errors.read_text(encoding="utf-8")
    assert process.returncode == 1, said
    assert "Traceback" not in said
    return said


def test_a_busy_port_is_one_sentence(tmp_path: Path, city_folder: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        said = refused(environment(tmp_path / "data", city_folder, WHISTLE_WEB_PORT=port), tmp_path)

    assert said == f"✗ port {port} is taken by another program; end it or set WHISTLE_WEB_PORT\n"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, city_folder: Path) -> None:
    (tmp_path / "a file").write_bytes(b"")

    said = refused(environment(tmp_path / "a file" / "data", city_folder), tmp_path)

    assert said.startswith("✗ cannot write to the data folder")
    assert said.count("\n") == 1


def test_a_broken_catalogue_is_one_sentence_with_its_line(tmp_path: Path, city_folder: Path) -> None:
    seed = tmp_path / "seed"
    shutil.copytree(ROOT / "config" / "seed", seed, ignore=shutil.ignore_patterns("city", "*.py"))
    kinds = seed / "kinds.csv"
    kinds.write_text(kinds.read_text(encoding="utf-8").replace(",U3,", ",U9,", 1), encoding="utf-8")

    said = refused(environment(tmp_path / "data", city_folder, WHISTLE_SEED_FOLDER=seed), tmp_path)

    assert said.startswith("✗ the catalogue is broken: kinds.csv:2: urgency is 'U9'")


def test_a_database_that_is_away_is_a_sentence(tmp_path: Path, city_folder: Path) -> None:
    url = f"postgresql+asyncpg://whistle@127.0.0.1:{free_port()}/whistle"

    said = refused(environment(tmp_path / "data", city_folder, WHISTLE_DATABASE_URL=url), tmp_path)

    assert said.startswith("the database cannot be used: ")
    assert not processes_of(tmp_path / "data")


def test_a_city_folder_without_boundaries_is_a_sentence(tmp_path: Path) -> None:
    said = refused(environment(tmp_path / "data", tmp_path), tmp_path)

    assert said.startswith("the boundaries cannot be used: city.toml")
