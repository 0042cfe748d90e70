"""Cases as CSV, XLSX and GeoJSON, streamed: however many there are, only a page of them is in memory."""

import asyncio
import csv
import io
import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import IO, Any

import xlsxwriter
from aiohttp import web

from actions import exports
from actions.exports import CaseRow, CaseSearch
from models.rules.calendars import SHANGHAI
from web.exports.asked import cases_asked
from web.exports.columns import COLUMNS, Cell, Column, Wording, as_text, in_words
from web.languages import TAGS, text
from web.parts import parts

ROWS_OF_A_SHEET = 1_048_575
"""What a sheet of a workbook holds below its heading."""
MOST = 5_000_000
CHUNK = 256 * 1024
TIME_FORMAT = "yyyy-mm-dd hh:mm"


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses."""
    return [
        web.get("/api/v1/exports/cases.csv", on_csv),
        web.get("/api/v1/exports/cases.xlsx", on_xlsx),
        web.get("/api/v1/exports/cases.geojson", on_geojson),
    ]


async def on_csv(request: web.Request) -> web.StreamResponse:
    """Streams the cases as CSV (RFC 4180) with a byte order mark, without which Excel misreads UTF-8.

    `header=codes` gives the codes and ISO times that programs want; else headings and values are in words.
    """
    wanted, wording = _asked(request)
    by_code = request.query.get("header") == "codes"

    async def lines() -> AsyncIterator[bytes]:
        head = [c.code if by_code else c.name(wording.said) for c in COLUMNS]
        yield b"\xef\xbb\xbf" + _csv([head])
        async for page in exports.pages(parts(request).deps, wanted):
            yield _csv([[_cell(column, row, wording, by_code) for column in COLUMNS] for row in page])

    return await stream(request, lines(), "text/csv; charset=utf-8", "cases.csv")


async def on_geojson(request: web.Request) -> web.StreamResponse:
    """Streams the cases as a GeoJSON FeatureCollection (RFC 7946); a case without a point has no geometry."""
    wanted, _ = _asked(request)
    city = parts(request).deps.city

    async def features() -> AsyncIterator[bytes]:
        named = json.dumps({"city": city.name, "synthetic_boundaries": city.synthetic}, ensure_ascii=False)
        yield b'{"type":"FeatureCollection",' + named[1:-1].encode() + b',"features":['
        first = True
        async for page in exports.pages(parts(request).deps, wanted):
            written = ",\n".join(json.dumps(_feature(row), ensure_ascii=False) for row in page)
            yield ("" if first else ",\n").encode() + written.encode()
            first = False
        yield b"]}"

    return await stream(request, features(), "application/geo+json", "cases.geojson")


async def on_xlsx(request: web.Request) -> web.StreamResponse:
    """Writes the cases as a workbook into a file of its own, then sends it; times are real times of the city."""
    wanted, wording = _asked(request)
    with tempfile.TemporaryFile(prefix="whistle-", suffix=".xlsx") as file:
        book = _Book(file, wording)
        async for page in exports.pages(parts(request).deps, wanted):
            await asyncio.to_thread(book.add, page)
        await asyncio.to_thread(book.close)
        file.seek(0)

        async def chunks() -> AsyncIterator[bytes]:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk

        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return await stream(request, chunks(), kind, "cases.xlsx", packed=True)


def _asked(request: web.Request) -> tuple[CaseSearch, Wording]:
    return cases_asked(request, limit=MOST), Wording(text(request), parts(request).deps.catalogue)


def _cell(column: Column, row: CaseRow, wording: Wording, by_code: bool) -> str:
    return as_text(column.value(row)) if by_code else in_words(column.worded(row, wording))


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _feature(row: CaseRow) -> dict[str, Any]:
    point = None
    if row.latitude is not None and row.longitude is not None:
        point = {"type": "Point", "coordinates": [round(row.longitude, 7), round(row.latitude, 7)]}
    values = {c.code: _as_json(c.value(row)) for c in COLUMNS if c.code not in ("latitude", "longitude")}
    return {"type": "Feature", "id": row.case_no, "geometry": point, "properties": values}


def _as_json(cell: Cell) -> Any:
    return as_text(cell) if isinstance(cell, datetime) else cell


class _Book:
    """A workbook that is written row by row; a sheet that is full is followed by another."""

    def __init__(self, file: IO[bytes], wording: Wording) -> None:
        self._wording = wording
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(file, options)
        self._bold = self._book.add_format({"bold": True})
        self._time = self._book.add_format({"num_format": TIME_FORMAT})
        self._head()

    def add(self, page: Sequence[CaseRow]) -> None:
        """Adds the rows of a page."""
        for row in page:
            if self._n == ROWS_OF_A_SHEET:
                self._head()
            self._n += 1
            for at, column in enumerate(COLUMNS):
                self._write(at, column.worded(row, self._wording))

    def close(self) -> None:
        """Finishes the file."""
        self._sheet.autofilter(0, 0, max(self._n, 1), len(COLUMNS) - 1)
        self._book.close()

    def _head(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 1)
        for at, column in enumerate(COLUMNS):
            self._sheet.set_column(at, at, column.width)
            self._sheet.write_string(0, at, column.name(self._wording.said), self._bold)
        self._n = 0

    def _write(self, at: int, cell: Cell) -> None:
        match cell:
            case None | "":
                return
            case datetime():
                local = cell.astimezone(SHANGHAI).replace(tzinfo=None)
                self._sheet.write_datetime(self._n, at, local, self._time)
            case bool() | str():
                self._sheet.write_string(self._n, at, str(cell))
            case _:
                self._sheet.write_number(self._n, at, cell)


async def stream(
    request: web.Request, chunks: AsyncIterator[bytes], kind: str, name: str, *, packed: bool = False
) -> web.StreamResponse:
    """Sends what comes, compressed for who can read it; a caller who leaves ends the reading."""
    answer = web.StreamResponse(
        headers={
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "Content-Language": TAGS[text(request).language],
            "Vary": "Accept-Language, Cookie, Accept-Encoding",
        }
    )
    if not packed:
        answer.enable_compression()
    # The first piece is made before the answer begins: a database that cannot answer is still a 503.
    first = await anext(chunks, b"")
    await answer.prepare(request)
    await answer.write(first)
    async for chunk in chunks:
        await answer.write(chunk)
    await answer.write_eof()
    return answer
