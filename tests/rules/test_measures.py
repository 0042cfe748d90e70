"""Every figure of the boards means what its definition says, and no worker is measured."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.clocks import Clock, ClockName
from models.rules.facts import CaseFacts
from models.rules.measures import COUNTS, MEASURES, TIMES, Counts, Ratio, Visits, count, rates, spread, spreads
from models.rules.states import State
from tests.rules.days import MONDAY, fresh

AS_OF = MONDAY + timedelta(days=10)


def case(state: State, **changes: object) -> CaseFacts:
    return replace(fresh().facts, state=state, **changes)  # type: ignore[arg-type]


def done_clock(stopped_after_minutes: float | None) -> dict[ClockName, Clock]:
    """A clock of one day that began on Monday."""
    stopped = None if stopped_after_minutes is None else MONDAY + timedelta(minutes=stopped_after_minutes)
    due_at = MONDAY + timedelta(days=1)
    fired = 100 if stopped is None or stopped > due_at else 0
    clock = Clock(
        name=ClockName.DONE,
        started_at=MONDAY,
        due_at=due_at,
        limit_minutes=1440,
        working=False,
        fired_percent=fired,
        stopped_at=stopped,
    )
    return {ClockName.DONE: clock}


def test_voided_and_merged_cases_are_not_owed() -> None:
    cases = [case(State.CLEARED), case(State.HANDLING), case(State.VOIDED), case(State.MERGED)]
    assert rates(count(cases, AS_OF))["clear_rate"] == Ratio(1, 2)


def test_a_suspended_case_never_counts_as_cleared_and_stands_apart() -> None:
    counts = count([case(State.SUSPENDED), case(State.CLEARED)], AS_OF)
    assert (counts.suspended, counts.open, counts.cleared) == (1, 1, 1)
    assert rates(counts)["clear_rate"] == Ratio(1, 2)


def test_on_time_is_asked_only_of_what_fell_due() -> None:
    on_time = case(State.CLEARED, clocks=done_clock(600), n_dispatched=1)
    late = case(State.CLEARED, clocks=done_clock(2000), n_dispatched=1)
    open_late = case(State.HANDLING, clocks=done_clock(None), n_dispatched=1)
    paused = case(State.SUSPENDED, clocks=done_clock(None), n_dispatched=1)
    assert rates(count([on_time, late, open_late, paused], AS_OF))["ontime_clear_rate"] == Ratio(1, 3)
    assert rates(count([on_time], MONDAY))["ontime_clear_rate"] == Ratio(0, 0), "its day is not over"


def test_an_on_spot_fix_does_not_embellish_the_on_time_rate() -> None:
    fixed = case(State.CLEARED, on_spot=True, clocks={})
    counts = count([fixed], AS_OF)
    assert counts.cleared == 1
    assert rates(counts)["ontime_clear_rate"] == Ratio(0, 0)


def test_a_ticket_that_bounces_three_times_counts_three_returns_and_one_case() -> None:
    bounced = case(State.RETURNED, n_dispatched=3, n_returned=3)
    plain = case(State.SIGNED, n_dispatched=1)
    shown = rates(count([bounced, plain], AS_OF))
    assert shown["return_rate"] == Ratio(3, 4)
    assert shown["dispatch_accuracy"] == Ratio(1, 2)


def test_rework_relapse_and_first_pass_are_counted_by_case() -> None:
    twice = case(State.CLEARED, n_handled=3, n_checked=3, n_rework=2)
    once = case(State.CLEARED, n_handled=1, n_checked=1)
    back = case(State.REOPENED, n_handled=1, n_checked=1, n_reopened=1)
    shown = rates(count([twice, once, back], AS_OF))
    assert shown["rework_rate"] == Ratio(1, 3)
    assert shown["first_pass_rate"] == Ratio(2, 3)
    assert shown["relapse_rate"] == Ratio(1, 3)


def test_signed_in_limit_is_over_everything_dispatched() -> None:
    clock = replace(done_clock(10)[ClockName.DONE], name=ClockName.ACKNOWLEDGE)
    signed = case(State.SIGNED, n_dispatched=1, signed_at=clock.stopped_at, clocks={ClockName.ACKNOWLEDGE: clock})
    waiting = case(State.DISPATCHED, n_dispatched=1)
    assert rates(count([signed, waiting], AS_OF))["ack_rate"] == Ratio(1, 2)


def test_small_numbers_are_shown_as_they_are_and_nothing_divides_by_nothing() -> None:
    assert Ratio(7, 12).shown == "7/12"
    assert Ratio(19, 20).shown == "95.0%"
    assert Ratio(0, 0).shown == "0/0"
    assert Ratio(0, 0).percent is None
    assert Ratio(1, 19).small


def test_follow_up_visits_are_weighed_by_the_city() -> None:
    visits = Visits(asked=10, responded=10, resolved=8, satisfied=6)
    weights = {"response_rate": 30.0, "resolve_rate": 35.0, "satisfaction_rate": 35.0}
    assert visits.score(weights) == pytest.approx(30 + 28 + 21)
    assert Visits(0, 0, 0, 0).score(weights) is None


def test_times_are_a_median_and_a_90th_percentile() -> None:
    assert spread(range(1, 11)).median_minutes == 5.5
    assert spread(range(1, 11)).p90_minutes == 9
    assert spread([7]).p90_minutes == 7
    assert spread([]).median_minutes is None

    signed = case(State.SIGNED, dispatched_at=MONDAY, signed_at=MONDAY + timedelta(minutes=12))
    assert spreads([signed, case(State.REGISTERED)])["time_to_sign"].median_minutes == 12
    assert spreads([signed])["time_to_clear"].n == 0


def test_every_measure_has_its_own_keys() -> None:
    codes = [m.code for m in MEASURES]
    assert len(set(codes)) == len(codes) == 8
    assert MEASURES[0].name_key == "measure.clear_rate"
    assert MEASURES[0].definition_key == "measure.clear_rate.definition"


def test_no_figure_is_about_one_worker() -> None:
    every = {*COUNTS, *TIMES, *(m.code for m in MEASURES)}
    assert not [code for code in every if any(word in code for word in ("worker", "person", "rank", "quota", "online"))]


@settings(deadline=None)
@given(st.lists(st.sampled_from(list(State)), max_size=40), st.integers(0, 40))
def test_counts_of_parts_add_up_to_the_counts_of_the_whole(states: list[State], cut: int) -> None:
    cases = [case(state) for state in states]
    whole = count(cases, AS_OF)
    assert count(cases[:cut], AS_OF) + count(cases[cut:], AS_OF) == whole
    assert whole.open + whole.cleared + whole.voided + whole.merged == whole.registered


@settings(deadline=None)
@given(st.builds(Counts, **{name: st.integers(0, 50) for name in COUNTS}))
def test_a_rate_never_fails_whatever_is_counted(counts: Counts) -> None:
    for ratio in rates(counts).values():
        assert ratio.shown
