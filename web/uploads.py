"""Files that come with a call: each at most as large as a picture may be, and not more of them than a report takes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from web.errors import Problem

LARGEST_FILE = 20 * 1024 * 1024
MOST_FILES = 9
MOST_FIELDS = 300
LONGEST_WRITTEN = 64 * 1024
WRITTEN = "report"
"""The part of a form that holds its JSON."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file; nothing of what its sender calls it is believed."""

    name: str
    data: bytes


async def read_fields(
    request: web.Request, *, most_files: int = MOST_FILES
) -> tuple[list[tuple[str, str]], tuple[Upload, ...]]:
    """Reads a form of plain fields and so many files; gives the fields in their order, repeated ones too."""
    if request.content_type != "multipart/form-data":
        written = (await request.read()).decode("utf-8", "replace")
        try:
            return parse_qsl(written, keep_blank_values=True, max_num_fields=MOST_FIELDS), ()
        except ValueError as fault:
            raise Problem(HTTPStatus.BAD_REQUEST, "bad_request") from fault
    fields: list[tuple[str, str]] = []
    files: list[Upload] = []
    room = LONGEST_WRITTEN
    async for part in _parts(request):
        if part.filename is not None:
            files.append(Upload(part.name or "media", await _file(part, len(files), most_files)))
        else:
            value = await _part(part, room)
            room -= len(value)
            fields.append((part.name or "", value.decode("utf-8", "replace")))
    return fields, tuple(files)


async def read_form(request: web.Request) -> tuple[bytes, tuple[Upload, ...]]:
    """Reads a multipart form or a bare picture; gives the JSON part (empty without one) and the files.

    Raises the problem of a body that is too large or neither of both.
    """
    if request.content_type.startswith("image/") or request.content_type == "application/octet-stream":
        data = await _limited(request)
        return b"", (Upload("media", data),)
    if request.content_type != "multipart/form-data":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media_type", {"wanted": "multipart/form-data"})
    written: bytes = b""
    files: list[Upload] = []
    async for part in _parts(request):
        if part.name == WRITTEN:
            written = await _part(part, LONGEST_WRITTEN)
        elif part.filename is not None or part.name in ("media", "photo"):
            files.append(Upload(part.name or "media", await _file(part, len(files), MOST_FILES)))
    return written, tuple(files)


async def _parts(request: web.Request) -> AsyncIterator[BodyPartReader]:
    """Yields the parts of a form; raises the problem of a broken one."""
    try:
        parts = await request.multipart()
        while (part := await parts.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise Problem(HTTPStatus.BAD_REQUEST, "bad_request")
            yield part
    except (ValueError, AssertionError, BadHttpMessage) as fault:
        # aiohttp speaks of a broken form by each of them.
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_request") from fault


async def _file(part: BodyPartReader, n_before: int, most: int) -> bytes:
    if n_before >= most:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    return await _part(part, LARGEST_FILE)


async def _part(part: BodyPartReader, most: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > most:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    return bytes(data)


async def _limited(request: web.Request) -> bytes:
    data = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > LARGEST_FILE:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    return bytes(data)
