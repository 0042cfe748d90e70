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
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from actions import dossier
from actions.access import READ
from actions.dossier import Dossier, Exhibit
from actions.strangers import for_strangers
from actions.views import CaseView
from config.fonts import NoFontError
from models.rules.calendars import SHANGHAI
from web.access import need
from web.exports.columns import as_text
from web.exports.printing import as_pdf
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


Names = Callable[[int | None], str | None]


@dataclass(frozen=True, slots=True)
class Collected:
    """What goes into a pack; an exhibit without bytes has None beside it."""

    dossier: Dossier
    exhibits: Sequence[tuple[Exhibit, bytes | None]]
    ground: bytes | None
    names: Names

    @property
    def case_no(self) -> str:
        """Gives the number people say."""
        return self.dossier.view.case_no


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses."""
    return [
        web.get("/api/v1/exports/cases/{case_no}.zip", on_zip),
        web.get("/api/v1/exports/cases/{case_no}.pdf", on_pdf),
    ]


async def on_zip(request: web.Request) -> web.StreamResponse:
    """Sends the pack; the PDF is in it when this machine has a Chinese font."""
    found = await _collected(request)
    with tempfile.TemporaryFile(prefix="whistle-", suffix=".zip") as file:
        folder = _Folder(file, found.dossier)
        photos = [folder.photo(exhibit, n, data) for n, (exhibit, data) in enumerate(found.exhibits, 1)]
        if found.ground is not None:
            folder.add("map.png", found.ground)
        case = _case(found.dossier, photos, found.names)
        folder.add("case.json", json.dumps(case, ensure_ascii=False, indent=1).encode())
        try:
            folder.add("case.pdf", await asyncio.to_thread(_printed, request, found))
        except NoFontError:
            folder.add("NO-PDF.txt", text(request)("pack.no_font").encode())
        folder.close()
        file.seek(0)

        async def chunks() -> AsyncIterator[bytes]:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk

        return await stream(request, chunks(), "application/zip", f"{found.case_no}.zip", packed=True)


async def on_pdf(request: web.Request) -> web.Response:
    """Sends the case as a PDF."""
    found = await _collected(request)
    return await as_pdf(found.case_no, lambda: _printed(request, found))


async def _collected(request: web.Request) -> Collected:
    """Reads everything that goes into a pack, once; raises `UnknownCase`."""
    here, who = parts(request), need(request, READ)
    found = await dossier.dossier(here.deps, who.actor, who.area_code, request.match_info["case_no"])
    if not who.sees_names:
        found = replace(found, view=for_strangers(found.view))
    place, draw = found.view.place, request.app.get(DRAW_MAP)
    return Collected(
        dossier=found,
        exhibits=[(exhibit, await dossier.content(here.deps, exhibit)) for exhibit in found.exhibits],
        ground=None if place is None or draw is None else await draw(place.latitude, place.longitude),
        names=_names(found.view),
    )


def _printed(request: web.Request, found: Collected) -> bytes:
    # Only where somebody prints: loading fpdf2 would take a tenth of every start.
    from web.exports import pack_pages

    pictures = [(exhibit, data) for exhibit, data in found.exhibits if data is not None]
    return pack_pages.printed(parts(request).deps, text(request), found.dossier, found.names, pictures, found.ground)


def _names(view: CaseView) -> Names:
    """Gives who acted: the name where it may be told, else a number in the case, the same for the same person."""
    known: dict[int, str] = {}
    for line in view.history:
        if line.actor_id is not None:
            known.setdefault(line.actor_id, line.actor_name or f"P{len(known) + 1}")
    return lambda person_id: None if person_id is None else known.get(person_id)


def _case(found: Dossier, photos: list[Photo], names: Names) -> dict[str, Any]:
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
