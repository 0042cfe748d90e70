"""How does a bot's HTTP request become a call, and the result an answer in Telegram's shape?"""

import json
import sqlite3
from typing import Any

import structlog
from aiohttp import web

from gateway.botapi.call import Call
from gateway.botapi.errors import BotApiError
from gateway.botapi.methods import METHODS
from gateway.botapi.params import read_params
from gateway.faults import Fault, FaultKind
from gateway.media import FETCH_LIMIT_BYTES
from gateway.store import files
from gateway.store.database import StorageError
from gateway.switchboard import SWITCHBOARD, Switchboard

log = structlog.get_logger(__name__)

# A caller that runs into a "timeout" fault is let go after this long if it has not gone by itself.
_HELD_FOR_S = 120


def routes() -> list[web.RouteDef]:
    """Lists the addresses that bots use."""
    return [
        web.get("/bot{token}/{method}", on_call),
        web.post("/bot{token}/{method}", on_call),
        web.get("/file/bot{token}/{path:.+}", on_fetch),
    ]


async def on_call(request: web.Request) -> web.StreamResponse:
    """Answers one Bot API call."""
    board = request.app[SWITCHBOARD]
    method = request.match_info["method"]
    bot = board.bots.get(request.match_info["token"])
    if bot is None:
        return _refusal(BotApiError(401, "Unauthorized"))
    work = METHODS.get(method.lower())
    if work is None:
        return _refusal(BotApiError(404, "Not Found"))
    fault = board.faults.take(
        method,
        FaultKind.TOO_MANY_REQUESTS,
        FaultKind.SERVER_ERROR,
        FaultKind.TIMEOUT_BEFORE,
        FaultKind.TIMEOUT_AFTER,
    )
    try:
        if fault is not None and fault.kind is not FaultKind.TIMEOUT_AFTER:
            return await _fail(board, request, fault)
        result = await work(Call(board, bot, method, await read_params(request)))
    except BotApiError as refusal:
        return _refusal(refusal)
    except web.HTTPRequestEntityTooLarge:
        return _refusal(BotApiError(413, "Request Entity Too Large"))
    except (sqlite3.Error, StorageError, OSError) as error:
        log.error("call failed", bot_id=bot.bot_id, method=method, error=str(error))
        return _refusal(BotApiError(500, "Internal Server Error"))
    if fault is not None:
        return await _hold(board, request)
    return _answer({"ok": True, "result": result}, 200)


async def on_fetch(request: web.Request) -> web.StreamResponse:
    """Hands out the bytes of a file under the path that getFile told."""
    board = request.app[SWITCHBOARD]
    if request.match_info["token"] not in board.bots:
        return _refusal(BotApiError(401, "Unauthorized"))
    stored = files.by_path(board.database, request.match_info["path"])
    if stored is None or stored.size > FETCH_LIMIT_BYTES:
        return _refusal(BotApiError(404, "Not Found"))
    return web.FileResponse(
        board.blobs.path_of(stored.sha256),
        headers={"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff"},
    )


async def _fail(board: Switchboard, request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind is FaultKind.TOO_MANY_REQUESTS:
        wait_s = fault.retry_after
        return _refusal(BotApiError(429, f"Too Many Requests: retry after {wait_s}", wait_s))
    if fault.kind is FaultKind.SERVER_ERROR:
        return _refusal(BotApiError(500, "Internal Server Error"))
    return await _hold(board, request)


async def _hold(board: Switchboard, request: web.Request) -> web.StreamResponse:
    """Never answers: waits, then cuts the connection."""
    await board.signals.wait(("held", id(request)), _HELD_FOR_S)
    if request.transport is not None:
        request.transport.abort()
    return _refusal(BotApiError(500, "Internal Server Error"))


def _refusal(error: BotApiError) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return _answer(body, error.code)


def _answer(body: dict[str, Any], status: int) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), status=status, content_type="application/json")
