"""Reads a case number as people type it: whole, in small letters, or only its last digits."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from actions.ports import Deps
from models.rules.calendars import SHANGHAI

WHOLE: Final = re.compile(r"\b([A-Za-z]{1,6})[-\s]?(\d{4})[-\s]?(\d{1,6})\b")
_SHORT: Final = re.compile(r"^#?(\d{1,6})$")


def case_number(said: str, deps: Deps, now: datetime) -> str | None:
    """Gives the whole number; digits alone are of this year. None when it is no number."""
    if found := WHOLE.search(said):
        return f"{found[1].upper()}-{found[2]}-{int(found[3]):06d}"
    if found := _SHORT.match(said.strip()):
        return f"{deps.city.prefix}-{now.astimezone(SHANGHAI).year}-{int(found[1]):06d}"
    return None
