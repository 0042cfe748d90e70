"""Where a measured process runs, and the servers it needs: each bench keeps what it measures on a core of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from models.store import schema

ROOT = Path(__file__).resolve().parent.parent
SERVER_CORE, LOAD_CORE = 0, max(0, (os.cpu_count() or 1) - 1)
"""The server has the first core alone; the load and the database share the last one."""
PATIENCE_S = 60.0


def free_port() -> int:
    """Finds a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def pinned(
    core: int, words: Sequence[str], environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a Python module of this project on one core until the block ends."""
    command = ["taskset", "-c", str(core), sys.executable, "-m", *words]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environ or {})})
    try:
        yield child
    finally:
        child.kill()
        child.wait(10)


def answering(port: int, child: subprocess.Popen[bytes]) -> None:
    """Waits until somebody listens; RuntimeError when the process ended or took too long."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and child.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not answer")


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """Gives the addresses of a PostgreSQL and a Redis: those of the tests where named, else fresh ones."""
    known = (os.environ.get("WHISTLE_TEST_POSTGRES_URL"), os.environ.get("WHISTLE_TEST_REDIS_URL"))
    if known[0] and known[1]:
        yield known[0], known[1]
        return
    with tempfile.TemporaryDirectory() as folder:
        start = ["taskset", "-c", str(LOAD_CORE), str(ROOT / "scripts" / "start-servers"), folder]
        printed = subprocess.run(start, check=True, capture_output=True, text=True).stdout
        named = dict(line.removeprefix("export ").split("=", 1) for line in printed.splitlines())
        try:
            yield named["WHISTLE_TEST_POSTGRES_URL"], named["WHISTLE_TEST_REDIS_URL"]
        finally:
            subprocess.run([str(ROOT / "scripts" / "stop-servers"), folder], check=True, capture_output=True)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Gives a fresh migrated database of either kind by its name, and takes them away."""
    with tempfile.TemporaryDirectory() as folder, servers() as (postgres, _):
        name = f"bench_{os.getpid()}"
        urls = {
            "SQLite": f"sqlite+aiosqlite:///{folder}/whistle.db",
            "PostgreSQL": make_url(postgres).set(database=name).render_as_string(hide_password=False),
        }
        _on(postgres, f"create database {name}")
        try:
            for url in urls.values():
                schema.upgrade(url)
            yield urls
        finally:
            _on(postgres, f"drop database if exists {name} with (force)")


def _on(url: str, statement: str) -> None:
    import asyncio

    import asyncpg

    async def run() -> None:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
