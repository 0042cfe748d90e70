"""What a city puts beside its PostgreSQL: pgbouncer in front of it, and a replica behind it; both real, from Debian."""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

PATIENCE_S = 30.0
PGBOUNCER = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
"""


def free_port() -> int:
    """Gives a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def as_postgres() -> list[str]:
    """Gives the words before a command that refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def home() -> Iterator[Path]:
    """Makes a folder that such a command may write to; below pytest's own folder only this account may go."""
    with tempfile.TemporaryDirectory(prefix="whistle", ignore_cleanup_errors=True) as name:
        if os.geteuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(name, account.pw_uid, account.pw_gid)
        yield Path(name)


async def listening(port: int, within_s: float = PATIENCE_S) -> None:
    """Waits until a server takes connections."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@contextmanager
def pgbouncer(url: str) -> Iterator[str]:
    """Runs pgbouncer in transaction pooling mode with three sessions for all, and gives the URL through it."""
    port, server = free_port(), make_url(url)
    with home() as folder:
        page = folder / "pgbouncer.ini"
        page.write_text(
            PGBOUNCER.format(host=server.host, port=server.port, user=server.username, own=port), encoding="utf-8"
        )
        program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
        assert program is not None, "pgbouncer is missing: scripts/install-servers"
        with subprocess.Popen([*as_postgres(), program, "-q", str(page)]) as process:
            try:
                asyncio.run(listening(port))
                through = server.set(port=port).update_query_dict({"pooler": "transaction"})
                yield through.render_as_string(hide_password=False)
            finally:
                process.terminate()


@contextmanager
def replica(url: str) -> Iterator[str]:
    """Runs a streaming replica, and gives its URL."""
    port, server = free_port(), make_url(url)
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    with home() as folder:
        data = folder / "data"
        where = ["-h", str(server.host), "-p", str(server.port), "-U", str(server.username)]
        copy = [programs / "pg_basebackup", *where, "-D", data, "-R", "-X", "stream", "-c", "fast"]
        subprocess.run([*as_postgres(), *map(str, copy)], check=True, cwd="/")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
        control = [*as_postgres(), str(programs / "pg_ctl"), "-s", "-w", "-D", str(data)]
        subprocess.run([*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, cwd="/")
        try:
            yield server.set(port=port).render_as_string(hide_password=False)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd="/")
