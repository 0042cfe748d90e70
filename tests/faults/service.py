"""The product's own processes for a drill: `whistle run` on given engines, whose children can be ended by name."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.cli.small_folder import write_city
from tests.fakes.telegram.server import SECRET, TOKEN

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
CHILDREN = ("bot", "web", "schedule", "place-1", "notify-1")


def free_port() -> int:
    """Gives a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Waits for something that another process does."""
    deadline = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.02)


@dataclass
class Service:
    """An installation in a folder of its own; `start` and `stop` may be called again and again."""

    folder: Path
    bot_api_url: str
    database_url: str = ""
    redis_url: str = ""
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.web_port = free_port()
        self.clock_file = self.folder / "clock"
        self.clock_file.write_text("0", encoding="ascii")
        self.city = write_city(self.folder / "city")
        self.data = self.folder / "data"

    @property
    def webhook(self) -> str:
        """Gives where updates are pushed to."""
        return f"http://127.0.0.1:{self.web_port}/telegram/webhook"

    @property
    def sqlite_file(self) -> Path:
        """Gives the database file, where the database is one."""
        return self.data / "whistle.sqlite3"

    def environ(self, more: Mapping[str, str]) -> dict[str, str]:
        """Gives the environment of the service."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("WHISTLE_", "REDIS_"))}
        said = {
            "WHISTLE_ENVIRONMENT": "drill",
            "WHISTLE_DATA_FOLDER": str(self.data),
            "WHISTLE_CITY_FOLDER": str(self.city),
            "WHISTLE_CASE_PREFIX": "TJ",
            "WHISTLE_WEB_PORT": str(self.web_port),
            "WHISTLE_CHANNEL": "telegram",
            "WHISTLE_BOT_API_URL": self.bot_api_url,
            "WHISTLE_BOT_TOKEN": TOKEN,
            "WHISTLE_WEBHOOK_SECRET": SECRET,
            "WHISTLE_PUBLIC_URL": "https://whistle.example",
            "WHISTLE_DRILL_CLOCK": str(self.clock_file),
            "WHISTLE_LOG_LEVEL": "warning",
        }
        if self.database_url:
            said["WHISTLE_DATABASE_URL"] = self.database_url
        if self.redis_url:
            said["REDIS_URL"] = self.redis_url
        return plain | said | dict(more)

    def start(self, **more: str) -> None:
        """Starts everything and waits until the webhook's port accepts."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli", "run"],
                cwd=ROOT,
                env=self.environ(more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.accepts, f"the service starts; {self.log[-2000:]}")

    def accepts(self) -> bool:
        """Tells whether the web server takes connections."""
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the service ended: {self.log[-3000:]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.web_port)) == 0

    @property
    def log(self) -> str:
        """Reads everything that all processes ever wrote."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def pids(self) -> dict[str, int]:
        """Finds the children by the names they carry."""
        assert self.process is not None
        found: dict[str, int] = {}
        with suppress(OSError):
            words = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
            for pid in words.split():
                with suppress(OSError):
                    found[Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()] = int(pid)
        return found

    def kill(self, name: str) -> bool:
        """Ends a child as a power cut does; False when it is just being born."""
        pid = self.pids().get(name)
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
        return False

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        """Ends the service; gives its exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(sig)
        try:
            return self.process.wait(timeout=20)
        finally:
            self.process = None

    def wrong_by(self, seconds: float) -> None:
        """Sets every clock of the service wrong."""
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(str(seconds), encoding="ascii")
        fresh.replace(self.clock_file)


@contextmanager
def installed(
    folder: Path, bot_api_url: str, database_url: str = "", redis_url: str = "", **more: str
) -> Iterator[Service]:
    """Runs a fresh installation, and ends it whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    service = Service(folder, bot_api_url, database_url, redis_url)
    try:
        service.start(**more)
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.stop()
