"""The others who can say which area holds a point: shapely's STRtree, PostGIS, an H3 cover, MapIt over HTTP."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import shapely

from geo.areas import Point, Shape

H3_CELLS = 1_500_000


@dataclass(frozen=True)
class Peer:
    """A contestant: one look-up, many at once, and the codes of many for comparison.

    `most` bounds how many points it is given; `clock` is what its work is timed by; `close` lets go of what it holds.
    """

    name: str
    single: Callable[[Point], Any] | None
    many: Callable[[np.ndarray, np.ndarray], Any] | None
    codes: Callable[[np.ndarray, np.ndarray], np.ndarray]
    most: int = 10**9
    close: Callable[[], None] = lambda: None
    clock: Callable[[], float] = time.thread_time


def tree_peer(shapes: list[Shape]) -> Peer:
    """Asks shapely: the first code of those whose outline meets the point."""
    ordered = sorted(shapes, key=lambda shape: shape.area.code)
    outlines = shapely.from_wkb([shape.wkb for shape in ordered])
    names = [shape.area.code for shape in ordered]
    listed = np.array([*names, None], dtype=object)
    tree = shapely.STRtree(outlines)

    def single(point: Point) -> str | None:
        met = tree.query(shapely.Point(point.longitude, point.latitude), predicate="intersects")
        return names[met.min()] if len(met) else None

    def many(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        asked, met = tree.query(shapely.points(longitude, latitude), predicate="intersects")
        first = np.full(len(latitude), len(names))
        np.minimum.at(first, asked, met)
        return first

    return Peer("STRtree", single, many, lambda a, b: listed[many(a, b)])


def h3_peer(shapes: list[Shape]) -> Peer:
    """Covers every outline with hexagons; a hexagon on a border belongs to whoever holds its centre."""
    import h3

    outlines = shapely.from_wkb([shape.wkb for shape in shapes])
    ground_km2 = float(shapely.area(outlines).sum()) * 111.0 * 90.0
    resolution = max(r for r in range(16) if ground_km2 / h3.average_hexagon_area(r, unit="km^2") < H3_CELLS)
    owner: dict[str, str] = {}
    for shape, outline in zip(shapes, outlines, strict=True):
        for cell in h3.geo_to_cells(outline, resolution):
            owner[cell] = shape.area.code

    def single(point: Point) -> str | None:
        return owner.get(h3.latlng_to_cell(point.latitude, point.longitude, resolution))

    def codes(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        pairs = zip(latitude.tolist(), longitude.tolist(), strict=True)
        return np.array([single(Point(a, b)) for a, b in pairs], dtype=object)

    return Peer(f"H3 cover, resolution {resolution}", single, None, codes)


def postgis_peer(shapes: list[Shape], dsn: str) -> Peer:
    """Asks a server: a prepared ST_Covers with a GiST index for one point, a join for many."""
    import asyncpg

    runner = asyncio.Runner()
    one = "select min(code) from bench_areas where ST_Covers(outline, ST_SetSRID(ST_MakePoint($1, $2), 4326))"
    join = (
        "select p.n, min(a.code) from unnest($1::float8[], $2::float8[]) with ordinality p(x, y, n) "
        "join bench_areas a on ST_Covers(a.outline, ST_SetSRID(ST_MakePoint(p.x, p.y), 4326)) group by p.n"
    )

    async def connect() -> tuple[Any, Any, Any]:
        connection = await asyncpg.connect(dsn)
        await connection.execute("create temp table bench_areas (code text, outline geometry)")
        await connection.executemany(
            "insert into bench_areas values ($1, ST_SetSRID(ST_GeomFromWKB($2), 4326))",
            [(shape.area.code, shape.wkb) for shape in shapes],
        )
        await connection.execute("create index on bench_areas using gist (outline)")
        await connection.execute("analyze bench_areas")
        return connection, await connection.prepare(one), await connection.prepare(join)

    connection, prepared, joined = runner.run(connect())

    def single(point: Point) -> Any:
        return runner.run(prepared.fetchval(point.longitude, point.latitude))

    def many(latitude: np.ndarray, longitude: np.ndarray) -> Any:
        return runner.run(joined.fetch(longitude.tolist(), latitude.tolist()))

    def codes(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        found = np.full(len(latitude), None, dtype=object)
        for number, code in many(latitude, longitude):
            found[number - 1] = code
        return found

    def close() -> None:
        runner.run(connection.close())
        runner.close()

    return Peer("PostGIS", single, many, codes, most=2_000, close=close, clock=time.perf_counter)


def mapit_peer(shapes: list[Shape], python: str, dsn: str) -> Peer:
    """Starts a MapIt on the interpreter that holds it, and asks its page for a point over one open connection."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "areas.jsonl"
        listed.write_text("\n".join(json.dumps([shape.area.code, shape.wkb.hex()]) for shape in shapes))
        site = subprocess.Popen(
            [python, str(Path(__file__).with_name("mapit_site.py")), str(listed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "BENCH_POSTGIS": dsn, "PYTHONPATH": ""},
        )
        assert site.stdin is not None
        assert site.stdout is not None
        address = urlsplit(site.stdout.readline().strip())
    if not address.port:
        raise SystemExit("MapIt did not start; its own words are above")
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=60)
    given_up = time.monotonic() + 30
    while True:
        try:
            connection.connect()
            break
        except ConnectionRefusedError:
            if time.monotonic() > given_up:
                raise
            time.sleep(0.1)

    def single(point: Point) -> str | None:
        connection.request("GET", f"/point/4326/{point.longitude!r},{point.latitude!r}")
        found = json.loads(connection.getresponse().read())
        return min((area["name"] for area in found.values()), default=None)

    def codes(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        pairs = zip(latitude.tolist(), longitude.tolist(), strict=True)
        return np.array([single(Point(a, b)) for a, b in pairs], dtype=object)

    def close() -> None:
        connection.close()
        site.stdin.close()
        site.wait(timeout=30)

    return Peer("MapIt over HTTP", single, None, codes, most=100, close=close, clock=time.perf_counter)
