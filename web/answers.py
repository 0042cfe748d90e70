"""How an answer leaves: as JSON or a file, compressed where it pays, and not at all when the caller has it already."""

import hashlib
import json
from typing import Any

from aiohttp import ETag, web

from web.languages import TAGS, language

WORTH_PACKING = 1024
"""Bytes below which compressing costs more than it saves."""


def as_json(
    request: web.Request, data: Any, *, tag: str | None = None, content_type: str = "application/json"
) -> web.Response:
    """Answers with JSON, or with 304 when the caller's copy is the same; `tag` stands for the content if given."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    answer = as_bytes(request, body, content_type=content_type, tag=tag)
    answer.headers["Content-Language"] = TAGS[language(request)]
    answer.headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
    return answer


def as_bytes(
    request: web.Request, body: bytes, *, content_type: str, tag: str | None = None, cache: str = "no-cache"
) -> web.Response:
    """Answers with bytes, or with 304 when the caller's copy is the same."""
    # Weak, because the same content may travel compressed or not.
    etag = ETag(tag or digest(body), is_weak=True)
    if any(known.value in (etag.value, "*") for known in request.if_none_match or ()):
        answer = web.Response(status=304)
    else:
        charset = "utf-8" if content_type.startswith("text/") else None
        answer = web.Response(body=body, content_type=content_type, charset=charset)
        if len(body) >= WORTH_PACKING and not content_type.startswith("image/"):
            answer.enable_compression()
    answer.etag = etag
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = cache
    return answer


def digest(body: bytes) -> str:
    """Names a content by its hash."""
    return hashlib.sha256(body).hexdigest()[:32]
