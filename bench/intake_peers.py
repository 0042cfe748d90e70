"""One webhook server on a port of its own, to be measured: ours on either database, or a library's.

python -m bench.intake_peers whistle 9001 sqlite+aiosqlite:////tmp/x/whistle.db
python -m bench.intake_peers aiogram 9001
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from aiohttp import web

from config.loops import run

SECRET = "bench-0123456789-abcdefghij"
TOKEN = "1000000000:" + "x" * 35
PATH = "/telegram/webhook"
HOST = "127.0.0.1"


async def whistle(port: int, database: str) -> None:
    """Our own web server as `whistle web` serves it: every update is committed before its answer."""
    import wiring
    from config.settings import Settings
    from processes import texts
    from web.app import serve

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            host=HOST,
            web_port=port,
            data_folder=Path(folder),
            database_url=database,
            channel="telegram",
            webhook_secret=SECRET,  # type: ignore[arg-type]
            log_level="error",
        )
        wiring.migrate(settings)
        wired = await wiring.wire(settings, with_places=False)
        await serve(wired.deps, texts(), settings, asyncio.Event())


async def aiogram(port: int, _: str) -> None:
    """Aiogram's own webhook: it answers first and hands the update to an empty handler afterwards."""
    from aiogram import Bot, Dispatcher
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def on_message(message: Message) -> None:
        return None

    app = web.Application()
    SimpleRequestHandler(dispatcher, Bot(TOKEN), secret_token=SECRET).register(app, path=PATH)
    await _until_killed(app, port)


async def telegram(port: int, _: str) -> None:
    """python-telegram-bot's own webhook (on tornado): it puts the update into a queue in memory."""
    from telegram import User
    from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters
    from telegram.ext._utils.webhookhandler import WebhookAppClass, WebhookServer

    async def on_message(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        return None

    app = ApplicationBuilder().token(TOKEN).build()
    app.add_handler(MessageHandler(filters.ALL, on_message))
    # What `run_webhook` does, without the call to Telegram that needs a real token.
    door = WebhookAppClass(PATH, app.bot, app.update_queue, SECRET)
    app._initialized = app.bot._initialized = True
    app.bot._bot_user = User(1, "bench", is_bot=True, username="bench_bot")
    await app.start()
    await WebhookServer(HOST, port, door, None).serve_forever()
    await asyncio.Event().wait()


async def _until_killed(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    await asyncio.Event().wait()


SERVERS: dict[str, Callable[[int, str], Coroutine[Any, Any, None]]] = {
    "whistle": whistle,
    "aiogram": aiogram,
    "telegram": telegram,
}


def main() -> None:
    """Serves what is named until it is killed; every server runs on the same kind of loop."""
    name, port = sys.argv[1], int(sys.argv[2])
    run(SERVERS[name](port, sys.argv[3] if len(sys.argv) > 3 else ""))


if __name__ == "__main__":
    main()
