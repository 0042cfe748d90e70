"""The web server: which address leads where, in which order a request is looked at, and how it starts and ends."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from actions.ports import Deps
from actions.webhooks import hosts
from bot import webhook
from config.settings import Settings
from config.texts import Texts
from web import access, draining, errors, headers, health, metrics, replica, sign_in
from web.address import networks
from web.api import areas, contents, docs, openapi
from web.board import case_pages, charts, key_form, latest, pages
from web.exports import brief, feeds, pack, tables
from web.exports.pack import DrawMap
from web.limits import Limits, Rate
from web.live import FEED, Feed, end_streams
from web.once import Once
from web.open311.door import routes as open311_routes
from web.parts import PARTS, Parts

STOP_WITHIN_S = 0.5
LONGEST_BODY = 64 * 1024
log = structlog.get_logger(__name__)


def build(deps: Deps, texts: Texts, settings: Settings, draw_map: DrawMap | None = None) -> web.Application:
    """Puts the server together; ValueError for a webhook secret that could be guessed."""
    app = web.Application(
        middlewares=[draining.counted, errors.problems, access.keyed, replica.looks], client_max_size=LONGEST_BODY
    )
    app[PARTS] = Parts(
        deps=deps,
        texts=texts,
        default_language=settings.language,
        api_key=settings.api_key.get_secret_value(),
        is_public=settings.environment == "demo" and _is_this_machine(settings.host),
        redis_url=settings.redis,
        data_folder=settings.data_folder,
        trusted_proxies=networks(settings.trusted_proxies),
        open311=settings.open311,
        webhook_hosts=hosts(settings.webhook_hosts),
        caller_rate=_rate(settings.calls_per_minute),
        address_rate=_rate(settings.calls_per_minute_of_address),
        scraped_here=not settings.public_url and not settings.trusted_proxies,
    )
    app[draining.IN_HAND] = draining.InHand()
    app[access.LIMITS] = Limits(settings.redis)
    app.cleanup_ctx.append(_limits_closed)
    app[areas.OUTLINES] = Once()
    app[FEED] = Feed(deps)
    app.on_shutdown.append(end_streams)
    app[openapi.WRITTEN] = Once()
    app[charts.BUNDLE] = Once()
    app[feeds.STATUS] = "Exercise" if settings.environment == "demo" else "Actual"
    if draw_map is not None:
        app[pack.DRAW_MAP] = draw_map
    app.on_response_prepare.append(headers.guard)
    app.add_routes(
        [
            web.get("/healthz", health.on_health),
            web.get("/readyz", health.on_ready),
            web.get("/metrics", metrics.on_metrics),
            *(operation.route() for operation in contents.operations()),
            web.get("/api/v1/openapi.json", openapi.on_openapi),
            *docs.routes(),
            *open311_routes(settings.open311),
            *sign_in.routes(),
            *key_form.routes(),
            *charts.routes(),
            *pages.routes(),
            *latest.routes(),
            *case_pages.routes(),
            *tables.routes(),
            *feeds.routes(),
            *pack.routes(),
            *brief.routes(),
        ]
    )
    secret = settings.webhook_secret.get_secret_value()
    if settings.channel == "telegram" and secret:
        app.router.add_post(webhook.PATH, webhook.door(deps, settings.channel, secret))
    return app


async def serve(
    deps: Deps, texts: Texts, settings: Settings, stop: asyncio.Event, draw_map: DrawMap | None = None
) -> None:
    """Serves until `stop` is set, finishes what is being written, and returns.

    Without such writes that takes less than a second, even when callers hold on to their connections.
    """
    app = build(deps, texts, settings, draw_map)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_WITHIN_S)
    try:
        await runner.setup()
        site = web.TCPSite(runner, settings.host, settings.web_port, reuse_address=True)
        await site.start()
        log.info("web ready", host=settings.host, port=runner.addresses[0][1])
        await stop.wait()
        await site.stop()
        if not await app[draining.IN_HAND].finished():
            log.warning("writes cut off at the end")
    finally:
        await runner.cleanup()


def _rate(per_minute: int) -> Rate:
    """Gives an even pace that lets a third of a minute's calls come at once: a page loads many things."""
    return Rate(per_minute=per_minute, burst=max(10.0, per_minute / 3))


async def _limits_closed(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[access.LIMITS].close()


def _is_this_machine(host: str) -> bool:
    """Tells whether only this machine can reach what listens there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
