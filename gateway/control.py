"""How do drills and tests steer the channel? Faults to come and a look at what was accepted."""

from typing import Any

from aiohttp import web

from gateway.faults import Fault, FaultKind
from gateway.phone.errors import refusal
from gateway.phone.requests import read_fields
from gateway.switchboard import SWITCHBOARD


def routes() -> list[web.RouteDef]:
    """Lists the control addresses; they exist only where the operator asked for them."""
    return [
        web.post("/control/faults", on_add),
        web.delete("/control/faults", on_clear),
        web.get("/control/ledger", on_ledger),
    ]


async def on_add(request: web.Request) -> web.Response:
    """Adds fault rules."""
    rules = (await read_fields(request)).raw("rules")
    if not isinstance(rules, list):
        raise refusal(400, "bad_field", field="rules")
    request.app[SWITCHBOARD].faults.add([_fault(rule) for rule in rules])
    return web.json_response({"rules": len(rules)})


async def on_clear(request: web.Request) -> web.Response:
    """Ends all faults."""
    request.app[SWITCHBOARD].faults.clear()
    return web.json_response({})


async def on_ledger(request: web.Request) -> web.Response:
    """Lists every accepted send and edit of this process, the oldest first."""
    return web.json_response(request.app[SWITCHBOARD].ledger.entries())


def _fault(rule: Any) -> Fault:
    if not isinstance(rule, dict) or rule.get("kind") not in list(FaultKind):
        raise refusal(400, "bad_field", field="kind")
    times, retry_after = rule.get("times", 1), rule.get("retry_after", 1)
    if not isinstance(times, int) or not isinstance(retry_after, int):
        raise refusal(400, "bad_field", field="times")
    return Fault(str(rule.get("method", "*")), FaultKind(rule["kind"]), times, retry_after)
