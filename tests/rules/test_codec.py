"""What is stored is read back as it was: events, facts and limits, through real JSON text."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules import codec
from models.rules.clocks import Clock, Limits
from models.rules.events import EVENTS, CaseNoted, Event
from models.rules.facts import CaseFacts, Pending
from models.rules.states import State

# Numbers of JSON are finite, moments are aware and in UTC.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))

events = st.sampled_from(sorted(EVENTS)).flatmap(lambda tag: st.from_type(EVENTS[tag]))


def through_text(data: Any) -> Any:
    """Writes JSON text and reads it."""
    return json.loads(json.dumps(data, ensure_ascii=False, allow_nan=False))


@given(events)
@settings(max_examples=300)
def test_every_event_is_read_back_as_it_was(event: Event) -> None:
    tag, data = codec.dump_event(event)
    assert codec.load_event(tag, through_text(data)) == event


@given(st.from_type(CaseFacts))
@settings(max_examples=100)
def test_facts_are_read_back_as_they_were(facts: CaseFacts) -> None:
    assert codec.load(CaseFacts, through_text(codec.dump(facts))) == facts


@given(st.one_of(st.from_type(Limits), st.from_type(Clock), st.from_type(Pending)))
def test_the_parts_of_facts_are_read_back_as_they_were(part: Limits | Clock | Pending) -> None:
    assert codec.load(type(part), through_text(codec.dump(part))) == part


@pytest.mark.parametrize("tag", sorted(EVENTS))
def test_every_event_has_its_own_tag(tag: str) -> None:
    assert EVENTS[tag].tag == tag


def test_a_stored_event_that_the_code_does_not_know_is_noticed() -> None:
    noted = CaseNoted(
        case_no="TJ-2026-000001",
        seq=2,
        at=datetime(2026, 11, 23, tzinfo=UTC),
        actor_id=1,
        channel="bot",
        from_state=State.SIGNED,
        to_state=State.SIGNED,
        words="looked",
    )
    tag, data = codec.dump_event(noted)
    assert isinstance(data, dict)
    with pytest.raises(ValueError, match="CaseNoted has no mood"):
        codec.load_event(tag, data | {"mood": "good"})
    with pytest.raises(KeyError):
        codec.load_event("case:forgotten", data)
    with pytest.raises(TypeError, match="is not stored"):
        codec.dump(object())


def test_a_day_is_not_taken_for_a_moment() -> None:
    assert codec.load(date, "2026-11-23") == date(2026, 11, 23)
    assert codec.dump(date(2026, 11, 23)) == "2026-11-23"
