"""How does a bot learn what people did? By asking (getUpdates) or by being told (webhook), never both."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from gateway.botapi.call import Call
from gateway.botapi.errors import BadRequest, Conflict
from gateway.store import bots, updates
from gateway.store.database import Tx
from gateway.switchboard import monotonic_s

_TIMEOUT_LIMIT_S = 50
_BATCH_LIMIT = 100
_SECRET = re.compile(r"[A-Za-z0-9_-]+")


async def get_updates(call: Call) -> Any:
    """Returns waiting updates, or waits up to `timeout` for one; `offset` confirms everything below it."""
    board, bot_id = call.board, call.bot.bot_id
    _refuse_beside_webhook(call)
    ticket = object()
    board.pollers[bot_id] = ticket
    board.signals.wake([("updates", bot_id)])
    offset = await _confirm(call)
    limit = min(max(call.params.integer("limit") or _BATCH_LIMIT, 1), _BATCH_LIMIT)
    deadline_s = monotonic_s() + min(call.params.integer("timeout") or 0, _TIMEOUT_LIMIT_S)
    while True:
        if board.pollers.get(bot_id) is not ticket:
            _refuse_beside_webhook(call)
            raise Conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        found = updates.waiting(board.database, bot_id, offset, limit, board.now())
        left_s = deadline_s - monotonic_s()
        if found or left_s <= 0 or board.signals.closed:
            return [json.loads(one.body) for one in found]
        await board.signals.wait(("updates", bot_id), left_s)


async def set_webhook(call: Call) -> Any:
    """Starts delivery to an address, or ends it when the address is empty."""
    url = call.params.text("url")
    secret = call.params.text("secret_token")
    if url:
        _check_url(url)
    if len(secret) > 256:
        raise BadRequest("secret token is too long")
    if secret and not _SECRET.fullmatch(secret):
        raise BadRequest("secret token contains unallowed characters")
    allowed = _allowed_updates(call)
    connections = min(max(call.params.integer("max_connections") or 40, 1), 100)
    drop = call.params.flag("drop_pending_updates")

    def change(tx: Tx) -> None:
        bots.set_webhook(tx, call.bot.bot_id, url, secret, connections)
        if allowed is not None:
            bots.set_allowed_updates(tx, call.bot.bot_id, allowed)
        if drop:
            updates.drop_all(tx, call.bot.bot_id)

    await call.board.database.write(change)
    call.board.pollers.pop(call.bot.bot_id, None)
    call.board.signals.wake([("updates", call.bot.bot_id)])
    call.board.on_webhook_change(call.bot.bot_id)
    return True


async def delete_webhook(call: Call) -> Any:
    """Ends delivery; what waits stays for getUpdates unless it is to be dropped."""
    drop = call.params.flag("drop_pending_updates")

    def change(tx: Tx) -> None:
        bots.set_webhook(tx, call.bot.bot_id, "", "", 40)
        if drop:
            updates.drop_all(tx, call.bot.bot_id)

    await call.board.database.write(change)
    call.board.on_webhook_change(call.bot.bot_id)
    return True


async def get_webhook_info(call: Call) -> Any:
    """Tells how delivery goes: how much waits and what went wrong last."""
    board, bot_id = call.board, call.bot.bot_id
    webhook = bots.webhook_of(board.database, bot_id)
    info: dict[str, Any] = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": updates.count(board.database, bot_id, board.now()),
    }
    if webhook.url:
        info["max_connections"] = webhook.max_connections
        report = board.deliveries.get(bot_id)
        if report is not None and report.last_error_at is not None:
            info |= {"last_error_date": report.last_error_at, "last_error_message": report.last_error}
    if webhook.allowed_updates is not None:
        info["allowed_updates"] = list(webhook.allowed_updates)
    return info


def _refuse_beside_webhook(call: Call) -> None:
    if bots.webhook_of(call.board.database, call.bot.bot_id).url:
        raise Conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )


async def _confirm(call: Call) -> int:
    board, bot_id = call.board, call.bot.bot_id
    offset = call.params.integer("offset") or 0
    if offset < 0:
        offset = updates.from_the_end(board.database, bot_id, -offset)
    allowed = _allowed_updates(call)
    changed = (
        allowed is not None and (tuple(allowed) or None) != bots.webhook_of(board.database, bot_id).allowed_updates
    )
    if not changed and not updates.any_before(board.database, bot_id, offset):
        return offset

    def change(tx: Tx) -> None:
        updates.confirm_before(tx, bot_id, offset)
        if allowed is not None:
            bots.set_allowed_updates(tx, bot_id, allowed)

    await board.database.write(change)
    return offset


def _allowed_updates(call: Call) -> list[str] | None:
    allowed = call.params.structure("allowed_updates")
    if allowed is None:
        return None
    if not isinstance(allowed, list) or not all(isinstance(kind, str) for kind in allowed):
        raise BadRequest("can't parse allowed updates: expected an Array of String")
    return allowed


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        hosted = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise BadRequest("bad webhook: invalid HTTP URL specified") from error
    # Plain HTTP is allowed as on a Bot API server of one's own: bot and gateway often share a host.
    if parts.scheme not in {"http", "https"} or not hosted:
        raise BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
