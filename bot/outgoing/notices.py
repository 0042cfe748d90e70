"""The sentence of a notice: what happened, who did it, with which words. Reads the event that caused it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from actions.views import CaseView, HistoryLine
from bot.outgoing import times
from bot.outgoing.card import CardText, purpose_of
from bot.outgoing.wording import Say, shortened
from models.rules.clocks import ClockName
from models.rules.facts import Ask
from models.rules.roles import Party

UNREACHABLE: Final = "notice.unreachable"
_WORDS_UNITS: Final = 300
BEATEN_BY: Final[Mapping[ClockName, Party]] = {
    ClockName.DISPATCHING: Party.DISPATCHER,
    ClockName.ACKNOWLEDGE: Party.HOLDER,
    ClockName.RETURNING: Party.HOLDER,
    ClockName.ON_SCENE: Party.HOLDER,
    ClockName.DONE: Party.HOLDER,
    ClockName.CHECKING: Party.VERIFIER,
    ClockName.REVIEW: Party.SUPERVISOR,
}
"""Who must act before each clock runs out."""


def sentence(key: str, body: Mapping[str, Any], view: CaseView, text: CardText, t: Say, now: datetime) -> str:
    """Writes the sentence of a notice about a case, plain; the caller escapes it."""
    line = _line(body, view)
    facts: dict[str, object] = dict(body.get("facts") or {})
    asked = ((body.get("event") or {}).get("data") or {}).get("ask")
    purpose = purpose_of(line.tag, Ask(asked) if asked else None) if line else None
    said = text.because(purpose, line.reason, line.words) if line else ""
    facts |= {
        "case_no": view.case_no,
        "kind": text.kind(view.facts.kind),
        "where": text.where(view),
        "name": _name(line, t),
        "words": shortened(said or t("notice.no_words"), _WORDS_UNITS),
        "unit": view.unit_name or view.holder_name or t("notice.nobody"),
        "into": view.facts.merged_into or "",
        "n": view.facts.n_rework,
    }
    if "why" in facts:
        facts["why"] = _why("queue.why", str(facts["why"]), t)
    facts |= _dates(body, view, line, t, now)
    return t(text_key(key), **facts)


def about_no_case(key: str, facts: Mapping[str, Any], t: Say) -> str:
    """Writes a notice about a person or about the service itself."""
    said = dict(facts)
    if key == UNREACHABLE:
        said["why"] = _why("unreachable", str(facts.get("why")), t)
    return t(key, **said)


def text_key(key: str) -> str:
    """Gives the catalogue's key of a notice.

    A step of a clock has two sentences, for whoever must beat the clock and for everybody else.
    """
    if not key.startswith("notice.step."):
        return key
    stem, _, party = key.rpartition(".")
    clock = ClockName(stem.split(".")[2])
    return f"{stem}.{'mine' if party == BEATEN_BY[clock] else 'other'}"


def _why(prefix: str, code: str, t: Say) -> str:
    key = f"{prefix}.{code}"
    return t(key if t.has(key) else f"{prefix}.other")


def _line(body: Mapping[str, Any], view: CaseView) -> HistoryLine | None:
    """Finds the event in the history as its viewer may read it."""
    seq = (body.get("event") or {}).get("seq")
    return next((h for h in view.history if h.seq == seq), None)


def _name(line: HistoryLine | None, t: Say) -> str:
    if line is None or line.actor_id is None:
        return t("notice.the_service")
    return line.actor_name or t("notice.somebody")


def _dates(
    body: Mapping[str, Any], view: CaseView, line: HistoryLine | None, t: Say, now: datetime
) -> dict[str, object]:
    """Says the due times that a sentence may name: of the clock that stepped, of what was asked, of the case."""
    data = (body.get("event") or {}).get("data") or {}
    clock = view.facts.clock(line.clock) if line and line.clock else view.facts.clock(ClockName.DONE)
    until = data.get("until")
    review = data.get("review_on")
    return {
        "due": times.due(clock.due_at, now, t) if clock else "",
        "until": times.moment(datetime.fromisoformat(until), now, t) if until else "",
        "review": times.day(date.fromisoformat(review), t) if review else "",
        "measure": shortened(str(data.get("measure") or ""), _WORDS_UNITS),
        "ask": t(f"ask.{data['ask']}") if data.get("ask") else "",
    }
