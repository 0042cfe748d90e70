"""What the doctor found about one thing, and what to do about it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum

from config.settings import Settings


class Grade(StrEnum):
    """How a finding is meant: fine, worth knowing, or to be mended before the service can be relied on."""

    GOOD = "good"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing, and what to do about it."""

    about: str
    grade: Grade
    said: str
    remedy: str = ""


Findings = AsyncIterator[Finding]
Check = Callable[[Settings], Findings]
