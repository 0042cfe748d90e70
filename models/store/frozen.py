"""Writes and reads facts and events through the codec, without doing the same limits over and over.

The limits frozen on a case are most of its text, and thousands of cases bear the same ones.
"""

import json
from dataclasses import replace
from functools import lru_cache
from typing import Any

from models.rules import codec
from models.rules.clocks import Limits
from models.rules.events import CaseRegistered, Event
from models.rules.facts import CaseFacts
from models.tables.columns import to_json

NONE = Limits()


def dump_facts(facts: CaseFacts) -> dict[str, Any]:
    """Gives the JSON data of facts; what it holds is shared and not to be changed."""
    return _dumped(replace(facts, limits=NONE)) | {"limits": _dumped_limits(facts.limits)}


def load_facts(data: dict[str, Any]) -> CaseFacts:
    """Builds facts from their JSON data."""
    facts = codec.load(CaseFacts, data | {"limits": {}})
    assert isinstance(facts, CaseFacts)
    return replace(facts, limits=_loaded_limits(to_json(data["limits"])))


def dump_event(event: Event) -> tuple[str, dict[str, Any]]:
    """Gives an event's tag and JSON data."""
    if isinstance(event, CaseRegistered):
        limits = {"limits": _dumped_limits(event.limits)}
        return event.tag, _dumped(replace(event, limits=NONE)) | limits
    return event.tag, _dumped(event)


def _dumped(value: Any) -> dict[str, Any]:
    data = codec.dump(value)
    assert isinstance(data, dict)
    return data


@lru_cache(maxsize=1024)
def _dumped_limits(limits: Limits) -> Any:
    return codec.dump(limits)


@lru_cache(maxsize=1024)
def _loaded_limits(text: str) -> Limits:
    limits = codec.load(Limits, json.loads(text))
    assert isinstance(limits, Limits)
    return limits
