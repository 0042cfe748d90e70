"""An S3-compatible store over real HTTP, as far as pictures need one: put and get of one bucket's objects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class S3:
    """Keeps objects in a dictionary by path."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def put(self, request: web.Request) -> web.Response:
        """Keeps an object; requests without a signature are refused."""
        if "Authorization" not in request.headers:
            return web.Response(status=403)
        self.objects[request.path] = await request.read()
        return web.Response(headers={"ETag": '"1"'})

    async def get(self, request: web.Request) -> web.Response:
        """Gives an object."""
        if request.path not in self.objects:
            body = "<Error><Code>NoSuchKey</Code></Error>"
            return web.Response(status=404, text=body, content_type="application/xml")
        headers = {"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 01:00:00 GMT"}
        return web.Response(body=self.objects[request.path], headers=headers)


@asynccontextmanager
async def serve() -> AsyncIterator[tuple[S3, str]]:
    """Serves a store on loopback and gives it with its address."""
    store = S3()
    app = web.Application()
    app.router.add_put("/{path:.*}", store.put)
    app.router.add_get("/{path:.*}", store.get)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield store, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
