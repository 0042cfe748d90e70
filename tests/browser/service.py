"""The real service as `whistle run` starts it, and what a person does on a phone that talks to it.

Everything is waited for; nobody reaches behind the screens.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from playwright.async_api import Frame, Locator, Page, expect
from shapely.geometry import shape

from tests.browser.steps import attach_photos

ROOT = Path(__file__).resolve().parents[2]
#: A shared machine with two cores may be busy with other things.
READY_WITHIN_S, ENDED_WITHIN_S = 100, 20
LAST_LINK = "/api/v1/"
STREET_DIGITS = 9

#: A phone, alone or drawn beside others in a frame.
Screen = Page | Frame


@dataclass(frozen=True)
class Service:
    """A running service and where people reach it."""

    gateway: str
    web: str

    @property
    def phone(self) -> str:
        """Gives the address of one phone."""
        return f"{self.gateway}/phone/"

    @property
    def phones(self) -> str:
        """Gives the address of the three phones side by side."""
        return f"{self.gateway}/phones/"

    @property
    def board(self) -> str:
        """Gives the address of the board."""
        return f"{self.web}/board/"


@contextmanager
def running(folder: Path) -> Iterator[Service]:
    """Runs the whole service on an empty data folder and free ports; at the end Ctrl-C, which must end it cleanly."""
    web, gateway = _free_ports(2)
    settings = {"DATA_FOLDER": str(folder), "WEB_PORT": str(web), "GATEWAY_PORT": str(gateway)}
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("WHISTLE_", "REDIS_"))}
    process = subprocess.Popen(
        [sys.executable, "cli.py", "run"],
        cwd=ROOT,
        env=surroundings | {f"WHISTLE_{name}": value for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    output = _Output(process.stdout)
    try:
        assert output.announced(READY_WITHIN_S), output.text
        yield Service(f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{web}")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        output.ended()
    assert process.returncode == 0, output.text
    assert "Traceback" not in output.text, output.text


@dataclass
class _Output:
    """What the service prints; read all the time, for a full pipe would stop it."""

    stream: IO[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._announced = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """Gives everything printed so far."""
        return "".join(self.lines)

    def announced(self, within_s: float) -> bool:
        """Waits until the links are printed; False when the service ended or the time is over."""
        return self._announced.wait(within_s) and LAST_LINK in self.text

    def ended(self) -> None:
        """Waits until the last process has let go of the pipe."""
        self._reader.join()
        self.stream.close()

    def _read(self) -> None:
        for line in self.stream:
            self.lines.append(line)
            if LAST_LINK in line:
                self._announced.set()
        self._announced.set()


@cache
def inside(code: str) -> tuple[float, float]:
    """Gives latitude and longitude (WGS-84) of a point well inside a street or community of the demonstration city."""
    name = "streets" if len(code) == STREET_DIGITS else "communities"
    areas = json.loads((ROOT / f"config/seed/city/{name}.geojson").read_text(encoding="utf-8"))["features"]
    point = shape(next(a["geometry"] for a in areas if a["properties"]["code"] == code)).representative_point()
    return point.y, point.x


def _free_ports(n: int) -> list[int]:
    """Finds ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def bubble(screen: Screen, *words: str) -> Locator:
    """Finds the newest message that contains all the words."""
    found = screen.locator("article.bubble")
    for word in words:
        found = found.filter(has_text=word)
    return found.last


async def sees(screen: Screen, *words: str) -> Locator:
    """Waits until the words stand together in one message, and gives the newest such message."""
    found = bubble(screen, *words)
    await expect(found).to_be_visible()
    return found


async def enters(screen: Screen, code: str) -> None:
    """Signs in with an invite code and waits for the bot's welcome."""
    await screen.get_by_role("textbox", name="邀请码").fill(code)
    await screen.get_by_role("button", name="进入").click()
    await sees(screen, "您好")


async def taps(screen: Screen, label: str, *, on: str = "") -> None:
    """Taps a button by its label, a picture before it left out, under the newest message that contains the words."""
    rows = screen.locator(".row").filter(has=screen.locator("article.bubble", has_text=on))
    await rows.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(label)}$")).last.click()


async def sends_photo(screen: Screen, photo: bytes, words: str = "") -> None:
    """Chooses a photo from the gallery, writes a sentence under it, and sends both."""
    await attach_photos(screen, photo)
    if words:
        await screen.get_by_role("textbox", name="写消息").fill(words)
    await screen.get_by_role("button", name="发送", exact=True).click()


async def shares_place(screen: Screen) -> None:
    """Taps the key that sends where the phone is."""
    await screen.get_by_role("button", name="发送我的位置").click()


async def sees_picture(screen: Screen, *words: str) -> None:
    """Waits until the picture of the newest message with these words can be looked at."""
    await expect((await sees(screen, *words)).locator(".tile.loaded").first).to_be_visible()
