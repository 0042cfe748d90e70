"""Which address of the standard leads where. Every failure is answered as the standard wants it."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from models.rules.errors import Refusal
from web.errors import Problem
from web.open311 import filing, requests, services
from web.open311.written import refusal

ROOT = "/open311/v2"
FORMAT = "{format:xml|json}"
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(who: str) -> list[web.AbstractRouteDef]:
    """Lists the addresses; none when the interface is off."""
    if who == "off":
        return []
    reads = (
        ("discovery", services.on_discovery),
        ("services", services.on_services),
        ("services/{code:[^/.]+}", services.on_definition),
        ("requests", requests.on_requests),
        ("requests/{id:[^/.]+}", requests.on_request),
        ("tokens/{token:[^/.]+}", requests.on_token),
    )
    addresses = [web.get(f"{ROOT}/{name}.{FORMAT}", in_standard(handler)) for name, handler in reads]
    return [*addresses, web.post(f"{ROOT}/requests.{FORMAT}", in_standard(filing.on_filing))]


def in_standard(handler: Answering) -> Answering:
    """Answers failures in the form of the standard."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Problem, Refusal) as fault:
            return refusal(request, fault)

    return answered
