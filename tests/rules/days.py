"""A case, its limits and its calendar for the tests of the law; plain functions with good defaults."""

from datetime import UTC, date, datetime, time, timedelta

from models.rules import commands as c
from models.rules.calendars import Window, WorkCalendar
from models.rules.clocks import ClockName, LadderStep, Limit, Limits, Step
from models.rules.errors import Refusal
from models.rules.facts import Ask, CaseFacts, Picture
from models.rules.roles import Actor, Party
from models.rules.states import Grade, Urgency
from models.rules.transitions import Policy
from models.rules.workflow import Decision, Registration, Setting, decide, register
from tests.cast import DRAINAGE, HERE, LI, SUN, SYSTEM, ZHAO

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Monday morning, nine o'clock in Tianjin."""
CALENDAR = WorkCalendar((Window(time(8, 30), time(12)), Window(time(13, 30), time(18))))
SETTING = Setting(CALENDAR, Policy())
LADDER = (
    LadderStep(50, Step.REMIND, (Party.HOLDER,)),
    LadderStep(80, Step.URGE, (Party.HOLDER,)),
    LadderStep(100, Step.OVERDUE, (Party.HOLDER, Party.SUPERVISOR)),
    LadderStep(150, Step.SUPERVISE, (Party.DISTRICT,)),
)
REVIEW = (LadderStep(100, Step.REMIND, (Party.SUPERVISOR,)),)
LIMITS = Limits(
    (
        Limit(ClockName.DISPATCHING, 60, False, LADDER),
        Limit(ClockName.ACKNOWLEDGE, 30, False, LADDER),
        Limit(ClockName.RETURNING, 120, False),
        Limit(ClockName.ON_SCENE, 120, False, LADDER),
        Limit(ClockName.DONE, 24 * 60, False, LADDER),
        Limit(ClockName.CHECKING, 240, False, LADDER),
        Limit(ClockName.REVIEW, 0, False, REVIEW),
    )
)
BEFORE = Picture(1, "b" * 64, "0123456789abcdef0123456789abcdef")
AFTER = Picture(2, "a" * 64, "fedcba9876543210fedcba9876543210")


def fresh(actor: Actor = LI, urgency: Urgency = Urgency.U2, after: tuple[int, ...] = ()) -> Decision:
    """Registers a flooded underpass."""
    new = Registration(
        case_no="TJ-2026-000001",
        report_no="R-1",
        kind="ponding",
        urgency=urgency,
        grade=Grade.GENERAL,
        areas=HERE,
        edition="e1",
        limits=LIMITS,
        after=after,
    )
    return register(new, actor, MONDAY, SETTING)


def do(facts: CaseFacts, command: c.Command, actor: Actor, minutes: float = 1) -> CaseFacts:
    """Does a command that must be lawful, so many minutes after Monday morning."""
    verdict = judged(facts, command, actor, minutes)
    assert isinstance(verdict, Decision), f"{command.verb} by {actor.person_id}: {verdict.code}"
    return verdict.facts


def judged(facts: CaseFacts, command: c.Command, actor: Actor, minutes: float = 1) -> Decision | Refusal:
    """Judges a command so many minutes after Monday morning."""
    return decide(facts, command, actor, MONDAY + timedelta(minutes=minutes), SETTING)


def to_drainage() -> c.Dispatch:
    """Dispatches to Zhao of the drainage unit."""
    return c.Dispatch(unit_code=DRAINAGE, holder_id=ZHAO.person_id, rule="ponding → drainage")


def hand_in(*after: Picture) -> c.HandIn:
    """Hands in with an after-photo."""
    return c.HandIn(words="积水已抽排", after=after or (AFTER,), before=(BEFORE,))


def hand_back() -> c.HandBack:
    """Returns for a wrong duty."""
    return c.HandBack(reason="wrong_duty", words="不属于排水职责")


def suspension(words: str = "汛后开挖") -> c.AskFor:
    """Asks for a suspension until after the season."""
    return c.AskFor(
        ask=Ask.SUSPENSION, words=words, reason="season", review_on=date(2026, 12, 20), measure="围挡并设警示灯"
    )


def dispatched(urgency: Urgency = Urgency.U2) -> CaseFacts:
    """A case that Zhao must sign."""
    return do(fresh(urgency=urgency).facts, to_drainage(), SYSTEM)


def signed() -> CaseFacts:
    """A case that Zhao signed."""
    return do(dispatched(), c.Sign(), ZHAO, 5)


def verifying() -> CaseFacts:
    """A case that Sun must check."""
    handled = do(signed(), hand_in(), ZHAO, 60)
    return do(handled, c.AssignCheck(verifier_id=SUN.person_id, rule="verifier_of_area"), SYSTEM, 61)


def returned(times: int) -> CaseFacts:
    """A case that came back so many times."""
    facts = fresh().facts
    for n in range(times):
        facts = do(facts, to_drainage(), SYSTEM, 1 + 10 * n)
        facts = do(facts, hand_back(), ZHAO, 5 + 10 * n)
    return facts


def extension(minutes: float) -> c.AskFor:
    """Asks for a deadline so many minutes after Monday morning."""
    return c.AskFor(ask=Ask.EXTENSION, words="等待配件", until=MONDAY + timedelta(minutes=minutes))
