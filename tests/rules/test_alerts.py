"""When a disaster is told to other systems, and how the messages of one case hang together."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.seed.read import read
from models.rules import events as ev
from models.rules.alerts import Alert, Message, Severity, Told, Turn, alerts, severity
from models.rules.catalogue import build
from models.rules.events import Event
from models.rules.states import State

BEGUN = datetime(2026, 7, 28, 2, 0, tzinfo=UTC)
LEVELS = build(read()).alert_levels
TURNS = (ev.CheckPassed, ev.CaseReopened, ev.CaseVoided)


def told(minutes: int, **figures: float | None) -> Told:
    """Gives a report so many minutes after the first."""
    return Told(BEGUN + timedelta(minutes=minutes), figures)


def event(kind: type[Event], minutes: int) -> Event:
    """Gives an event of which only the moment and the kind matter here."""
    return kind(  # type: ignore[call-arg]
        case_no="TJ-2026-000001",
        seq=1,
        at=BEGUN + timedelta(minutes=minutes),
        actor_id=None,
        channel="test",
        from_state=State.HANDLING,
        to_state=State.CLEARED,
    )


def test_a_small_disaster_is_told_to_nobody() -> None:
    assert alerts([told(0, deaths=0, affected_population=20)], [event(ev.CheckPassed, 60)], LEVELS) == ()


def test_the_unknown_is_not_zero_and_not_counted() -> None:
    assert severity({"deaths": None, "missing": 3}, LEVELS) is Severity.SEVERE
    assert severity({"deaths": None, "missing": None}, LEVELS) is None


@pytest.mark.parametrize(("dead", "grave"), [(1, Severity.MODERATE), (3, Severity.SEVERE), (10, Severity.EXTREME)])
def test_how_grave_it_is_follows_the_table(dead: int, grave: Severity) -> None:
    (alert,) = alerts([told(0, deaths=dead)], [], LEVELS)
    assert (alert.message, alert.severity) == (Message.ALERT, grave)


def test_growing_figures_give_updates_and_the_end_is_told() -> None:
    given_ = alerts([told(0, deaths=1), told(30, deaths=1), told(60, deaths=4)], [event(ev.CheckPassed, 90)], LEVELS)
    assert [(a.number, a.turn, a.severity) for a in given_] == [
        (1, Turn.FIRST, Severity.MODERATE),
        (2, Turn.FIGURES, Severity.SEVERE),
        (3, Turn.CLEARED, Severity.SEVERE),
    ]


def test_figures_that_fall_do_not_lower_an_alert() -> None:
    last = alerts([told(0, emergency_resettled=600), told(60, emergency_resettled=20)], [], LEVELS)[-1]
    assert (last.turn, last.severity, last.figures) == (Turn.FIGURES, Severity.SEVERE, {"emergency_resettled": 20})


def test_what_was_withdrawn_ends_and_may_begin_again() -> None:
    found = alerts(
        [told(0, deaths=1), told(60, deaths=2)], [event(ev.CaseVoided, 30), event(ev.CheckPassed, 40)], LEVELS
    )
    assert [a.message for a in found] == [Message.ALERT, Message.CANCEL, Message.ALERT]


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.one_of(st.none(), st.integers(0, 20)), st.integers(0, 9000)), max_size=8
    ),
    st.lists(st.tuples(st.integers(0, 500), st.sampled_from(TURNS)), max_size=6),
)
def test_messages_are_numbered_in_time_and_never_end_what_did_not_begin(
    reports: list[tuple[int, int | None, int]], turns: list[tuple[int, type[Event]]]
) -> None:
    found: tuple[Alert, ...] = alerts(
        [told(m, deaths=d, affected_population=a) for m, d, a in reports],
        [event(kind, m) for m, kind in turns],
        LEVELS,
    )
    assert [a.number for a in found] == list(range(1, len(found) + 1))
    assert [a.sent_at for a in found] == sorted(a.sent_at for a in found)
    if found:
        assert found[0].message is Message.ALERT
    for before, after in pairwise(found):
        fresh = before.message is Message.CANCEL
        assert (after.message is Message.ALERT) is fresh
        assert fresh or list(Severity).index(after.severity) <= list(Severity).index(before.severity)
