"""Sets up structured logs: one constant phrase an event, facts as keys, and nothing of a person or a secret.

Bot tokens stand in the URLs of the Bot API and so in exception texts, what people wrote stands in the faults of
libraries; a logger filter would miss tracebacks, so that the finished line is scrubbed.
"""

import logging
import re
import sys
from typing import Any, TextIO

import structlog

SCRUBBED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\d{1,20}(?::|%3[Aa])[A-Za-z0-9_-]{16,}"), "<token>"),
    (re.compile(r"\b[A-HJ-NP-Z2-9]{4}(?:-[A-HJ-NP-Z2-9]{4}){3}\b"), "<code>"),
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), "input_value=<hidden>, input_type="),
    (re.compile(r"(?<![\d.])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"), "<phone>"),
    (re.compile(r"(?<!\d)\d{6}(?:18|19|20)\d{9}[\dXx](?![\dA-Za-z])"), "<identity>"),
    (re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"), "□"),
    (re.compile(r"(?:\\u[0-9a-fA-F]{4})+|(?:\\x[89a-fA-F][0-9a-fA-F])+"), "□"),
)
"""What must not stand in a log: tokens, invite codes, what pydantic was given, numbers of people, and Chinese text.

Our own phrases are English; what is Chinese in a line was written by a person or is the name of one.
"""


def scrub(text: str) -> str:
    """Hides whatever a log must not tell."""
    for pattern, instead in SCRUBBED:
        text = pattern.sub(instead, text)
    return text


class ScrubbingHandler(logging.StreamHandler[TextIO]):
    """Writes lines without secrets and people, tracebacks included."""

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
