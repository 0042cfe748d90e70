"""What a refusal says to the person who tapped: who was faster and when, or what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.outgoing import times
from bot.outgoing.wording import Say
from models.rules.errors import Refusal

MENDED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "reason_missing": ("reason",),
    "words_missing": ("words",),
    "too_long": ("words", "measure"),
    "proof_missing": ("photos",),
    "same_picture": ("photos",),
    "photo_still_loading": (),
    "deadline_not_later": ("until",),
    "review_date_missing": ("review_on",),
    "measure_missing": ("measure",),
    "no_target": ("unit", "colleague", "place", "into"),
    "no_such_item": ("place", "unit"),
    "unknown_case": ("into",),
}
"""Refusals that another answer mends, and the questions to ask again; with none, trying again is enough."""


def sentence(refusal: Refusal, t: Say, now: datetime) -> str:
    """Writes a refusal; a lost race names the winner."""
    facts = dict(refusal.facts)
    if refusal.code == "wrong_state" and facts.get("at"):
        at = times.moment(datetime.fromisoformat(str(facts["at"])), now, t)
        key = "race.moved_by" if facts.get("by") else "race.moved"
        return t(key, name=facts.get("by") or "", at=at, state=t(f"state.{facts['state']}"))
    if "state" in facts:
        facts["state"] = t(f"state.{facts['state']}")
    if "verb" in facts:
        facts["verb"] = t(f"verb.{facts['verb']}")
    return t(f"refusal.{refusal.code}", **facts)
