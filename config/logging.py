"""Sets up structured logs: one constant phrase an event, facts as keys, bot tokens scrubbed everywhere.

Bot tokens stand in the URLs of the Bot API and so in exception texts; a logger filter would miss tracebacks,
so that the finished line is scrubbed.
"""

import logging
import re
import sys
from typing import Any, TextIO

import structlog

TOKEN = re.compile(r"(?<!\d)\d{1,20}:[A-Za-z0-9_-]{16,}")


def scrub(text: str) -> str:
    """Replaces anything that looks like a bot token."""
    return TOKEN.sub("<token>", text)


class ScrubbingHandler(logging.StreamHandler[TextIO]):
    """Writes lines without tokens, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats a record and scrubs the result."""
        return scrub(super().format(record))


def set_up_logging(level: str, form: str, process: str, stream: TextIO | None = None) -> None:
    """Sends the logs of this process and of its libraries to one handler; `form` is text or json."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    handler = ScrubbingHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("aiogram.event", "rq.worker", "aiohttp.access", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(process=process)
