"""Random lives of many cases, all lawful: people who may do everything try whatever comes next, clocks run out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from actions.ports import Deps, Unit
from models.rules import commands as c
from models.rules.events import Event, fold
from models.rules.facts import AreaCodes, Ask, CaseFacts, Picture
from models.rules.roles import Actor, Post, Role, system
from models.rules.states import Grade, State, Urgency
from models.rules.workflow import Decision, Registration, decide, register

UNIT = "DR-120103"
CITY = "120000"
KINDS = ("ponding", "manhole", "corridor_clutter", "ebike_charging", "gas", "flood")
AFTER, BEFORE = Picture(1, "a" * 64, "fedcba9876543210fedcba9876543210"), Picture(2, "b" * 64, "0123456789abcdef" * 2)


async def live(
    deps: Deps,
    *,
    n: int,
    seed: int,
    people: Sequence[int],
    places: Sequence[AreaCodes],
    until: datetime,
    days: float = 10,
    eager: float = 0.9,
) -> dict[str, list[Event]]:
    """Lets so many cases live until a moment; gives their events by number. `eager` is the share that moves at all."""
    chance = Random(seed)
    hands = _hands(people)
    lives: dict[str, list[Event]] = {}
    async with deps.store.begin() as unit:
        for _ in range(n):
            begun = until - timedelta(minutes=chance.random() * days * 1440)
            first = _registered(deps, await unit.cases.next_no("TJ", begun.year), chance, hands, places, begun)
            await unit.cases.insert(first)
            told = lives[first.facts.case_no] = list(first.events)
            moves = chance.choice((2, 5, 9, 14)) if chance.random() < eager else 0
            crowd = Crowd(deps, unit, chance, hands, places, tuple(lives))
            await crowd.lead(first.facts, told, begun, until, moves)
    return lives


async def go_on(
    deps: Deps,
    lives: Mapping[str, list[Event]],
    *,
    seed: int,
    people: Sequence[int],
    places: Sequence[AreaCodes],
    until: datetime,
    share: float = 0.4,
) -> None:
    """Lets a share of the cases that are there live on until a later moment."""
    chance = Random(seed)
    async with deps.store.begin() as unit:
        crowd = Crowd(deps, unit, chance, _hands(people), places, tuple(lives))
        for told in lives.values():
            if chance.random() < share:
                facts = fold(told)
                await crowd.lead(facts, told, told[-1].at, until, chance.choice((1, 3, 6)))


@dataclass(frozen=True, slots=True)
class Crowd:
    """Those who may do everything, and the day on which they try."""

    deps: Deps
    unit: Unit
    chance: Random
    hands: Sequence[Actor]
    places: Sequence[AreaCodes]
    others: Sequence[str]

    async def lead(self, facts: CaseFacts, told: list[Event], begun: datetime, until: datetime, moves: int) -> None:
        """Lets one case live until a moment, with so many tries and every clock taken."""
        now = begun
        for _ in range(moves):
            now += timedelta(minutes=self.chance.expovariate(1 / 240))
            if now >= until:
                break
            facts = await _clocks(self.deps, self.unit, facts, now, told)
            command = self.chance.choice(_road(facts, now, self.hands, self.places, self.others, self.chance))
            verdict = decide(facts, command, self.chance.choice(self.hands), now, self.deps.setting)
            if isinstance(verdict, Decision):
                facts = await _written(self.unit, facts, verdict, told)
        await _clocks(self.deps, self.unit, facts, until, told)


def _hands(people: Sequence[int]) -> list[Actor]:
    """Gives these people every post there is."""
    return [Actor(person, tuple(Post(role, CITY, UNIT) for role in Role)) for person in people]


def _registered(
    deps: Deps, case_no: str, chance: Random, hands: Sequence[Actor], places: Sequence[AreaCodes], now: datetime
) -> Decision:
    """Opens a case; one of ten was fixed on the spot."""
    urgency = chance.choices(list(Urgency), (1, 3, 8, 2))[0]
    kind = chance.choice(KINDS)
    new = Registration(
        case_no=case_no,
        report_no=f"R-{case_no}",
        kind=kind,
        urgency=urgency,
        grade=Grade.GENERAL,
        areas=chance.choice(places),
        edition="e1",
        limits=deps.catalogue.limits_for(kind, urgency),
        after=(1,) if chance.random() < 0.1 else (),
    )
    return register(new, chance.choice(hands), now, deps.setting)


async def _clocks(deps: Deps, unit: Unit, facts: CaseFacts, now: datetime, told: list[Event]) -> CaseFacts:
    """Takes every ladder step that was due by then, each at its time."""
    while True:
        due = [k for k in facts.clocks.values() if k.next_at is not None and k.next_at <= now]
        if not due:
            return facts
        clock = min(due, key=lambda k: k.next_at or now)
        assert clock.next_percent is not None
        assert clock.next_at is not None
        step = c.TakeStep(clock=clock.name, percent=clock.next_percent)
        verdict = decide(facts, step, system(), clock.next_at, deps.setting)
        assert isinstance(verdict, Decision), verdict
        facts = await _written(unit, facts, verdict, told)


async def _written(unit: Unit, before: CaseFacts, verdict: Decision, told: list[Event]) -> CaseFacts:
    """Writes what was decided."""
    assert await unit.cases.change(before, verdict, None)
    told.extend(verdict.events)
    return verdict.facts


def _road(
    facts: CaseFacts,
    now: datetime,
    hands: Sequence[Actor],
    places: Sequence[AreaCodes],
    others: Sequence[str],
    chance: Random,
) -> tuple[c.Command, ...]:
    """Lists what may come next; the law says whether it does."""
    if facts.pending is not None:
        return (c.Extend(), c.Suspend(), c.Void(), c.Decline())
    review_on = date.fromordinal(now.date().toordinal() + 30)
    until = max((facts.due_at or now) + timedelta(days=3), now + timedelta(days=1))
    aside: tuple[c.Command, ...] = (
        c.AskFor(ask=Ask.EXTENSION, words="等待配件", until=until),
        c.AskFor(ask=Ask.SUSPENSION, words="汛后开挖", reason="season", review_on=review_on, measure="围挡"),
        c.AskFor(ask=Ask.VOID, words="误报", reason="no_fact"),
    )
    someone = chance.choice(hands).person_id
    match facts.state:
        case State.REGISTERED | State.RETURNED | State.REOPENED:
            return (
                c.Dispatch(unit_code=UNIT, holder_id=someone, rule="r"),
                c.Dispatch(unit_code=UNIT, holder_id=someone, rule="r"),
                c.Designate(unit_code=UNIT, holder_id=someone),
                c.Relocate(areas=chance.choice(places), edition="e1"),
                c.Merge(into=chance.choice(others)),
            )
        case State.DISPATCHED:
            return (c.Sign(), c.Sign(), c.Sign(), c.HandBack(reason="wrong_duty", words="不属于排水职责"), *aside)
        case State.SIGNED | State.HANDLING:
            done = c.HandIn(words="已抽排", after=(AFTER,), before=(BEFORE,))
            return (done, done, done, done, c.Arrive(), *aside)
        case State.HANDLED:
            return (c.AssignCheck(verifier_id=someone, rule="r"),)
        case State.VERIFYING:
            return (c.PassCheck(), c.PassCheck(), c.FailCheck(words="仍有积水"))
        case State.SUSPENDED:
            return (c.Resume(), c.Note(words="补充"), c.Note(words="补充"))
        case State.CLEARED:
            return (c.Reopen(reason="relapse", words="又积水"), *(c.Note(words="补充"),) * 4)
    return (c.Note(words="补充"),)
