"""The mains of the processes: what each wires, runs, and closes when it is told to stop.

`cli` starts them one by one or together; each runs in a process of its own and never returns before its end.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog

import wiring
from actions.leading import Leading
from actions.ports import Deps
from actions.webhooks import hosts
from bot import app as bot_app
from bot.outgoing.sender import Sender, open_sender
from bot.outgoing.surroundings import Surroundings
from config import drills, observing
from config.logging import set_up_logging
from config.loops import run
from config.settings import Settings
from config.texts import Texts
from gateway.app import serve as serve_gateway
from gateway.settings import BotIdentity, GatewaySettings
from web.app import serve as serve_web
from workers import embedded, runtime, schedule
from workers.clock import Clock
from workers.hints import Hinter, Listener
from workers.queues import PLACE, QUEUES, Queues, connect
from workers.relay import Relay
from workers.runtime import Loop, Runtime
from workers.supervisor import Child
from workers.webhooks import Messenger

HERE = Path(__file__).parent
log = structlog.get_logger(__name__)


def children(settings: Settings) -> Iterator[Child]:
    """Lists the processes in the order of their start."""
    if not settings.redis_url:
        folder = settings.data_folder.resolve() / "valkey"
        yield Child("valkey", command=embedded.command(folder, settings.redis_socket), talked_to=True)
    if settings.channel == "gateway":
        yield Child("gateway", partial(gateway_main, settings), talked_to=True)
    yield Child("web", partial(web_main, settings))
    yield Child("bot", partial(bot_main, settings))
    yield Child("schedule", partial(schedule_main, settings))
    for name, main in worker_mains(settings):
        yield Child(name, main)


def texts() -> Texts:
    """Loads the message catalogues of the doors."""
    return Texts.load([HERE / "bot" / "locales", HERE / "web" / "locales"])


def owner(name: str) -> str:
    """Names this process on the rows it leases."""
    return f"{name}@{socket.gethostname()}:{os.getpid()}"


def gateway_settings(settings: Settings) -> GatewaySettings:
    """Gives our gateway's own settings."""
    slots = wiring.demo_slots(settings) if settings.environment == "demo" else {}
    return GatewaySettings(
        host=settings.host,
        port=settings.gateway_port,
        data_folder=settings.data_folder / "gateway",
        tokens={wiring.bot_token(settings): BotIdentity("whistle_bot", "吹哨")},
        map_file=settings.city_folder / "streets.geojson",
        strict_limits=settings.strict_limits,
        control=settings.gateway_control,
        demo_codes={slot: code for slot, (code, _) in slots.items()},
        demo_titles={slot: name for slot, (_, name) in slots.items()},
    )


@dataclass(frozen=True, slots=True)
class Speaking:
    """What a process that sends is made of."""

    deps: Deps
    sender: Sender
    texts: Texts
    owner: str

    @property
    def runtime(self) -> Runtime:
        """Gives the part that jobs see."""
        return Runtime(self.deps, self.sender)


@asynccontextmanager
async def speaking(settings: Settings, hinter: Hinter, name: str) -> AsyncIterator[Speaking]:
    """Wires a process that sends, and closes everything in the opposite order."""
    wired = await wiring.wire(settings, clock=wiring.clock_of(settings), hint=hinter)
    said, mine = texts(), owner(name)
    opened = open_sender(
        wired.deps,
        said,
        token=wiring.bot_token(settings),
        api_url=settings.bot_api_url or ("" if settings.channel == "telegram" else settings.gateway_url),
        channel=settings.channel,
        redis_url=settings.redis,
        owner=mine,
        paced=settings.channel == "telegram" or settings.strict_limits,
    )
    try:
        async with opened as sender:
            yield Speaking(wired.deps, sender, said, mine)
    finally:
        await hinter.close()
        await wired.close()


def gateway_main(settings: Settings) -> None:
    """Serves our own channel."""
    _run(settings, "gateway", lambda stop: serve_gateway(gateway_settings(settings), stop))


def web_main(settings: Settings) -> None:
    """Serves the board, the API and, for Telegram, the webhook."""

    async def main(stop: asyncio.Event) -> None:
        hinter = Hinter(settings.redis)
        wired = await wiring.wire(settings, clock=wiring.clock_of(settings), hint=hinter)
        try:
            await serve_web(wired.deps, texts(), settings, stop, Surroundings(wired.deps))
        finally:
            await hinter.close()
            await wired.close()

    _run(settings, "web", main)


def bot_main(settings: Settings) -> None:
    """Fetches updates, keeps them, and answers."""

    async def main(stop: asyncio.Event) -> None:
        async with speaking(settings, Hinter(settings.redis), "bot") as here:
            made = bot_app.build(
                here.deps,
                here.sender.bot,
                here.texts,
                here.sender.courier,
                channel=settings.channel,
                owner=here.owner,
            )
            work = made.work if settings.channel == "telegram" and settings.public_url else made.poll
            await _until(stop, work())

    _run(settings, "bot", main)


def schedule_main(settings: Settings) -> None:
    """Hands rows on, takes due steps, brings abandoned jobs back."""

    async def main(stop: asyncio.Event) -> None:
        listener = Listener(settings.redis)
        queues = Queues(connect(settings.redis))
        async with speaking(settings, Hinter(settings.redis), "schedule") as here:
            relay = Relay(here.runtime, queues, here.owner)
            leading = Leading(here.deps, "schedule", here.owner)
            messenger = Messenger(here.deps, hosts(settings.webhook_hosts))
            await schedule.run(relay, Clock(here.deps), queues, listener, stop, leading, messenger)
            await messenger.close()
        await listener.close()

    _run(settings, "schedule", main)


def worker_main(settings: Settings, queue: str) -> None:
    """Performs the jobs of one queue until SIGTERM; the job at hand is finished first."""
    _set_up(settings, f"worker {queue}")
    drills.arm(settings.crash_points, queue)
    loop = Loop()

    stack = AsyncExitStack()

    async def open_runtime() -> Speaking:
        return await stack.enter_async_context(speaking(settings, Hinter(settings.redis), f"worker-{queue}"))

    try:
        runtime.install(loop, loop.call(open_runtime()).runtime)
        Queues(connect(settings.redis, waits=True)).worker(queue).work(with_scheduler=False, logging_level="WARNING")
    finally:
        loop.call(stack.aclose())
        loop.close()


def worker_mains(settings: Settings) -> Sequence[tuple[str, Callable[[], None]]]:
    """Lists as many worker processes for each queue as the settings ask for."""
    made = []
    for queue in QUEUES:
        for number in range(settings.n_workers if queue == PLACE else settings.n_senders):
            made.append((f"{queue}-{number + 1}", partial(worker_main, settings, queue)))
    return made


def _set_up(settings: Settings, name: str) -> None:
    """Starts what tells of this process: its log, and what the operator sends elsewhere."""
    set_up_logging(settings.log_level, settings.log_format, name)
    observing.watch(
        name,
        environment=settings.environment,
        sentry_dsn=settings.sentry_dsn.get_secret_value(),
        otlp_endpoint=settings.otlp_endpoint,
    )


def _run(settings: Settings, name: str, main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """Runs a main on a fresh loop until SIGTERM or SIGINT."""
    _set_up(settings, name)
    drills.arm(settings.crash_points, name)

    async def guarded() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        # Under the supervisor Ctrl-C is ignored here, and so in the children of this process too.
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
        await main(stop)

    run(guarded())


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Runs until the stop, or until the work ends with a fault, which is raised."""
    task = asyncio.create_task(work)
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()
