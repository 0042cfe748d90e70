"""A PostgreSQL and a Redis of a drill's own, which it may cut off, stop, empty and start again."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0


def at_hand() -> bool:
    """Tells whether both servers are installed."""
    return bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) and shutil.which("redis-server") is not None


@dataclass
class Servers:
    """Both servers under one folder."""

    folder: Path
    postgres_url: str
    redis_url: str

    @property
    def postgres_port(self) -> int:
        """Gives the port of PostgreSQL."""
        return urlsplit(self.postgres_url).port or 0

    @property
    def data(self) -> Path:
        """Gives the folder of the cluster."""
        return self.folder / "pg" / "data"

    def sql(self, statement: str, port: int | None = None, name: str = "postgres") -> list[str]:
        """Runs one statement as an operator does; gives the lines of its answer."""
        words = [tool("psql"), "-h", "127.0.0.1", "-p", str(port or self.postgres_port), "-U", "whistle", "-d", name]
        said = subprocess.run([*words, "-AtX", "-c", statement], check=True, stdout=subprocess.PIPE, text=True).stdout
        return said.splitlines()

    def database(self, name: str) -> str:
        """Makes an empty database and gives its URL."""
        self.sql(f"create database {name}")
        return re.sub(r"/[^/]*$", f"/{name}", self.postgres_url)

    def cut(self) -> int:
        """Ends every connection but one's own; counts them."""
        others = "backend_type = 'client backend' and pid <> pg_backend_pid()"
        return len(self.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}"))

    def pg_ctl(self, *words: str, data: Path | None = None) -> None:
        """Runs pg_ctl as whoever may."""
        subprocess.run([*as_postgres(), tool("pg_ctl"), "-s", "-w", "-D", data or self.data, *words], check=True)

    def restart_postgres(self, mode: str = "immediate") -> None:
        """Stops PostgreSQL as a power cut does, and starts it again."""
        self.pg_ctl("-m", mode, "restart", "-l", str(self.folder / "pg" / "log"))

    def flush(self) -> None:
        """Empties Redis."""
        with Redis.from_url(self.redis_url) as client:
            client.flushall()

    def stop_redis(self) -> None:
        """Ends Redis; nothing of it is kept."""
        with suppress(RedisError), Redis.from_url(self.redis_url) as client:
            client.shutdown(nosave=True)
        wait_until(lambda: not self.redis_answers())

    def start_redis(self) -> None:
        """Starts an empty Redis where it was."""
        port = str(urlsplit(self.redis_url).port)
        words = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", str(self.folder), "--daemonize", "yes"]
        words += ["--pidfile", str(self.folder / "redis.pid"), "--save", "", "--appendonly", "no"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        wait_until(self.redis_answers)

    def redis_answers(self) -> bool:
        """Asks whether Redis is there."""
        with suppress(RedisError), Redis.from_url(self.redis_url, socket_timeout=1) as client:
            return bool(client.ping())
        return False


def tool(name: str) -> str:
    """Finds a program of the newest PostgreSQL that is installed."""
    return str(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1])


def as_postgres() -> list[str]:
    """Gives what stands before a command that PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def wait_until(holds: Callable[[], bool]) -> None:
    """Waits until a server is there, or gone."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("a server did not come or go in time")
        time.sleep(0.05)


def free_port() -> int:
    """Gives a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def started(folder: Path) -> Iterator[Servers]:
    """Starts both servers, and stops them whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        said = subprocess.run(
            [ROOT / "scripts" / "start-servers", folder], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
        found = dict(line.removeprefix("export ").split("=", 1) for line in said.splitlines())
        yield Servers(folder, found["WHISTLE_TEST_POSTGRES_URL"], found["WHISTLE_TEST_REDIS_URL"])
    finally:
        subprocess.run([ROOT / "scripts" / "stop-servers", folder], check=False)
