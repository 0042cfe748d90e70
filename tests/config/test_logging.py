"""A bot's token never stands in a log, in whichever text it comes: it is part of every address of the Bot API."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from config.logging import scrub, set_up_logging

TOKEN = "1234567:AAHk-a-token-of-a-bot-1234567890"


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg",
        f"Cannot connect to host /bot{TOKEN}",
        f"token={TOKEN}",
        f"'{TOKEN}'",
        TOKEN,
    ],
)
def test_a_token_is_taken_out_wherever_it_stands(text: str) -> None:
    assert TOKEN not in scrub(text)
    assert TOKEN.partition(":")[2] not in scrub(text)


@pytest.mark.parametrize("text", ["2026-11-24T11:46:42.669595Z", "telegram:1234567", "case:TJ-2026-000001", "10:30"])
def test_what_is_no_token_stays(text: str) -> None:
    assert scrub(text) == text


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Writes logs as JSON for one test."""
    handlers, level, before = logging.getLogger().handlers[:], logging.getLogger().level, structlog.get_config()
    stream = StringIO()
    set_up_logging("info", "json", "bot", stream)
    yield stream
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def test_a_traceback_of_a_library_bears_no_token(lines: StringIO) -> None:
    try:
        raise ConnectionError(f"Cannot connect to https://api.telegram.org/bot{TOKEN}/getUpdates")
    except ConnectionError:
        structlog.get_logger().exception("channel cannot be reached", url=f"/bot{TOKEN}/getMe")
        logging.getLogger("aiohttp.client").exception("unclosed %s", f"bot{TOKEN}")

    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["process"] for line in told if "process" in line]
    assert all("ConnectionError" in line["exception"] for line in told)
    assert TOKEN not in lines.getvalue()
