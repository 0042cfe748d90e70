"""What began it all: the update, named as `telegram:123`, that jobs and messages are written because of.

It goes with the rows, so that a log can follow one update through every process up to the card.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

_NOTHING: Mapping[str, str] = MappingProxyType({})
_ORIGINS: ContextVar[tuple[str | None, Mapping[str, str]]] = ContextVar("whistle_origins", default=(None, _NOTHING))


@contextmanager
def originating(origin: str | None, by_case: Mapping[str, str] = _NOTHING) -> Iterator[None]:
    """Lets everything that is written in this context bear the origin, or that of its case where it has one."""
    token = _ORIGINS.set((origin, by_case))
    try:
        yield
    finally:
        _ORIGINS.reset(token)


def origin_of(about: Mapping[str, Any]) -> str | None:
    """Gives the origin of a row about something; its `case_no` may name it."""
    origin, by_case = _ORIGINS.get()
    return by_case.get(str(about.get("case_no")), origin) if by_case else origin
