"""What a refusal says to the person who tapped: who was faster and when, or what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from actions.views import CaseView
from bot.outgoing import times
from bot.outgoing.wording import Say
from models.rules.commands import Command
from models.rules.errors import Refusal, WrongState
from models.rules.roles import Actor
from models.rules.workflow import Setting, decide

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


def why_not(view: CaseView, trial: Command, actor: Actor, now: datetime, setting: Setting) -> Refusal:
    """Asks the judge why a deed is not open to somebody now, so that the answer is the true one."""
    verdict = decide(view.facts, trial, actor, now, setting)
    if not isinstance(verdict, Refusal) or verdict.code in MENDED_BY:
        return WrongState(state=view.facts.state, verb=trial.verb)
    moved = next((h for h in reversed(view.history) if h.from_state != h.to_state), None)
    if isinstance(verdict, WrongState) and moved is not None and moved.actor_id not in (None, actor.person_id):
        verdict.facts.update(by=moved.actor_name or "", at=moved.at.isoformat())
    return verdict


def sentence(refusal: Refusal, t: Say, now: datetime) -> str:
    """Writes a refusal; a lost race names the winner."""
    facts = dict(refusal.facts)
    if refusal.code == "wrong_state" and facts.get("at"):
        at = times.moment(datetime.fromisoformat(str(facts["at"])), now, t)
        key = "race.moved_by" if facts.get("by") else "race.moved"
        return t(key, name=facts.get("by") or "", at=at, state=t(f"state.{facts['state']}"))
    if refusal.code == "wrong_state" and facts.get("verb"):
        return t("race.now", state=t(f"state.{facts['state']}"), verb=t(f"verb.{facts['verb']}"))
    if refusal.code == "bad_photo":
        why = f"photo.{facts.get('why')}"
        facts["why"] = t(why if t.has(why) else "photo.broken")
    return t(f"refusal.{refusal.code}", **facts)
