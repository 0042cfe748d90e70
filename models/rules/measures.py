"""What the figures of the boards mean: every count, every rate as x of y, every time as a spread. Pure.

There is no figure about one worker here, and none may be added (the rules of 2023-12-18 against 指尖上的形式主义).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from statistics import median

from models.rules.facts import CaseFacts
from models.rules.states import State

SMALL = 20
"""Below this many cases a percentage says less than the two numbers (house rule of the boards)."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """x of y. Suspended, open and overdue stand beside every rate that is shown."""

    x: float
    y: float

    @property
    def percent(self) -> float | None:
        """Gives the percentage; None of nothing."""
        return 100 * self.x / self.y if self.y else None

    @property
    def small(self) -> bool:
        """Tells whether the two numbers are to be shown instead of the percentage."""
        return self.y < SMALL

    @property
    def shown(self) -> str:
        """Gives "x/y" where y is small, else the percentage with one decimal."""
        if self.small or self.percent is None:
            return f"{self.x:g}/{self.y:g}"
        return f"{self.percent:.1f}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted over a set of cases. Cases, except where a field says dispatches or hand-ins."""

    registered: int = 0
    dispatched: int = 0
    cleared: int = 0
    open: int = 0
    overdue: int = 0
    suspended: int = 0
    voided: int = 0
    merged: int = 0
    returned: int = 0
    reworked: int = 0
    reopened: int = 0
    handled: int = 0
    verified: int = 0
    ever_cleared: int = 0
    fell_due: int = 0
    cleared_on_time: int = 0
    signed_in_limit: int = 0
    never_returned: int = 0
    first_passed: int = 0
    n_dispatches: int = 0
    n_returns: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Adds up two sets that share no case."""
        return Counts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)})


def total(parts: Sequence[Counts]) -> Counts:
    """Adds up any number of sets that share no case."""
    if len(parts) == 1:
        return parts[0]
    return Counts(**{name: sum(getattr(part, name) for part in parts) for name in COUNTS})


@dataclass(frozen=True, slots=True)
class Measure:
    """One rate: what is counted over what, written and as a function, and its locale keys."""

    code: str
    formula: str
    over: Callable[[Counts], Ratio]

    @property
    def name_key(self) -> str:
        """Gives the locale key of the name."""
        return f"measure.{self.code}"

    @property
    def definition_key(self) -> str:
        """Gives the locale key of the sentence that says what is divided by what."""
        return f"measure.{self.code}.definition"


COUNTS = tuple(f.name for f in fields(Counts))
"""Codes of the counts; their locale keys are `count.<code>` and `count.<code>.definition`."""

MEASURES: tuple[Measure, ...] = (
    Measure(
        "clear_rate",
        "cleared / (registered - voided - merged)",
        lambda c: Ratio(c.cleared, c.registered - c.voided - c.merged),
    ),
    Measure("ontime_clear_rate", "cleared_on_time / fell_due", lambda c: Ratio(c.cleared_on_time, c.fell_due)),
    Measure("ack_rate", "signed_in_limit / dispatched", lambda c: Ratio(c.signed_in_limit, c.dispatched)),
    Measure("return_rate", "n_returns / n_dispatches", lambda c: Ratio(c.n_returns, c.n_dispatches)),
    Measure("dispatch_accuracy", "never_returned / dispatched", lambda c: Ratio(c.never_returned, c.dispatched)),
    Measure("rework_rate", "reworked / handled", lambda c: Ratio(c.reworked, c.handled)),
    Measure("first_pass_rate", "first_passed / verified", lambda c: Ratio(c.first_passed, c.verified)),
    Measure("relapse_rate", "reopened / ever_cleared", lambda c: Ratio(c.reopened, c.ever_cleared)),
)
"""Every rate over cases, in the order of the boards. The three of the follow-up calls are in `Visits`."""


def rates(counts: Counts) -> Mapping[str, Ratio]:
    """Gives every rate of a set of cases by its code."""
    return {m.code: m.over(counts) for m in MEASURES}


def count(cases: Iterable[CaseFacts], as_of: datetime) -> Counts:
    """Counts a set of cases; facts folded up to `as_of` make the figures of that date again."""
    total = Counts()
    for facts in cases:
        total += one(facts, as_of)
    return total


def one(facts: CaseFacts, as_of: datetime) -> Counts:
    """Counts a single case.

    A case fell due when its done clock passed and it was neither suspended, voided nor merged. A case that was
    fixed on the spot never had a due time, so that it cannot embellish the rate of those that had.
    """
    out = facts.state in (State.SUSPENDED, State.VOIDED, State.MERGED)
    fell_due = facts.due_at is not None and facts.due_at <= as_of and not out
    cleared = facts.state is State.CLEARED
    return Counts(
        registered=1,
        dispatched=int(facts.n_dispatched > 0),
        cleared=int(cleared),
        open=int(facts.open),
        overdue=int(facts.overdue),
        suspended=int(facts.state is State.SUSPENDED),
        voided=int(facts.state is State.VOIDED),
        merged=int(facts.state is State.MERGED),
        returned=int(facts.n_returned > 0),
        reworked=int(facts.n_rework > 0),
        reopened=int(facts.n_reopened > 0),
        handled=int(facts.n_handled > 0),
        verified=int(facts.n_checked > 0),
        ever_cleared=int(cleared or facts.n_reopened > 0),
        fell_due=int(fell_due),
        cleared_on_time=int(fell_due and cleared and facts.on_time is True),
        signed_in_limit=int(facts.n_dispatched > 0 and facts.signed_in_limit is True),
        never_returned=int(facts.n_dispatched > 0 and facts.n_returned == 0),
        first_passed=int(facts.n_checked > 0 and facts.n_rework == 0),
        n_dispatches=facts.n_dispatched,
        n_returns=facts.n_returned,
    )


@dataclass(frozen=True, slots=True)
class Visits:
    """Answers of follow-up visits: how many were asked, were answered to, were solved, were satisfied."""

    asked: int
    responded: int
    resolved: int
    satisfied: int

    @property
    def rates(self) -> Mapping[str, Ratio]:
        """Gives 响应率, 解决率 and 满意率."""
        return {
            "response_rate": Ratio(self.responded, self.asked),
            "resolve_rate": Ratio(self.resolved, self.asked),
            "satisfaction_rate": Ratio(self.satisfied, self.asked),
        }

    def score(self, weights: Mapping[str, float]) -> float | None:
        """Gives the weighted percentage; the weights are rows of the policy and need not add up to 100."""
        shares = {code: ratio.percent for code, ratio in self.rates.items()}
        known = {code: share for code, share in shares.items() if share is not None and weights.get(code)}
        whole = sum(weights[code] for code in known)
        return sum(weights[code] * share for code, share in known.items()) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: the median and the 90th percentile, in minutes, of n cases."""

    n: int
    median_minutes: float | None
    p90_minutes: float | None


TIMES: Mapping[str, tuple[str, str]] = {
    "time_to_sign": ("dispatched_at", "signed_at"),
    "time_to_handle": ("dispatched_at", "handled_at"),
    "time_to_verify": ("handled_at", "checked_at"),
    "time_to_clear": ("registered_at", "cleared_at"),
}
"""Which two moments of the facts each time lies between; minutes of the day, not of working time."""


def spreads(cases: Iterable[CaseFacts]) -> Mapping[str, Spread]:
    """Gives the spread of every time over the cases that have both of its moments."""
    taken: dict[str, list[float]] = {code: [] for code in TIMES}
    for facts in cases:
        for code, (start, end) in TIMES.items():
            begun, done = getattr(facts, start), getattr(facts, end)
            if begun is not None and done is not None and done >= begun:
                taken[code].append((done - begun) / timedelta(minutes=1))
    return {code: spread(minutes) for code, minutes in taken.items()}


def spread(minutes: Iterable[float]) -> Spread:
    """Gives median and 90th percentile (the least value that at least 90 % do not exceed)."""
    ordered = sorted(minutes)
    if not ordered:
        return Spread(0, None, None)
    nearest_rank = -(-9 * len(ordered) // 10)
    return Spread(len(ordered), median(ordered), ordered[nearest_rank - 1])
