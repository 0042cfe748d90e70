"""How does the chat page reach a phone? Static files with headers that let nothing else in."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

PAGE_FOLDER = Path(__file__).parent / "page"

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    # Always ask again: the service worker keeps the page for times without network.
    "Cache-Control": "no-cache",
}
# What a page consists of; anything else in the folder (drawing tools, notes) stays there.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
_API_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def routes(folder: Path) -> list[web.AbstractRouteDef]:
    """Lists the addresses of the pages; they must come after those of the API."""

    async def on_root(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/phone/")

    async def on_phone(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(folder / "index.html")

    async def on_phones(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(folder / "phones.html")

    async def on_asset(request: web.Request) -> web.StreamResponse:
        asset = _find(folder, request.match_info["path"])
        if asset is None:
            raise web.HTTPNotFound
        return web.FileResponse(asset, headers={"Content-Type": _TYPES[asset.suffix]})

    async def on_bare(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{request.path}/")

    return [
        web.get("/", on_root),
        web.get("/phone", on_bare),
        web.get("/phones", on_bare),
        web.get("/phone/", on_phone),
        web.get("/phones/", on_phones),
        web.get("/phone/{path:.+}", on_asset),
    ]


@web.middleware
async def guard_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Adds the security headers to what phones get; pages and API answers differ in caching."""
    if not request.path.startswith("/phone"):
        return await handler(request)
    wanted = _API_HEADERS if request.path.startswith(("/phone/api/", "/phones/slots")) else _HEADERS
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        _add(refused, wanted)
        raise
    if not response.prepared:
        _add(response, wanted)
    return response


def _find(folder: Path, path: str) -> Path | None:
    """Finds a part of the page; nothing outside of its folder and nothing that is no page."""
    if "\0" in path:
        return None
    asset = (folder / path).resolve()
    is_part = asset.suffix in _TYPES and asset.is_relative_to(folder.resolve()) and asset.is_file()
    return asset if is_part else None


def _add(response: web.StreamResponse, wanted: dict[str, str]) -> None:
    for name, value in wanted.items():
        response.headers.setdefault(name, value)
