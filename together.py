"""Everything under one supervisor: what `make run` starts, checked first and announced when it answers."""

import asyncio
import gc
import socket
import sys
import time
from functools import partial

from rich.console import Console
from rich.table import Table

import wiring
from config.seed.read import SeedFault
from config.settings import Settings
from geo.areas import BadBoundaries
from models.rules.catalogue import CatalogueFault
from models.store.errors import StoreError
from workers.supervisor import Errand, Supervisor

PATIENCE_S = 30.0


class StartError(Exception):
    """The service cannot start; the message is one sentence that says what to do."""


def run(settings: Settings, console: Console) -> None:
    """Runs the whole service until Ctrl-C or SIGTERM; raises `StartError` before anything was started."""
    started = time.monotonic()
    check(settings)
    preparing = Errand(partial(prepare, settings))
    # The bot's library takes as long to import as the city to prepare: both at once, on two cores.
    import processes

    # What was imported lives for ever and is never looked through again; frozen, its pages stay shared by the forks.
    gc.freeze()
    gc.enable()
    if preparing.done() != 0:
        raise StartError("the database or the city could not be prepared (the lines above say why)")
    supervisor = Supervisor(list(processes.children(settings)))
    supervisor.start()
    try:
        if not _answering(settings, supervisor):
            raise StartError("the service did not answer in time; the lines above say which process failed")
        announce(settings, console, time.monotonic() - started)
        supervisor.watch()
    finally:
        supervisor.end()


def check(settings: Settings) -> None:
    """Checks what a start needs: the data folder, both ports, the city's tables."""
    folder = settings.data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        raise StartError(
            f"cannot write to the data folder {folder} ({fault.strerror}); set WHISTLE_DATA_FOLDER"
        ) from fault
    ports = {"WEB": settings.web_port}
    if settings.channel == "gateway":
        ports["GATEWAY"] = settings.gateway_port
    for name, port in ports.items():
        if not free(settings.host, port):
            raise StartError(f"port {port} is taken by another program; end it or set WHISTLE_{name}_PORT")
    try:
        wiring.catalogue_of(settings)
    except (SeedFault, CatalogueFault) as fault:
        raise StartError(f"the catalogue is broken: {fault}") from fault


def prepare(settings: Settings) -> None:
    """Migrates and installs, in a process of its own so that no connection crosses a fork."""

    async def install() -> None:
        wired = await wiring.wire(settings)
        wired = await wiring.install(settings, wired)
        await wired.close()

    try:
        wiring.migrate(settings)
        asyncio.run(install())
    except BadBoundaries as fault:
        sys.exit(f"the boundaries cannot be used: {fault}")
    except StoreError as fault:
        sys.exit(f"the database cannot be used: {fault}")


def announce(settings: Settings, console: Console, seconds: float) -> None:
    """Prints the four links."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    if settings.channel == "gateway":
        table.add_row("三部手机 · three phones", f"{settings.gateway_url}/phones/")
        table.add_row("一部手机 · one phone", f"{settings.gateway_url}/phone/")
    table.add_row("看板 · board", f"{settings.web_url}/board/")
    table.add_row("接口 · API", f"{settings.web_url}/api/v1/")
    console.print(f"\n[bold]吹哨 Whistle[/] is ready ({seconds:.1f} s). Ctrl-C ends it.\n")
    console.print(table)
    console.print("\n[dim]Demonstration city: real names and codes, synthetic boundaries.[/]\n")


def _answering(settings: Settings, supervisor: Supervisor) -> bool:
    """Waits until the servers accept connections; looks after children that die meanwhile."""
    ports = [settings.web_port]
    if settings.channel == "gateway":
        ports.append(settings.gateway_port)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not supervisor.stopping:
        supervisor.look(0.02)
        if not any(free(settings.host, port) for port in ports):
            return True
    return supervisor.stopping


def free(host: str, port: int) -> bool:
    """Tells whether nobody listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) != 0
