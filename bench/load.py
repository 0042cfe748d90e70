"""Puts load on a webhook over kept connections, without a client library that would be the slower side.

`flood` asks again as soon as it is answered and counts answers; `steady` asks at a given rate and notes how long
each answer took from the moment at which it was due, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from typing import cast

from bench.intake_peers import HOST, PATH, SECRET

CONNECTIONS = 64
"""As many as Telegram opens to one webhook at most are 100; 40 by default."""


def updates(start: int) -> Iterator[bytes]:
    """Makes requests that each carry a text message of another chat, as Telegram delivers them."""
    for number in count(start):
        sender = {"id": 10_000 + number % 5_000, "is_bot": False, "first_name": "李", "language_code": "zh-hans"}
        chat = {"id": sender["id"], "type": "private", "first_name": "李"}
        message = {"message_id": number, "from": sender, "chat": chat, "date": 1_790_000_000, "text": "楼道堆满纸箱"}
        body = json.dumps({"update_id": number, "message": message}, ensure_ascii=False).encode()
        yield b"".join(
            (
                f"POST {PATH} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n".encode(),
                f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n".encode(),
                body,
            )
        )


class _Line(asyncio.Protocol):
    """One connection: a request at a time; `ended` is told the status of each answer."""

    def __init__(self, ended: Callable[[_Line, int], None]) -> None:
        self._ended = ended
        self._kept = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are registered under another class.
        self.transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes) -> None:
        """Sends a request."""
        assert self.transport is not None
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._kept += data
        head, found, rest = self._kept.partition(b"\r\n\r\n")
        if not found:
            return
        length = 0
        for line in head.split(b"\r\n")[1:]:
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        if len(rest) >= length:
            self._kept = b""
            self._ended(self, int(head[9:12]))


async def flood(port: int, seconds: float, start: int) -> tuple[float, int]:
    """Gives the answers a second over that time, and all answers; RuntimeError for any answer but 200."""
    requests = updates(start)
    until = time.perf_counter() + seconds
    n = n_late = 0
    bad: list[int] = []

    def ended(line: _Line, status: int) -> None:
        nonlocal n, n_late
        if status != 200:
            bad.append(status)
        if time.perf_counter() < until:
            n += 1
            line.ask(next(requests))
        else:
            n_late += 1

    lines = await _connected(port, ended)
    for line in lines:
        line.ask(next(requests))
    await asyncio.sleep(seconds)
    _close(lines)
    if bad:
        raise RuntimeError(f"{len(bad)} answers were not 200, the first {bad[0]}")
    return n / seconds, n + n_late


async def steady(port: int, rate: float, seconds: float, start: int) -> list[float]:
    """Gives how long each answer took in seconds, sorted."""
    requests = updates(start)
    took: list[float] = []
    due_of: dict[_Line, float] = {}
    waiting: deque[float] = deque()

    def ended(line: _Line, status: int) -> None:
        now = time.perf_counter()
        took.append(now - due_of[line])
        if waiting:
            due_of[line] = waiting.popleft()
            line.ask(next(requests))
        else:
            free.append(line)
        if len(took) == n:
            all_ended.set()
        else:
            all_ended.clear()

    n, all_ended = 0, asyncio.Event()
    lines = await _connected(port, ended)
    free = list(lines)
    began = time.perf_counter()
    while (now := time.perf_counter()) < began + seconds:
        while began + n / rate <= now:
            due = began + n / rate
            n += 1
            if free:
                line = free.pop()
                due_of[line] = due
                line.ask(next(requests))
            else:
                waiting.append(due)
        await asyncio.sleep(0.001)
    async with asyncio.timeout(30):
        await all_ended.wait()
    _close(lines)
    return sorted(took)


async def _connected(port: int, ended: Callable[[_Line, int], None]) -> list[_Line]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Line(ended), HOST, port) for _ in range(CONNECTIONS)]
    return [line for _, line in made]


def _close(lines: list[_Line]) -> None:
    for line in lines:
        assert line.transport is not None
        line.transport.abort()
