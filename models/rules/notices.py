"""Who hears of an event, how loudly, and under which key a door finds the sentence. Pure.

"Loud" makes the phone ring (a new message); quiet edits the live card in place.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.rules import events
from models.rules.clocks import ClockName, Step
from models.rules.facts import CaseFacts
from models.rules.roles import Party
from models.rules.states import QUEUED, State
from models.rules.transitions import OFFICE, Policy


@dataclass(frozen=True, slots=True)
class Notice:
    """One party is told of one thing; `key` names the sentence (`notice.dispatched.holder`)."""

    party: Party
    key: str
    loud: bool


P = Party
LOUD: dict[type[events.Event], tuple[tuple[Party, bool], ...]] = {
    events.CaseRegistered: ((P.REPORTER, False),),
    events.CaseDispatched: ((P.HOLDER, True), (P.REPORTER, False)),
    events.CaseDesignated: ((P.HOLDER, True), (P.REPORTER, False), (P.DISPATCHER, False)),
    events.CaseSigned: ((P.HOLDER, False), (P.REPORTER, False)),
    events.CaseHandedOver: ((P.HOLDER, True),),
    events.HolderArrived: ((P.HOLDER, False), (P.REPORTER, False)),
    events.CaseHandedIn: ((P.HOLDER, False), (P.REPORTER, False)),
    events.CheckAssigned: ((P.VERIFIER, True),),
    events.CheckPassed: ((P.REPORTER, True), (P.HOLDER, True), (P.VERIFIER, False)),
    events.CheckFailed: ((P.HOLDER, True), (P.REPORTER, False), (P.VERIFIER, False)),
    events.Asked: ((P.SUPERVISOR, True), (P.DISPATCHER, True), (P.HOLDER, False)),
    events.Declined: ((P.HOLDER, True),),
    events.CaseExtended: ((P.HOLDER, True), (P.REPORTER, False)),
    events.CaseSuspended: ((P.HOLDER, True), (P.REPORTER, True)),
    events.CaseResumed: ((P.HOLDER, True), (P.REPORTER, False)),
    events.CaseVoided: ((P.REPORTER, True), (P.HOLDER, True)),
    events.CaseMerged: ((P.REPORTER, True), (P.HOLDER, True)),
    events.ReportJoined: ((P.HOLDER, False), (P.REPORTER, False)),
    events.CaseReopened: ((P.REPORTER, False), (P.SUPERVISOR, True)),
    events.CaseRelocated: ((P.REPORTER, False),),
    events.CaseUrged: ((P.HOLDER, True),),
    events.CaseNoted: ((P.HOLDER, False),),
}
"""Which parties hear of which event, and whether their phone rings."""


def notices(event: events.Event, facts: CaseFacts, policy: Policy) -> tuple[Notice, ...]:
    """Lists who hears of the event; `facts` are those after it."""
    match event:
        case events.CaseReturned():
            return _returned(facts, policy)
        case events.ClockStepped():
            return _stepped(event, facts)
        case events.CheckFailed() if event.supervised:
            return (*_plain(event), Notice(P.DISTRICT, "notice.supervised.district", True))
        case events.Asked() if facts.n_extensions:
            # The second extension is the district's to give.
            return (*_plain(event), Notice(P.DISTRICT, "notice.asked.district", True))
    return _plain(event)


def _plain(event: events.Event) -> tuple[Notice, ...]:
    name = event.tag.partition(":")[2]
    return tuple(Notice(party, f"notice.{name}.{party}", loud) for party, loud in LOUD.get(type(event), ()))


def _returned(facts: CaseFacts, policy: Policy) -> tuple[Notice, ...]:
    """Tells the dispatcher, or the district once too many dispatches failed."""
    bounced = facts.n_returned >= policy.n_returns_to_district
    queue = P.DISTRICT if bounced else P.DISPATCHER
    return (
        Notice(queue, f"notice.returned.{queue}", True),
        Notice(P.REPORTER, "notice.returned.reporter", False),
    )


def _stepped(event: events.ClockStepped, facts: CaseFacts) -> tuple[Notice, ...]:
    """Tells the parties of the ladder, and lets the reporter's card show that it is late."""
    limit = facts.limits.of(event.clock)
    steps: Iterable[tuple[Party, ...]] = (
        step.tell for step in (limit.ladder if limit else ()) if step.percent == event.percent
    )
    key = f"notice.step.{event.clock}.{event.step}"
    told = tuple(Notice(party, f"{key}.{party}", True) for tell in steps for party in tell)
    quiet = event.step is Step.OVERDUE and event.clock is ClockName.DONE
    return (*told, Notice(P.REPORTER, "notice.overdue.reporter", False)) if quiet else told


def queue_of(facts: CaseFacts, policy: Policy) -> Party | None:
    """Names who must pick a holder for the case now: the street's dispatcher, or the district."""
    if facts.state not in QUEUED:
        return None
    return P.DISTRICT if facts.n_returned >= policy.n_returns_to_district else P.DISPATCHER


def next_step_is_with(facts: CaseFacts, policy: Policy) -> frozenset[Party]:
    """Names who owes the next step; `/todo` and the self-audit ask."""
    queue = queue_of(facts, policy)
    if queue is not None:
        return frozenset({queue})
    match facts.state:
        case State.DISPATCHED | State.SIGNED | State.HANDLING:
            return frozenset({P.HOLDER}) | (OFFICE if facts.pending else frozenset())
        case State.HANDLED:
            return frozenset({P.DISPATCHER})
        case State.VERIFYING:
            return frozenset({P.VERIFIER})
        case State.SUSPENDED:
            return frozenset({P.SUPERVISOR})
    return frozenset()
