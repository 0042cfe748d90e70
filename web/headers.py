"""The headers that keep a page to itself: nothing from elsewhere runs in it, nobody frames it."""

from aiohttp import web

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


async def guard(request: web.Request, response: web.StreamResponse) -> None:
    """Adds the headers to an answer that is about to leave."""
    page = response.content_type == "text/html"
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else DATA_POLICY)
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if "Server" in response.headers:
        del response.headers["Server"]
