"""The evidence pack of a case (案卷证据包): one ZIP, or one PDF to read and print.

The ZIP holds the history as data, every picture with its hashes, the map, and a list of hashes that `sha256sum -c`
checks. The same case gives the same bytes, so that two packs can be compared.
"""

import asyncio
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from actions import dossier
from actions.access import READ
from actions.dossier import Dossier, Exhibit
from actions.strangers import for_strangers
from models.rules.calendars import SHANGHAI
from web.access import need
from web.errors import Problem
from web.exports import pack_pages, viewers
from web.exports.columns import as_text
from web.exports.paper import NoFontError
from web.exports.tables import CHUNK, stream
from web.languages import text
from web.parts import parts


class DrawMap(Protocol):
    """Draws the surroundings of a place (WGS-84 degrees) as PNG."""

    async def __call__(self, latitude: float, longitude: float) -> bytes:
        """Gives the picture."""


DRAW_MAP = web.AppKey("draw map", DrawMap)
"""Absent where nobody handed one in: a pack is whole without it."""


@dataclass(frozen=True, slots=True)
class Photo:
    """An exhibit as it lies in the pack; `name` is empty when there are no bytes."""

    exhibit: Exhibit
    name: str
    kept_sha256: str | None


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses."""
    return [
        web.get("/api/v1/exports/cases/{case_no}.zip", on_zip),
        web.get("/api/v1/exports/cases/{case_no}.pdf", on_pdf),
    ]


async def on_zip(request: web.Request) -> web.StreamResponse:
    """Sends the pack; the PDF is in it when this machine has a Chinese font."""
    here, found = parts(request), await _asked(request)
    with tempfile.TemporaryFile(prefix="whistle-", suffix=".zip") as file:
        folder = _Folder(file, found)
        photos = [
            folder.photo(exhibit, n, await dossier.content(here.deps, exhibit))
            for n, exhibit in enumerate(found.exhibits, 1)
        ]
        ground = await _ground(request, found)
        if ground is not None:
            folder.add("map.png", ground)
        names = viewers.names(need(request, READ), found.view)
        folder.add("case.json", json.dumps(_case(found, photos, names), ensure_ascii=False, indent=1).encode())
        try:
            folder.add("case.pdf", await _printed(request, found))
        except NoFontError:
            folder.add("NO-PDF.txt", text(request)("pack.no_font").encode())
        folder.close()
        file.seek(0)

        async def chunks() -> AsyncIterator[bytes]:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk

        return await stream(request, chunks(), "application/zip", f"{found.view.case_no}.zip", packed=True)


async def on_pdf(request: web.Request) -> web.Response:
    """Sends the case as a PDF."""
    found = await _asked(request)
    try:
        body = await _printed(request, found)
    except NoFontError as fault:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "no_font") from fault
    name = f'inline; filename="{found.view.case_no}.pdf"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def _asked(request: web.Request) -> Dossier:
    who = need(request, READ)
    found = await dossier.dossier(parts(request).deps, who.actor, request.match_info["case_no"])
    return found if who.sees_names else replace(found, view=for_strangers(found.view))


async def _ground(request: web.Request, found: Dossier) -> bytes | None:
    place = found.view.place
    draw = request.app.get(DRAW_MAP)
    return None if place is None or draw is None else await draw(place.latitude, place.longitude)


async def _printed(request: web.Request, found: Dossier) -> bytes:
    here = parts(request)
    pictures = [(exhibit, await dossier.content(here.deps, exhibit)) for exhibit in found.exhibits]
    return await asyncio.to_thread(
        pack_pages.printed,
        here.deps,
        text(request),
        found,
        viewers.names(need(request, READ), found.view),
        [(exhibit, data) for exhibit, data in pictures if data is not None],
        await _ground(request, found),
    )


def _case(found: Dossier, photos: list[Photo], names: Callable[[int | None], str | None]) -> dict[str, Any]:
    """Gives the case as data; times are ISO 8601 with the city's offset."""
    view = found.view
    facts = view.facts
    return {
        "case_no": view.case_no,
        "kind": facts.kind,
        "state": facts.state,
        "urgency": facts.urgency,
        "grade": facts.grade,
        "areas": list(facts.areas.chain),
        "boundary_edition": facts.edition,
        "place": None if view.place is None else _place(view.place.latitude, view.place.longitude, view.place.method),
        "text": view.text,
        "address_text": view.address_text,
        "fields": dict(view.fields),
        "figures": dict(view.figures),
        "unit": view.unit_name,
        "history": [
            {
                "seq": line.seq,
                "at": as_text(line.at),
                "event": line.tag,
                "by": names(line.actor_id),
                "channel": line.channel,
                "from": line.from_state,
                "to": line.to_state,
                "reason": line.reason,
                "words": line.words,
                "photos": [p.name for p in photos if p.exhibit.media_id in line.media],
            }
            for line in view.history
        ],
        "photos": [
            {
                "file": photo.name or None,
                "role": photo.exhibit.role,
                "status": photo.exhibit.status,
                "received_at": as_text(photo.exhibit.received_at),
                "taken_at": as_text(photo.exhibit.taken_at),
                "sha256_as_sent": photo.exhibit.sha256,
                "sha256_as_kept": photo.kept_sha256,
            }
            for photo in photos
        ],
    }


def _place(latitude: float, longitude: float, method: str) -> dict[str, Any]:
    return {"latitude": latitude, "longitude": longitude, "datum": "wgs84", "method": method}


class _Folder:
    """A ZIP with a list of the hashes of what is in it; every file is dated when the case changed last."""

    def __init__(self, file: Any, found: Dossier) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._date = found.changed_at.astimezone(SHANGHAI).timetuple()[:6]
        self._root = found.view.case_no
        self._hashes: list[str] = []

    def add(self, name: str, data: bytes) -> str:
        """Adds a file and gives its hash."""
        info = zipfile.ZipInfo(f"{self._root}/{name}", self._date)
        # Pictures are compressed already.
        stored = Path(name).suffix in (".jpg", ".png", ".pdf")
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)
        digest = hashlib.sha256(data).hexdigest()
        self._hashes.append(f"{digest}  {name}\n")
        return digest

    def photo(self, exhibit: Exhibit, number: int, data: bytes | None) -> Photo:
        """Adds a picture under its number and role."""
        if data is None:
            return Photo(exhibit, "", None)
        name = f"photos/{number:02d}-{exhibit.role}.jpg"
        return Photo(exhibit, name, self.add(name, data))

    def close(self) -> None:
        """Adds the list of hashes and finishes."""
        info = zipfile.ZipInfo(f"{self._root}/SHA256SUMS", self._date)
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, io.BytesIO("".join(self._hashes).encode()).getvalue())
        self._zip.close()
