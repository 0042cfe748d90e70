"""How fast is point → area, against whom, and is it right? `python -m bench.geo` prints one table a set.

Contestants take turns, seven rounds each, and the median counts, so that a busy machine slows all alike. What runs in
this process is timed by the processor time of its thread, and each look-up has a loop of its own, gone through once
before it counts: a service asks one index from one place. PostGIS is timed by the clock. Every set has one level only:
the others could answer no more. STRtree single is what one writes by hand (`query`, then the first code); its bulk
form, PostGIS and H3 likewise. All run where they can: PostGIS when BENCH_POSTGIS holds a connection string, MapIt when
BENCH_MAPIT names an interpreter with `django-mapit 'django<4' gunicorn` besides, H3 when its package is on the path.
Real counties are added by `npm pack us-atlas` and `--counties us-atlas-3.0.1.tgz`.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import statistics
import tarfile
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from rich.console import Console
from rich.table import Table

from bench.geo_peers import Peer, h3_peer, mapit_peer, postgis_peer, tree_peer
from geo.areas import Area, AreaIndex, Level, Point, Shape
from geo.boundaries import examine
from geo.loaders import read_city
from tests.geo.generated_city import Plan, generate, only

SEED = Path(__file__).parents[1] / "config" / "seed" / "city"
ROUNDS = 7
SINGLES, BULK = 10_000, 200_000
BORDER_SPREAD_DEG = 5e-5  # about five metres: a phone in the street that is the border
HAS_NUMBA = importlib.util.find_spec("numba") is not None


@dataclass(frozen=True)
class Points:
    """Where the contestants are asked."""

    kind: str
    latitude: np.ndarray
    longitude: np.ndarray

    def singles(self, count: int) -> list[Point]:
        """Returns the first ones as objects."""
        return [
            Point(a, b) for a, b in zip(self.latitude[:count].tolist(), self.longitude[:count].tolist(), strict=True)
        ]


@dataclass
class Measured:
    """Rounds of one contestant on one kind of points: look-ups a second, and how many answers were right."""

    single: list[float] = field(default_factory=list)
    bulk: list[float] = field(default_factory=list)
    right: float | None = None


def sets(chosen: list[str], counties: Path | None) -> Iterator[tuple[str, list[Shape]]]:
    """Yields the sets of outlines, smallest first."""
    seed = read_city(SEED)
    if "252" in chosen:
        yield "252 seed streets", only(seed, Level.STREET)
        ragged = Plan(18, 14, 2, 6, 18, halvings=8, exclaves=0, holes=0, side_deg=0.02)
        yield "252 generated, 1024 vertices", only(generate(ragged), Level.GRID)
    if "5509" in chosen:
        yield "5509 seed communities", only(seed, Level.COMMUNITY)
    if counties is not None:
        yield "US counties", list(examine(read_counties(counties)).shapes)
    if "48000" in chosen:
        whole = Plan(240, 200, 3, 15, 60, halvings=4, exclaves=0, holes=0)
        yield "48000 generated, 64 vertices", only(generate(whole), Level.GRID)
    if "nationwide" in chosen:
        land = Plan(200, 200, 5, 20, 100, 7, 75, 0, 0, west=80.0, south=15.0, side_deg=0.2)
        yield "40000 nationwide, 300 vertices", only(generate(land), Level.GRID)


def read_counties(package: Path) -> list[Shape]:
    """Reads the counties out of the `us-atlas` package, a TopoJSON in longitude and latitude."""
    with tarfile.open(package) as archive, tempfile.TemporaryDirectory() as folder:
        archive.extract("package/counties-10m.json", folder, filter="data")
        topology = json.loads((Path(folder) / "package/counties-10m.json").read_text())
    scale, origin = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(arc, axis=0) * scale + origin for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> np.ndarray:
        parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    shapes = []
    for county in topology["objects"]["counties"]["geometries"]:
        parts = county["arcs"] if county["type"] == "MultiPolygon" else [county["arcs"]]
        rings = [[ring(numbers) for numbers in part] for part in parts]
        # What the package's rounding left of an islet or a lake may have less than four corners.
        kept = [[r for r in part if len(r) >= 4] for part in rings if len(part[0]) >= 4]
        outline = shapely.MultiPolygon([shapely.Polygon(part[0], part[1:]) for part in kept])
        area = Area(county["id"], county["properties"]["name"], Level.STREET, None)
        shapes.append(Shape(area, shapely.to_wkb(outline)))
    return shapes


def points_for(shapes: list[Shape]) -> list[Points]:
    """Draws points all over the box, and points some metres from borders."""
    draw = np.random.default_rng(11)
    outlines = shapely.from_wkb([shape.wkb for shape in shapes])
    west, south, east, north = shapely.total_bounds(outlines)
    uniform = draw.uniform([west, south], [east, north], (BULK, 2))
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(outlines)), return_index=True)
    start = draw.choice(np.flatnonzero(ring[1:] == ring[:-1]), BULK)
    part = draw.uniform(0, 1, (BULK, 1))
    border = xy[start] * (1 - part) + xy[start + 1] * part + draw.normal(0, BORDER_SPREAD_DEG, (BULK, 2))
    return [
        Points(kind, np.ascontiguousarray(drawn[:, 1]), np.ascontiguousarray(drawn[:, 0]))
        for kind, drawn in (("uniform", uniform), ("border", border))
    ]


def our_peers(path: Path, level: Level) -> Iterator[Peer]:
    """Opens the saved index by both roads."""
    for name, compiled in (("ours, plain", False), ("ours, compiled", True)):
        if compiled and not HAS_NUMBA:
            continue
        index = AreaIndex.open(path, compiled=compiled)

        def codes(latitude: np.ndarray, longitude: np.ndarray, index: AreaIndex = index) -> np.ndarray:
            return index.at_many(latitude, longitude).codes(level)

        yield Peer(name, single=index.at, many=index.at_many, codes=codes)


def _loop(ask: Callable[[Any], Any], given: list[Any], clock: Callable[[], float]) -> float:
    for one in given:
        ask(one)
    start = clock()
    for one in given:
        ask(one)
    return len(given) / (clock() - start)


def own_loop() -> Callable[..., float]:
    """Returns a loop for one contestant, giving look-ups a second: Python fits a call to what is called there."""
    return types.FunctionType(_loop.__code__.replace(), globals())


def race(peers: list[Peer], points: Points, right: np.ndarray, rounds: int) -> dict[str, Measured]:
    """Lets all contestants take turns on the same points."""
    found = {peer.name: Measured() for peer in peers}
    loops = {peer.name: own_loop() for peer in peers}
    singles = points.singles(SINGLES)
    for peer in peers:
        count = min(peer.most, BULK)
        answered = peer.codes(points.latitude[:count], points.longitude[:count])
        found[peer.name].right = float((answered == right[:count]).mean())
    for turn in range(rounds):
        for peer in peers[turn % len(peers) :] + peers[: turn % len(peers)]:
            if peer.single is not None:
                asked = singles[: peer.most]
                found[peer.name].single.append(loops[peer.name](peer.single, asked, peer.clock))
            if peer.many is not None:
                count = min(peer.most, BULK)
                start = peer.clock()
                peer.many(points.latitude[:count], points.longitude[:count])
                found[peer.name].bulk.append(count / (peer.clock() - start))
    return found


def race_all(shapes: list[Shape], path: Path, rounds: int, asked: dict[int, Points]) -> dict[str, dict[str, Measured]]:
    """Lets everybody who is there race on all kinds of points; `asked` keeps the uniform ones of each size."""
    peers = [tree_peer(shapes), *our_peers(path, shapes[0].area.level)]
    if (dsn := os.environ.get("BENCH_POSTGIS")) is not None:
        peers.append(postgis_peer(shapes, dsn))
        if (python := os.environ.get("BENCH_MAPIT")) is not None:
            peers.append(mapit_peer(shapes, python, dsn))
    if importlib.util.find_spec("h3") is not None:
        peers.append(h3_peer(shapes))
    results = {}
    for points in points_for(shapes):
        right = peers[0].codes(points.latitude, points.longitude)
        results[points.kind] = race(peers, points, right, rounds)
        asked.setdefault(len(shapes), points)
    for peer in peers:
        peer.close()
    return results


def prepared(shapes: list[Shape], path: Path) -> str:
    """Builds and saves an index; returns the words on its size and on how fast it is there."""
    start = time.perf_counter()
    AreaIndex.build(shapes, "bench").save(path)
    built_s = time.perf_counter() - start
    opened, ready = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        index = AreaIndex.open(path)
        opened.append(time.perf_counter() - start)
        index.at(Point(0.0, 0.0))
        middle = shapely.from_wkb(shapes[len(shapes) // 2].wkb).representative_point()
        index.chain(index.at(Point(middle.y, middle.x)).code(shapes[0].area.level) or "")
        ready.append(time.perf_counter() - start)
    return (
        f"{len(shapes):,} outlines: built in {built_s:.1f} s, file {path.stat().st_size / 1e6:.1f} MB, "
        f"opened in {statistics.median(opened) * 1e3:.1f} ms, first named answer after "
        f"{statistics.median(ready) * 1e3:.0f} ms"
    )


def dictionary_floor() -> float:
    """Returns look-ups a second in a dictionary of the size of a city: nothing that answers by name is faster."""
    held = {number: number for number in range(48_000)}
    asked = list(np.random.default_rng(1).integers(0, 48_000, SINGLES).tolist())
    loop = own_loop()
    return statistics.median(loop(held.__getitem__, asked, time.thread_time) for _ in range(ROUNDS))


def print_set(console: Console, name: str, results: dict[str, dict[str, Measured]]) -> None:
    """Prints one set: look-ups a second, and in brackets how many times the STRtree's of the same round."""
    table = Table(title=name, title_justify="left")
    for heading in ("", "single, uniform", "single, border", "bulk, uniform", "bulk, border", "right"):
        table.add_column(heading, justify="left" if not heading else "right")
    for peer in results["uniform"]:
        cells = []
        for way in ("single", "bulk"):
            for kind in ("uniform", "border"):
                mine, tree = (getattr(results[kind][n], way) for n in (peer, "STRtree"))
                if not mine:
                    cells.append("–")
                    continue
                ratio = statistics.median(a / b for a, b in zip(mine, tree, strict=True)) if tree else float("nan")
                cells.append(f"{statistics.median(mine):,.0f}/s (×{ratio:,.1f})")
        shares = [results[kind][peer].right for kind in results]
        right = " ".join("–" if share is None else f"{share:.4%}" for share in shares)
        table.add_row(peer, *cells, right)
    console.print(table)


def print_others(console: Console, results: dict[str, dict[str, Measured]]) -> None:
    """Prints how many times as many single look-ups we answer as those who are asked by wire."""
    for kind, found in results.items():
        ours = statistics.median(found["ours, plain"].single)
        for other in ("PostGIS", "MapIt over HTTP"):
            if other in found:
                console.print(f"{kind}: ours, plain = {ours / statistics.median(found[other].single):,.0f} × {other}")


def print_growth(console: Console, kept: dict[int, Path], asked: dict[int, Points]) -> None:
    """Prints how much longer one look-up takes among the most outlines than among the fewest, both taking turns."""
    few, many = min(kept), max(kept)
    if few == many:
        return
    for name, compiled in (("plain", False), ("compiled", True)):
        if compiled and not HAS_NUMBA:
            continue
        run = [
            (own_loop(), AreaIndex.open(kept[n], compiled=compiled).at, asked[n].singles(SINGLES)) for n in (few, many)
        ]
        times = [[1 / loop(at, points, time.thread_time) for loop, at, points in run] for _ in range(ROUNDS)]
        grown = statistics.median(large / small for small, large in times)
        console.print(f"ours, {name}: {grown:.1f} times longer at {many:,} outlines than at {few:,}")


def main() -> None:
    """Runs the chosen sets and prints a table for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", help="252, 5509, 48000 (these by default), nationwide")
    parser.add_argument("--counties", type=Path, help="the file that `npm pack us-atlas` leaves")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    console = Console(width=160)
    console.print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    gc.disable()
    kept: dict[int, Path] = {}
    asked: dict[int, Points] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, shapes in sets(chosen.sets or ["252", "5509", "48000"], chosen.counties):
            path = Path(folder) / f"{len(kept)}.idx"
            console.print(prepared(shapes, path))
            results = race_all(shapes, path, chosen.rounds, asked)
            print_set(console, name, results)
            print_others(console, results)
            kept.setdefault(len(shapes), path)
            gc.collect()
        print_growth(console, kept, asked)
    console.print(f"the floor: {dictionary_floor():,.0f} dictionary look-ups a second")


if __name__ == "__main__":
    main()
