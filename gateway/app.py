"""How is the gateway put together, started and stopped? All wiring on one page."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog
from aiohttp import web

from gateway import control, pages
from gateway.botapi import door as bot_door
from gateway.clock import Clock, wall_clock
from gateway.phone import door as phone_door
from gateway.phone.reading import PLAIN_MAP, read_map
from gateway.settings import GatewaySettings
from gateway.store import bots, presses, updates
from gateway.store.database import Tx
from gateway.switchboard import SWITCHBOARD, Switchboard, connect
from gateway.webhooks import Deliveries

# The largest document a bot may send, and room for the other fields of the form.
_BODY_LIMIT_BYTES = (50 << 20) + (1 << 20)
_SWEEP_EVERY_S = 60.0
_STOP_WITHIN_S = 0.5
log = structlog.get_logger(__name__)


def build(settings: GatewaySettings, clock: Clock = wall_clock) -> web.Application:
    """Builds the server; opens the store, so it raises DataFolderInUseError, OSError or StorageError."""
    board = connect(settings, clock)
    app = web.Application(client_max_size=_BODY_LIMIT_BYTES, middlewares=[pages.guard_headers])
    app[SWITCHBOARD] = board
    app[PLAIN_MAP] = read_map(settings.map_file)
    app.add_routes(bot_door.routes())
    app.add_routes(phone_door.routes())
    if settings.control:
        app.add_routes(control.routes())
    app.add_routes(pages.routes(pages.PAGE_FOLDER))
    app.cleanup_ctx.append(_living)
    app.on_shutdown.append(_let_go)
    return app


async def _living(app: web.Application) -> AsyncIterator[None]:
    board = app[SWITCHBOARD]
    await board.database.write(lambda tx: bots.register(tx, [bot.bot_id for bot in board.bots.values()]))
    deliveries = Deliveries(board)
    board.on_webhook_change = deliveries.restart
    deliveries.start()
    sweeping = asyncio.get_running_loop().create_task(_sweep(board))
    yield
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    await deliveries.stop()
    await board.database.close()


async def _let_go(app: web.Application) -> None:
    app[SWITCHBOARD].signals.close()


async def _sweep(board: Switchboard) -> None:
    """Forgets from time to time what is too old to be of use."""

    def change(tx: Tx) -> int:
        expired = updates.drop_expired(tx, board.now())
        presses.tell_expired(tx, expired)
        presses.drop_old(tx, board.now())
        return len(expired)

    while True:
        await board.signals.wait("sweep", _SWEEP_EVERY_S)
        if board.signals.closed:
            return
        n_expired = await board.database.write(change)
        if n_expired:
            log.warning("updates expired", count=n_expired)


async def serve(
    settings: GatewaySettings,
    stop: asyncio.Event,
    *,
    clock: Clock = wall_clock,
    ready: Callable[[int], Any] | None = None,
) -> None:
    """Serves until `stop` is set, then lets every long poll go and returns in well under a second.

    `ready` is called with the port once requests are accepted (port 0 picks a free one).
    """
    runner = web.AppRunner(build(settings, clock), access_log=None, shutdown_timeout=_STOP_WITHIN_S)
    try:
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        port = runner.addresses[0][1]
        log.info("gateway ready", host=settings.host, port=port)
        if ready is not None:
            ready(port)
        await stop.wait()
    finally:
        await runner.cleanup()


def run(settings: GatewaySettings, ready: Callable[[int], Any] | None = None) -> None:
    """Serves until SIGINT or SIGTERM."""

    async def main() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await serve(settings, stop, ready=ready)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
