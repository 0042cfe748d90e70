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
CASES = ("/board/case/", "/board/cases")
"""Pages of which there is one a case."""
WORKER_POLICY = "default-src 'none'; connect-src 'self'"
"""A worker is held to the policy that came with its own script."""
PAGES = ("/board/", "/board/key", "/board/in", "/api/v1/docs")
POLICIES = dict.fromkeys(PAGES, PAGE_POLICY) | {"/board/sw.js": WORKER_POLICY}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


async def guard(request: web.Request, response: web.StreamResponse) -> None:
    """Adds the headers to an answer that is about to leave."""
    # By the address and not by the content: a 304 has no content, and browsers take its headers over.
    policy = POLICIES.get(request.path, PAGE_POLICY if request.path.startswith(CASES) else DATA_POLICY)
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if "Server" in response.headers:
        del response.headers["Server"]
