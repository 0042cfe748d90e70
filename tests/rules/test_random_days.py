"""Random days with random people: whatever they try, the law holds."""

from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from models.rules import codec
from models.rules import commands as c
from models.rules import events as ev
from models.rules.clocks import ClockName
from models.rules.errors import Refusal
from models.rules.facts import AreaCodes, Ask, CaseFacts, Picture
from models.rules.notices import next_step_is_with, notices
from models.rules.roles import Actor
from models.rules.states import HELD, Grade, State, Urgency
from models.rules.transitions import TABLE
from models.rules.workflow import Registration, decide, register
from tests.cast import CITY, DISTRICT, DRAINAGE, EVERYBODY, HERE, LI, OTHER_STREET, STREET_OFFICE, SUN, ZHAO
from tests.rules.days import LIMITS, MONDAY, SETTING, hand_back, hand_in, suspension, to_drainage

JACK = Actor(9, tuple(post for actor in EVERYBODY if actor.person_id for post in actor.posts))
"""Jack holds every post at once, as in a small town; the separation of hands must hold for him too."""
HANDS = (JACK, *EVERYBODY)
people = st.sampled_from(HANDS)
words = st.sampled_from(["", "已处理", "仍有积水"])
numbers = st.sampled_from([a.person_id for a in HANDS])
units = st.sampled_from([None, DRAINAGE, STREET_OFFICE])
pictures = st.lists(
    st.builds(
        Picture,
        st.integers(1, 9),
        st.sampled_from(["a" * 64, "b" * 64, "c" * 64]),
        st.sampled_from(["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]),
    ),
    max_size=2,
).map(tuple)
areas = st.sampled_from([HERE, AreaCodes(CITY, DISTRICT, OTHER_STREET), AreaCodes(CITY, placed=False)])
commands = st.one_of(
    st.builds(c.Dispatch, unit_code=units, holder_id=numbers, rule=st.just("r")),
    st.builds(c.Designate, unit_code=units, holder_id=numbers),
    st.builds(c.Sign),
    st.builds(c.HandBack, reason=st.sampled_from(["", "wrong_duty"]), words=words),
    st.builds(c.HandOver, holder_id=st.sampled_from([a.person_id for a in EVERYBODY if a.person_id])),
    st.builds(c.Arrive),
    st.builds(c.HandIn, words=words, after=pictures, before=pictures, n_loading=st.sampled_from([0, 0, 0, 1])),
    st.builds(c.AssignCheck, verifier_id=numbers, rule=st.just("r")),
    st.builds(c.PassCheck),
    st.builds(c.FailCheck, words=words),
    st.builds(
        c.AskFor,
        ask=st.sampled_from(Ask),
        words=words,
        reason=st.sampled_from([None, "season"]),
        until=st.integers(0, 90).map(lambda d: MONDAY + timedelta(days=d)),
        review_on=st.sampled_from([None, date(2026, 12, 20), date(2027, 3, 1)]),
        measure=st.sampled_from([None, "围挡"]),
    ),
    st.builds(c.Decline),
    st.builds(c.Extend),
    st.builds(c.Suspend),
    st.builds(c.Resume),
    st.builds(c.Void),
    st.builds(c.Merge, into=st.sampled_from(["TJ-2026-000001", "TJ-2026-000002"])),
    st.builds(c.Join, report_no=st.just("R-2"), reporter_id=numbers),
    st.builds(c.Reopen, reason=st.sampled_from(["", "relapse"]), words=words),
    st.builds(c.Relocate, areas=areas, edition=st.just("e2")),
    st.builds(c.Urge),
    st.builds(c.Note, words=words),
)


def _road(facts: CaseFacts, now: datetime) -> tuple[c.Command, ...]:
    """Lists well-formed commands that may follow in a state; whether a hand may is for the law to say."""
    if facts.pending is not None:
        return (c.Extend(), c.Suspend(), c.Void(), c.Decline())
    later = (facts.due_at or now) + timedelta(days=3)
    held: tuple[c.Command, ...] = (
        c.AskFor(ask=Ask.EXTENSION, words="等待配件", until=max(later, now + timedelta(days=1))),
        suspension(),
        c.AskFor(ask=Ask.VOID, words="误报", reason="no_fact"),
    )
    match facts.state:
        case State.REGISTERED | State.RETURNED | State.REOPENED:
            return (to_drainage(), c.Designate(unit_code=DRAINAGE, holder_id=JACK.person_id))
        case State.DISPATCHED:
            return (c.Sign(), c.Sign(), hand_back(), *held)
        case State.SIGNED | State.HANDLING:
            return (hand_in(), hand_in(), hand_back(), c.Arrive(), *held)
        case State.HANDLED:
            return tuple(c.AssignCheck(verifier_id=a.person_id, rule="r") for a in (JACK, SUN, ZHAO))
        case State.VERIFYING:
            return (c.PassCheck(), c.FailCheck(words="仍有积水"))
        case State.SUSPENDED:
            return (c.Resume(),)
        case State.CLEARED:
            return (c.Reopen(reason="relapse", words="又积水"),)
    return (c.Note(words="补充"),)


class RandomDays(RuleBasedStateMachine):
    """One case, any number of hands."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.history: list[ev.Event] = []
        self.facts: CaseFacts | None = None

    @precondition(lambda self: self.facts is None)
    @rule(urgency=st.sampled_from(Urgency), grade=st.sampled_from(Grade), on_spot=st.booleans())
    def report(self, urgency: Urgency, grade: Grade, on_spot: bool) -> None:
        new = Registration(
            case_no="TJ-2026-000001",
            report_no="R-1",
            kind="ponding",
            urgency=urgency,
            grade=grade,
            areas=HERE,
            edition="e1",
            limits=LIMITS,
            after=(2,) if on_spot else (),
        )
        decision = register(new, LI, self.now, SETTING)
        self.history.extend(decision.events)
        self.facts = decision.facts

    @precondition(lambda self: self.facts is not None)
    @rule(actor=people, command=commands)
    def try_anything(self, actor: Actor, command: c.Command) -> None:
        assert self.facts is not None
        self._do(actor, command)

    @precondition(lambda self: self.facts is not None)
    @rule(data=st.data())
    def do_something_lawful(self, data: st.DataObject) -> None:
        """Picks a hand and a verb that fit the state, so that deep states are reached often."""
        assert self.facts is not None
        verbs = {row.verb for row in TABLE if self.facts.state in row.sources}
        command = data.draw(commands.filter(lambda x: x.verb in verbs))
        for actor in data.draw(st.sampled_from([HANDS, HANDS[::-1], (JACK,), EVERYBODY])):
            if self._do(actor, command):
                return

    @precondition(lambda self: self.facts is not None)
    @rule(actor=st.one_of(st.just(JACK), people), data=st.data())
    def walk_on(self, actor: Actor, data: st.DataObject) -> None:
        """Takes a well-formed next step of the road, so that its far end is tried by every hand."""
        assert self.facts is not None
        self._do(actor, data.draw(st.sampled_from(_road(self.facts, self.now))))

    @precondition(lambda self: self.facts is not None)
    @rule(minutes=st.sampled_from([1, 15, 60, 600, 5000]))
    def time_passes_and_the_sweep_comes(self, minutes: int) -> None:
        assert self.facts is not None
        self.now += timedelta(minutes=minutes)
        for _ in range(60):
            due = [k for k in self.facts.clocks.values() if k.next_at is not None and k.next_at <= self.now]
            if not due:
                return
            step = c.TakeStep(clock=due[0].name, percent=due[0].next_percent or 0)
            self._do(EVERYBODY[-1], step)
        raise AssertionError("the ladder has no end")

    def _do(self, actor: Actor, command: c.Command) -> bool:
        assert self.facts is not None
        before = self.facts
        verdict = decide(before, command, actor, self.now, SETTING)
        if isinstance(verdict, Refusal):
            return False
        for event in verdict.events:
            notices(event, verdict.facts, SETTING.policy)
            self._lawful(before, event, actor)
            self.history.append(event)
        self.facts = verdict.facts
        return bool(verdict.events)

    def _lawful(self, before: CaseFacts, event: ev.Event, actor: Actor) -> None:
        assert any(before.state in row.sources and row.target in (None, event.to_state) for row in TABLE)
        if isinstance(event, ev.CheckPassed | ev.CheckFailed):
            assert actor.person_id not in before.rectifier_ids
        if isinstance(event, ev.CaseHandedIn):
            assert event.media
            assert event.words
        if isinstance(event, ev.CaseReturned):
            assert not before.designated
        if isinstance(event, ev.CaseExtended):
            assert before.urgency is not Urgency.U1
            assert before.due_at is not None
            assert event.until > before.due_at
        if isinstance(event, ev.CaseSuspended | ev.CaseVoided | ev.CaseExtended):
            assert before.pending is not None
            assert before.pending.by != actor.person_id

    @invariant()
    def the_row_is_the_fold_of_its_events(self) -> None:
        if self.facts is not None:
            assert ev.fold(self.history) == self.facts

    @invariant()
    def events_survive_being_stored(self) -> None:
        for event in self.history[-1:]:
            assert codec.load_event(*codec.dump_event(event)) == event
        if self.facts is not None:
            assert codec.load(CaseFacts, codec.dump(self.facts)) == self.facts

    @invariant()
    def versions_count_events_without_a_gap(self) -> None:
        assert [event.seq for event in self.history] == list(range(1, len(self.history) + 1))

    @invariant()
    def every_open_case_has_a_clock_and_somebody_who_owes_the_next_step(self) -> None:
        if self.facts is None:
            return
        running = {n for n, k in self.facts.clocks.items() if k.running}
        if self.facts.open:
            assert running - {ClockName.RETURNING}
            assert self.facts.state not in HELD or self.facts.unit_code or self.facts.holder_id
            assert next_step_is_with(self.facts, SETTING.policy)
        else:
            assert not running

    @invariant()
    def suspended_cases_wait_only_for_their_review(self) -> None:
        if self.facts is not None and self.facts.state is State.SUSPENDED:
            assert {n for n, k in self.facts.clocks.items() if k.running} == {ClockName.REVIEW}


RandomDays.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRandomDays = RandomDays.TestCase
