"""Commands that run: everything together, each process alone, and the migration before them."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out


def run() -> None:
    """Run everything under one supervisor until Ctrl-C: gateway, web, bot, schedule, workers, embedded Valkey."""
    chosen = terminal.settings()
    _keep_bytecode(chosen.data_folder)
    # What is imported lives for ever: looking for garbage in it takes a fifth of the start.
    gc.disable()
    import together

    together.run(chosen, out)


def _keep_bytecode(data_folder: Path) -> None:
    """Compiles the code once and not at each start, also where nothing may be written beside the sources."""
    if sys.dont_write_bytecode:
        sys.pycache_prefix = str(data_folder.resolve() / "bytecode")
        sys.dont_write_bytecode = False


def bot() -> None:
    """Run the bot alone: fetches updates, keeps them, answers."""
    chosen = terminal.settings()
    terminal.check_database(chosen)
    import processes

    processes.bot_main(chosen)


def web() -> None:
    """Run the web server alone: board, API and, for Telegram, the webhook."""
    chosen = terminal.settings()
    terminal.check_database(chosen)
    _check_port(chosen.host, chosen.web_port, "WEB")
    import processes

    processes.web_main(chosen)


def gateway() -> None:
    """Run our own messaging channel alone: the Bot API and the phone page."""
    chosen = terminal.settings()
    _check_port(chosen.host, chosen.gateway_port, "GATEWAY")
    import processes

    processes.gateway_main(chosen)


def schedule() -> None:
    """Run the schedule alone: hands rows on, takes due steps, brings abandoned jobs back."""
    chosen = terminal.settings()
    terminal.check_database(chosen)
    import processes

    processes.schedule_main(chosen)


def worker(
    queue: Annotated[str, typer.Option(help="Serve this queue in this process; without it, one process a queue.")] = "",
) -> None:
    """Run the workers: all queues, or the one named (place, notify)."""
    chosen = terminal.settings()
    terminal.check_database(chosen)
    from workers.queues import QUEUES

    if queue and queue not in QUEUES:
        raise CannotDo(f"there is no queue {queue!r}; there are {' and '.join(QUEUES)}")
    import processes
    from workers.supervisor import Child, Supervisor

    if queue:
        processes.worker_main(chosen, queue)
        return
    supervisor = Supervisor([Child(name, main) for name, main in processes.worker_mains(chosen)])
    supervisor.start()
    supervisor.watch()


def migrate() -> None:
    """Bring the database to the schema of this code; does nothing when it is there already."""
    chosen = terminal.settings()
    import wiring

    chosen.data_folder.mkdir(parents=True, exist_ok=True)
    out.print(f"The database is at schema {wiring.migrate(chosen)}.")


def settings() -> None:
    """Show the settings in force and where each comes from, with secrets hidden."""
    import os

    from config.settings import shown

    chosen = terminal.settings()
    table = terminal.table("setting", "value", "from")
    for name, value in shown(chosen).items():
        variable = "REDIS_URL" if name == "redis_url" else f"WHISTLE_{name.upper()}"
        origin = next((v for v in (variable, f"{variable}_FILE") if v in os.environ), "default")
        table.add_row(variable, terminal.escaped(hidden(value)), "" if origin == "default" else origin)
    out.print(table)


def hidden(value: str) -> str:
    """Hides the password of a URL; other secrets are hidden by their type."""
    scheme, found, rest = value.partition("://")
    login, at, server = rest.rpartition("@")
    if not found or not at:
        return value
    user, colon, _ = login.partition(":")
    return f"{scheme}://{user}{colon and ':***'}@{server}"


def _check_port(host: str, port: int, name: str) -> None:
    import together

    if not together.free(host, port):
        raise CannotDo(f"port {port} is taken by another program; end it or set WHISTLE_{name}_PORT")
