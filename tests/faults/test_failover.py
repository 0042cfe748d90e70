"""PostgreSQL dies for good: an operator promotes the replica by hand, and nothing that was acknowledged is missing."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from tests.faults import servers
from tests.faults.conftest import SEED
from tests.faults.drill import drill
from tests.faults.servers import Servers, as_postgres, free_port, tool

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]


async def test_a_replica_that_was_in_step_takes_over_by_hand(
    own_servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = own_servers.folder.parent / "failover"
    with servers.started(folder) as primary:
        url = primary.database("drill")
        port, copy = free_port(), folder / "pg" / "copy"
        await asyncio.to_thread(_replicate, primary, copy, port)
        at = tmp_path_factory.mktemp("failover")
        async with drill(at, seed=SEED, n_reporters=6, database_url=url, redis_url=primary.redis_url) as at_work:

            async def harm() -> None:
                await at_work.filed(4)
                await asyncio.to_thread(primary.pg_ctl, "-m", "immediate", "stop")
                await asyncio.to_thread(primary.pg_ctl, "promote", data=copy)
                # The new primary has nobody to wait for.
                await asyncio.to_thread(primary.sql, "alter system reset synchronous_standby_names", port)
                await asyncio.to_thread(primary.sql, "select pg_reload_conf()", port)
                await at_work.moved(url.replace(f":{primary.postgres_port}/", f":{port}/"))
                await at_work.filed(4)

            try:
                await at_work.work(harm, 6)
                balance = await at_work.settled()
            finally:
                await asyncio.to_thread(primary.pg_ctl, "-m", "fast", "stop", data=copy)

    assert balance.faults == []


def _replicate(primary: Servers, copy: Path, port: int) -> None:
    """Makes a replica as the operator's page says, and lets every commit wait for it."""
    source = f"host=127.0.0.1 port={primary.postgres_port} user=whistle application_name=copy"
    base = [tool("pg_basebackup"), "-d", source, "-D", copy, "-R", "-X", "stream", "-c", "fast"]
    subprocess.run([*as_postgres(), *base], check=True)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={copy.parent}"
    primary.pg_ctl("-o", f"{options} -c max_connections=200", "-l", str(copy.parent / "copy.log"), "start", data=copy)
    primary.sql("alter system set synchronous_standby_names = 'copy'")
    primary.sql("select pg_reload_conf()")
