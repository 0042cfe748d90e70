"""Is the drill able to see a loss at all? The same Telegram and the same harm, against a naive bot."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.fakes.telegram.server import FakeTelegram
from tests.faults import naive
from tests.faults.conservation import lost
from tests.faults.service import ROOT, free_port, until
from tests.workers.conftest import answers
from workers import embedded

N_UPDATES = 120


CONTROL = (sys.executable, "-m", "tests.faults.naive")


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Runs one process until the end of the test."""
    with subprocess.Popen(words, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


async def test_a_bot_that_enqueues_and_then_answers_loses_what_it_acknowledged(tmp_path: Path) -> None:
    socket, file, port = tmp_path / "v.sock", tmp_path / "kept", free_port()
    url = f"unix://{socket}"
    telegram = FakeTelegram(1)
    with ExitStack() as stack:
        stack.enter_context(running(*embedded.command(tmp_path / "v", socket)))
        await asyncio.to_thread(until, lambda: answers(url), "Valkey answers")
        stack.enter_context(running(*CONTROL, "web", str(port), url, str(file)))
        worker = stack.enter_context(running(*CONTROL, "worker", url))
        telegram.webhook = f"http://127.0.0.1:{port}/hook"
        await telegram.start()
        await _all_acknowledged(telegram, N_UPDATES)

        # What a worker had in hand, and what waited, is nowhere else.
        os.kill(worker.pid, signal.SIGKILL)
        await _all_acknowledged(telegram, 30)
        queue = naive.queue(url)
        queue.connection.flushall()
        stack.enter_context(running(*CONTROL, "worker", url))
        await _all_acknowledged(telegram, 5)
        await asyncio.to_thread(until, lambda: queue.count == 0, "the control has done all it has")
        await asyncio.to_thread(until, lambda: max(telegram.deliveries.taken) in naive.kept(file), "the last is kept")
        await telegram.stop()

    gone = lost(set(telegram.deliveries.taken), naive.kept(file))
    assert len(gone) >= 30


async def _all_acknowledged(telegram: FakeTelegram, n: int) -> None:
    """Sends so many messages and waits until each was answered with 200."""
    for number in range(n):
        chat = {"id": 100 + number % 9, "type": "private", "first_name": "李"}
        telegram.push("message", {"message_id": number, "date": 1, "chat": chat, "text": "楼道堆满纸箱"})
    await asyncio.to_thread(until, lambda: telegram.deliveries.n_waiting == 0, "everything is acknowledged")
