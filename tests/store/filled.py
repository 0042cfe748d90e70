"""A database with the cast on post and a flooded underpass, for the tests of the store."""

from dataclasses import dataclass
from datetime import datetime

from models.rules import commands as c
from models.rules.errors import Refusal
from models.rules.facts import CaseFacts
from models.rules.parties import guard
from models.rules.roles import Actor
from models.rules.states import Grade, Urgency
from models.rules.workflow import Decision, Registration, decide, register
from models.store import Store, Unit
from models.store.rows import RosterRow
from tests.cast import EVERYBODY, HERE, LI
from tests.rules.days import LIMITS, SETTING


@dataclass(frozen=True)
class Spot:
    """A point in WGS-84."""

    latitude: float
    longitude: float


UNDERPASS = Spot(39.1000, 117.2000)


def roster() -> list[RosterRow]:
    """Lists the cast as a roster would."""
    return [
        RosterRow(
            staff_no=f"S{actor.person_id}",
            name=f"person {actor.person_id}",
            role=post.role,
            area_code=post.area_code,
            unit_code=post.unit_code,
            shift=post.shift,
        )
        for actor in EVERYBODY
        if actor.person_id is not None
        for post in actor.posts
    ]


async def on_post(store: Store) -> None:
    """Puts the cast on post; their numbers are those of `tests.cast`."""
    async with store.begin() as unit:
        await unit.people.import_roster(roster())
        names = await unit.people.names(range(1, 9))
    assert names == {n: f"person {n}" for n in range(1, 9)}


async def registered(
    store: Store,
    now: datetime,
    *,
    actor: Actor = LI,
    at: Spot | None = UNDERPASS,
    kind: str = "ponding",
    urgency: Urgency = Urgency.U2,
    after: tuple[int, ...] = (),
) -> CaseFacts:
    """Files a report and registers its case."""
    async with store.begin() as unit:
        case_no = await unit.cases.next_no("TJ", 2026)
        _, report_no = await unit.reports.insert(
            channel="telegram",
            update_id=int(case_no[-6:]),
            person_id=actor.person_id,
            created_at=now,
            kind=kind,
            text="积水约30厘米",
            case_no=case_no,
            latitude=at.latitude if at else None,
            longitude=at.longitude if at else None,
        )
        new = Registration(
            case_no=case_no,
            report_no=report_no,
            kind=kind,
            urgency=urgency,
            grade=Grade.GENERAL,
            areas=HERE,
            edition="e1",
            limits=LIMITS,
            words="积水约30厘米",
            after=after,
        )
        decision = register(new, actor, now, SETTING)
        await unit.cases.insert(decision)
    return decision.facts


def judged(facts: CaseFacts, command: c.Command, actor: Actor, now: datetime) -> Decision:
    """Judges a command that must be lawful."""
    verdict = decide(facts, command, actor, now, SETTING)
    assert not isinstance(verdict, Refusal), verdict
    return verdict


async def change(unit: Unit, facts: CaseFacts, decision: Decision, actor: Actor) -> bool:
    """Writes a decision as an action would."""
    assert decision.row is not None
    return await unit.cases.change(facts, decision, guard(actor, decision.row))


async def done(store: Store, facts: CaseFacts, command: c.Command, actor: Actor, now: datetime) -> CaseFacts:
    """Does a lawful command and gives the facts after it."""
    decision = judged(facts, command, actor, now)
    async with store.begin() as unit:
        assert await change(unit, facts, decision, actor)
    return decision.facts
