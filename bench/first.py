"""How fast is the whole service, from the tap "file" to the supervisor's card? Prints one table, asserts no time.

python -m bench.first                    30 reports of one phone one after another, then 40 phones at once
python -m bench.first --reports 100 --phones 80 --supervisors 80

The real service runs in processes of its own on a fresh data folder and free ports; phones speak the phone API.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import shapely
from rich.console import Console
from rich.table import Table

from bench.phone import Phone
from geo.areas import Level
from geo.loaders import read_city

ROOT = Path(__file__).resolve().parent.parent
CITY = ROOT / "config" / "seed" / "city"
WORDS = ("楼道堆满纸箱，过道只剩60厘米", "电动车在楼道里充电", "天台门上锁了", "私拉乱接电线")
"""Hazards that the street itself gets, so that each street's supervisor has a card of their own."""
PATIENCE_S = 120.0
COLUMNS = (
    *("person", "name", "language", "role", "area_code", "unit_code"),
    *("shift", "invite_code", "source", "valid_from"),
)


@dataclass(frozen=True, slots=True)
class Street:
    """A street and a point as far inside it as there is one."""

    code: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Service:
    """The running service."""

    gateway: str
    environ: dict[str, str]
    start_s: float


def streets(n: int) -> list[Street]:
    """Chooses the streets of the demo city with the most room around their middle."""
    found: list[tuple[float, Street]] = []
    for shape in read_city(CITY):
        if shape.area.level is not Level.STREET:
            continue
        radius = shapely.maximum_inscribed_circle(shapely.from_wkb(shape.wkb).buffer(0))
        assert radius is not None
        (x, y), _ = radius.coords
        found.append((radius.length, Street(shape.area.code, y, x)))
    return [street for _, street in sorted(found, key=lambda one: -one[0])[:n]]


def roster(folder: Path, supervised: list[Street], n_phones: int) -> Path:
    """Writes a roster of a supervisor for each street and as many grid workers as there are phones."""
    path = folder / "roster.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        fixed = {"language": "zh_CN", "shift": "A", "source": "bench", "valid_from": "2026-01-01"}
        for i, street in enumerate(supervised):
            post = {"role": "street_supervisor", "area_code": street.code, "unit_code": f"ST-{street.code}"}
            writer.writerow(fixed | post | _person("S", i))
        for i in range(n_phones):
            post = {"role": "grid_worker", "area_code": supervised[i % len(supervised)].code, "unit_code": ""}
            writer.writerow(fixed | post | _person("W", i))
    return path


def _person(letter: str, number: int) -> dict[str, str]:
    return {"person": f"bench-{letter}{number}", "name": f"{letter}{number}", "invite_code": _code(letter, number)}


def _code(letter: str, number: int) -> str:
    return f"BENCH-{letter}{number:04d}"


@contextmanager
def running(folder: Path, *, strict: bool = False) -> Iterator[Service]:
    """Starts `whistle run` with the embedded Valkey, waits until it answers, and ends it.

    `strict` lets gateway and bot keep Telegram's sending limits.
    """
    web, gateway = _free_port(), _free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("WHISTLE_", "REDIS_"))}
    environ |= {
        "WHISTLE_DATA_FOLDER": str(folder),
        "WHISTLE_WEB_PORT": str(web),
        "WHISTLE_GATEWAY_PORT": str(gateway),
        "WHISTLE_GATEWAY_CONTROL": "true",
        "WHISTLE_STRICT_LIMITS": str(strict).lower(),
        "WHISTLE_LOG_LEVEL": "warning",
    }
    started = time.monotonic()
    with (folder / "service.log").open("wb") as log:
        service = subprocess.Popen(
            [sys.executable, "-m", "cli", "run"], cwd=ROOT, env=environ, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            for port in (web, gateway):
                _wait_for(port, service, folder / "service.log")
            yield Service(f"http://127.0.0.1:{gateway}", environ, time.monotonic() - started)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, service: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and service.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"the service did not start:\n{log.read_text(errors='replace')}")


@asynccontextmanager
async def signed_in(service: Service, letter: str, n: int) -> AsyncIterator[list[Phone]]:
    """Opens phones of the roster; each comes from an address of its own, as the gateway limits sign-ins by address."""
    phones = [Phone(service.gateway, f"127.0.{1 + ord(letter) % 100}.{1 + i % 250}") for i in range(n)]
    try:
        for i, phone in enumerate(phones):
            await phone.signs_in(_code(letter, i), f"{letter}{i}")
        await asyncio.gather(*(phone.until(lambda m: "已经和您绑定" in m.text) for phone in phones))
        yield phones
    finally:
        await asyncio.gather(*(phone.close() for phone in phones))


async def one_after_another(
    reporter: Phone, supervisors: list[Phone], places: list[Street], n: int
) -> tuple[list[float], list[float]]:
    """Files reports with one phone; gives the seconds from each tap to its receipt and to the supervisor's card."""
    receipts, cards = [], []
    for i in range(n):
        at = i % len(places)
        await prepare(reporter, places[at], i)
        supervisors[at].forgets()
        tapped = time.monotonic()
        await reporter.taps("上报")
        receipt, card = await asyncio.gather(
            reporter.until(lambda m: "已上报" in m.text), supervisors[at].until(lambda m: "派给您一件" in m.text)
        )
        receipts.append(receipt.seen_at - tapped)
        cards.append(card.seen_at - tapped)
    return receipts, cards


async def prepare(reporter: Phone, place: Street, number: int) -> None:
    """Sends photo, words and place, and waits until the card offers to file."""
    reporter.forgets()
    await reporter.sends_photo(number, WORDS[(number // 12) % len(WORDS)])
    # Two reports of one street must not look like one hazard: some 110 m from each other.
    await reporter.shares(place.latitude + 0.001 * (number % 7 - 3), place.longitude + 0.001 * (number % 5 - 2))
    while True:
        card = await reporter.until(lambda m: any(w in label for label, _ in m.buttons for w in ("上报", "不是同一处")))
        if any("上报" in label for label, _ in card.buttons):
            return
        await reporter.taps("不是同一处")


async def all_at_once(
    reporters: list[Phone], supervisors: list[Phone], places: list[Street]
) -> tuple[float, float, float]:
    """Lets every phone file one report; gives the seconds until all were typed, all receipts came, all cards came."""
    for phone in supervisors:
        phone.forgets()
    started = time.monotonic()
    await asyncio.gather(*(prepare(phone, places[i % len(places)], 100 + i) for i, phone in enumerate(reporters)))
    typed = time.monotonic()
    await asyncio.gather(*(phone.taps("上报") for phone in reporters))
    receipts = await asyncio.gather(*(phone.until(lambda m: "已上报" in m.text) for phone in reporters))
    filed = {number for receipt in receipts for number in receipt.case_nos}
    while missing := filed - {number for phone in supervisors for number in phone.case_nos}:
        await asyncio.wait_for(_any_news(supervisors), PATIENCE_S)
        if not missing:
            break
    done = max(phone.last_news_at for phone in supervisors)
    return typed - started, max(r.seen_at for r in receipts) - typed, done - typed


async def _any_news(phones: list[Phone]) -> None:
    waiting = [asyncio.create_task(phone.news()) for phone in phones]
    _, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def show(start_s: float, receipts: list[float], cards: list[float], burst: tuple[float, float, float], k: int) -> None:
    """Prints what was measured."""
    typed_s, receipt_s, card_s = burst
    table = Table(title=f"{os.cpu_count()} cores, SQLite, embedded Valkey, load {os.getloadavg()[0]:.1f}")
    for column, justify in (("what", "left"), ("n", "right"), ("median", "right"), ("p99", "right"), ("most", "right")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    table.add_row("start until both servers answer", "1", f"{start_s:.2f} s", "", "")
    for name, values in (("tap → receipt on the same phone", receipts), ("tap → supervisor's card", cards)):
        p99 = statistics.quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]
        table.add_row(
            name, str(len(values)), f"{statistics.median(values):.3f} s", f"{p99:.3f} s", f"{max(values):.3f} s"
        )
    table.add_section()
    for name, seconds in (
        ("burst: photo, words, place until every card offers to file", typed_s),
        ("burst: all taps → last receipt", receipt_s),
        ("burst: all taps → last supervisor's card", card_s),
        ("burst: the whole pipe, first photo → last card", typed_s + card_s),
    ):
        table.add_row(name, str(k), f"{seconds:.2f} s", f"{k / seconds:.1f} reports/s", "")
    Console(width=120).print(table)


async def measure(service: Service, places: list[Street], arguments: argparse.Namespace) -> None:
    """Signs everybody in, measures, and prints."""
    n = len(places)
    async with signed_in(service, "S", n) as supervisors, signed_in(service, "W", arguments.phones) as reporters:
        receipts, cards = await one_after_another(reporters[0], supervisors, places, arguments.reports)
        burst = await all_at_once(reporters, supervisors, places)
    show(service.start_s, receipts, cards, burst, arguments.phones)


def main() -> None:
    """Runs the service and measures it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--reports", type=int, default=30, help="reports of one phone, one after another")
    asked.add_argument("--phones", type=int, default=40, help="phones that file at once")
    asked.add_argument("--supervisors", type=int, default=40, help="streets, each with a supervisor's phone")
    asked.add_argument("--strict", action="store_true", help="keep Telegram's sending limits")
    arguments = asked.parse_args()
    places = streets(arguments.supervisors)
    with tempfile.TemporaryDirectory(prefix="whistle-") as name:
        folder = Path(name)
        with running(folder, strict=arguments.strict) as service:
            people = roster(folder, places, arguments.phones)
            subprocess.run(
                [sys.executable, "-m", "cli", "import", "roster", str(people), "--yes"],
                cwd=ROOT,
                env=service.environ,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            asyncio.run(measure(service, places, arguments))


if __name__ == "__main__":
    main()
