"""The closed loop as its users would tell it; each rule of the domain sheet is a sentence here."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules import clocks
from models.rules import commands as c
from models.rules import errors as e
from models.rules.clocks import ClockName, Limit
from models.rules.facts import AreaCodes, Ask, CaseFacts, Picture
from models.rules.roles import Actor
from models.rules.states import State, Urgency
from tests.cast import (
    CHEN,
    CITY,
    DENG,
    DISTRICT,
    DRAINAGE,
    LI,
    OTHER_STREET,
    QIAN,
    SUN,
    SYSTEM,
    WANG,
    ZHAO,
    ZHOU,
)
from tests.rules.days import (
    BEFORE,
    CALENDAR,
    LADDER,
    MONDAY,
    dispatched,
    do,
    extension,
    fresh,
    hand_back,
    hand_in,
    judged,
    returned,
    signed,
    suspension,
    to_drainage,
    verifying,
)

CHEN_STREET = AreaCodes(CITY, DISTRICT, OTHER_STREET)


def refused(facts: CaseFacts, command: c.Command, actor: Actor, minutes: float = 1) -> type[e.Refusal]:
    verdict = judged(facts, command, actor, minutes)
    assert isinstance(verdict, e.Refusal)
    return type(verdict)


def test_a_plain_hazard_goes_from_registered_to_cleared() -> None:
    facts = do(verifying(), c.PassCheck(), SUN, 90)

    assert facts.state is State.CLEARED
    assert facts.on_time
    assert all(not clock.running for clock in facts.clocks.values())


def test_the_acknowledge_clock_starts_at_dispatch_and_not_at_signing() -> None:
    clock = dispatched().clock(ClockName.ACKNOWLEDGE)

    assert clock is not None
    assert clock.running
    assert signed().clocks[ClockName.ACKNOWLEDGE].stopped_at is not None


def test_a_deputy_signs_when_the_first_on_post_is_away() -> None:
    facts = do(dispatched(), c.Sign(), DENG, 5)

    assert facts.holder_id == DENG.person_id


def test_nobody_of_another_street_can_sign() -> None:
    assert refused(dispatched(), c.Sign(), CHEN) is e.NotYourCase


def test_a_return_needs_a_reason_and_words() -> None:
    assert refused(dispatched(), c.HandBack(reason="", words="x"), ZHAO) is e.ReasonMissing
    assert refused(dispatched(), c.HandBack(reason="wrong_duty", words=" "), ZHAO) is e.WordsMissing


def test_silence_after_the_return_window_is_acceptance() -> None:
    assert judged(dispatched(), hand_back(), ZHAO, 121).__class__.__name__ == "Decision"
    assert refused(dispatched(), hand_back(), ZHAO, 122) is e.TooLate


def test_after_the_third_return_only_the_district_designates() -> None:
    facts = returned(3)

    assert refused(facts, to_drainage(), WANG, 60) is e.DistrictDecides
    assert refused(facts, to_drainage(), SYSTEM, 60) is e.DistrictDecides
    owner = c.Designate(unit_code=DRAINAGE, holder_id=ZHAO.person_id, words="区中心指定")
    assert refused(facts, owner, WANG, 60) is e.NotYourCase
    designated = do(facts, owner, QIAN, 60)
    assert refused(designated, hand_back(), ZHAO, 61) is e.DesignatedStays


def test_bouncing_a_case_buys_no_time() -> None:
    assert returned(2).due_at == dispatched().due_at


def test_handing_in_needs_words_and_a_new_photo() -> None:
    assert refused(signed(), c.HandIn(words=""), ZHAO) is e.WordsMissing
    assert refused(signed(), c.HandIn(words="好了"), ZHAO) is e.ProofMissing
    assert refused(signed(), hand_in(BEFORE), ZHAO) is e.SamePicture
    assert refused(signed(), c.HandIn(words="好了", n_loading=1), ZHAO) is e.PhotoStillLoading


def test_the_before_picture_saved_anew_is_still_the_before_picture() -> None:
    resaved = Picture(9, "c" * 64, BEFORE.phash[:-1] + "e")

    assert refused(signed(), hand_in(resaved), ZHAO) is e.SamePicture


def test_who_rectified_never_verifies_even_when_named() -> None:
    both = Actor(ZHAO.person_id, (*ZHAO.posts, *SUN.posts))

    assert refused(verifying(), c.PassCheck(), both) is e.OwnWork
    handled = do(signed(), hand_in(), ZHAO, 60)
    own = c.AssignCheck(verifier_id=ZHAO.person_id, rule="x")
    assert refused(handled, own, SYSTEM) is e.OwnWork


def test_a_failed_check_goes_back_with_its_old_deadline() -> None:
    facts = do(verifying(), c.FailCheck(words="仍有积水"), SUN, 90)

    assert facts.state is State.HANDLING
    assert facts.n_rework == 1
    assert facts.clocks[ClockName.DONE].running
    assert facts.due_at == dispatched().due_at


def test_the_third_rework_is_supervised() -> None:
    facts = verifying()
    for n in range(3):
        assert not facts.supervised
        facts = do(facts, c.FailCheck(words="仍有积水"), SUN, 100 + 10 * n)
        facts = do(facts, hand_in(), ZHAO, 103 + 10 * n)
        facts = do(facts, c.AssignCheck(verifier_id=SUN.person_id, rule="x"), SYSTEM, 104 + 10 * n)

    assert facts.n_rework == 3
    assert facts.supervised


def test_the_first_extension_is_the_streets_the_second_the_districts() -> None:
    asked = do(signed(), extension(3000), ZHAO, 10)
    assert refused(asked, c.Extend(), ZHAO) is e.NotYourCase
    once = do(asked, c.Extend(), ZHOU, 11)
    assert once.due_at is not None
    assert once.due_at > signed().due_at  # type: ignore[operator]
    again = do(once, extension(6000), ZHAO, 12)
    assert refused(again, c.Extend(), ZHOU, 13) is e.ExtensionsUsed
    twice = do(again, c.Extend(), QIAN, 13)
    assert refused(twice, extension(9000), ZHAO, 14) is e.ExtensionsUsed


def test_an_extension_is_never_for_life_danger_and_never_earlier() -> None:
    urgent = do(dispatched(Urgency.U1), c.Sign(), ZHAO, 2)

    assert refused(urgent, extension(9000), ZHAO) is e.NoExtensionForLifeDanger
    assert refused(signed(), extension(60), ZHAO) is e.DeadlineNotLater


def test_a_suspension_needs_reason_date_measure_and_a_second_person() -> None:
    no_measure = c.AskFor(ask=Ask.SUSPENSION, words="x", reason="season", review_on=suspension().review_on)
    assert refused(signed(), no_measure, ZHAO) is e.MeasureMissing
    no_date = c.AskFor(ask=Ask.SUSPENSION, words="x", reason="season", measure="围挡")
    assert refused(signed(), no_date, ZHAO) is e.ReviewDateMissing
    supervisor_holds = Actor(ZHAO.person_id, (*ZHAO.posts, *ZHOU.posts))
    asked = do(signed(), suspension(), supervisor_holds, 10)
    assert refused(asked, c.Suspend(), supervisor_holds) is e.SecondPersonNeeded

    assert do(asked, c.Suspend(), ZHOU, 11).state is State.SUSPENDED


def test_suspension_pauses_every_clock_and_resuming_gives_back_what_was_left() -> None:
    asked = do(signed(), suspension(), ZHAO, 10)
    resting = do(asked, c.Suspend(), ZHOU, 20)
    assert [n for n, k in resting.clocks.items() if k.running] == [ClockName.REVIEW]
    back = do(resting, c.Resume(), ZHOU, 1020)

    assert back.state is State.SIGNED
    before, after = signed().due_at, back.due_at
    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() == 1000 * 60


def test_a_void_needs_a_reason_and_a_second_person() -> None:
    assert refused(fresh().facts, c.AskFor(ask=Ask.VOID, words="x"), WANG) is e.ReasonMissing
    asked = do(fresh().facts, c.AskFor(ask=Ask.VOID, words="误报", reason="no_fact"), WANG)
    assert refused(asked, c.Void(), WANG) is e.SecondPersonNeeded
    voided = do(asked, c.Void(), ZHOU, 2)

    assert voided.state is State.VOIDED
    assert voided.closed_at is not None


def test_an_on_spot_fix_goes_straight_to_the_check_and_not_by_its_reporter() -> None:
    decision = fresh(after=(2,))
    assert decision.facts.state is State.HANDLED
    assert [event.tag for event in decision.events] == ["case:registered", "case:handed_in"]
    waiting = do(decision.facts, c.AssignCheck(verifier_id=SUN.person_id, rule="x"), SYSTEM)
    reporter_verifies = Actor(LI.person_id, (*LI.posts, *SUN.posts))
    assert refused(waiting, c.PassCheck(), reporter_verifies) is e.OwnWork

    failed = do(waiting, c.FailCheck(words="没修好"), SUN, 30)
    assert failed.clocks[ClockName.DONE].running
    assert failed.holder_id == LI.person_id, "who fixed it on the spot tries again"


def test_a_relapse_starts_a_new_deadline() -> None:
    cleared = do(verifying(), c.PassCheck(), SUN, 90)
    reopened = do(cleared, c.Reopen(reason="relapse", words="又积水"), LI, 5000)
    again = do(reopened, to_drainage(), SYSTEM, 5001)

    assert again.due_at is not None
    assert again.due_at > MONDAY
    assert again.due_at != cleared.due_at
    assert again.clocks[ClockName.DONE].fired_percent == 0


def test_each_ladder_step_is_taken_once() -> None:
    facts = do(dispatched(), c.TakeStep(clock=ClockName.ACKNOWLEDGE, percent=50), SYSTEM, 20)
    again = judged(facts, c.TakeStep(clock=ClockName.ACKNOWLEDGE, percent=50), SYSTEM, 21)
    early = judged(facts, c.TakeStep(clock=ClockName.ACKNOWLEDGE, percent=80), SYSTEM, 21)

    assert not again.events  # type: ignore[union-attr]
    assert not early.events  # type: ignore[union-attr]
    late = do(facts, c.TakeStep(clock=ClockName.ACKNOWLEDGE, percent=80), SYSTEM, 40)
    assert late.urged
    overdue = do(late, c.TakeStep(clock=ClockName.ACKNOWLEDGE, percent=100), SYSTEM, 41)
    assert overdue.overdue
    assert not do(overdue, c.Sign(), ZHAO, 45).overdue


def test_a_case_placed_anew_is_routed_anew() -> None:
    elsewhere = c.Relocate(areas=CHEN_STREET, edition="e1", words="在隔壁街道")
    facts = do(signed(), elsewhere, WANG, 30)

    assert facts.state is State.REGISTERED
    assert facts.holder_id is None
    assert facts.clocks[ClockName.DISPATCHING].running
    assert refused(facts, c.Sign(), ZHAO) is e.WrongState


@pytest.mark.parametrize("state_maker", [lambda: fresh().facts, dispatched, signed, verifying])
def test_a_duplicate_is_merged_from_any_open_state(state_maker: object) -> None:
    facts = state_maker()  # type: ignore[operator]
    merged = do(facts, c.Merge(into="TJ-2026-000002", words="同一处"), WANG, 70)

    assert merged.state is State.MERGED
    assert merged.merged_into == "TJ-2026-000002"
    assert refused(facts, c.Merge(into=facts.case_no), WANG, 70) is e.NoTarget


def test_what_is_due_on_friday_evening_is_overdue_on_friday_evening() -> None:
    """Counted back from the due time in working minutes, the moment once slipped to Monday's opening."""
    limit = Limit(ClockName.DONE, 480, True, LADDER)
    friday = MONDAY + timedelta(days=4, minutes=-30)
    clock = clocks.start(limit, friday, CALENDAR)
    due = [clocks.step_at(clock, step.percent, CALENDAR) for step in LADDER]

    assert clock.due_at == datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
    assert due[2] == clock.due_at
    assert due == sorted(due)
