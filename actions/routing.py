"""Places and routes cases that wait: the job after filing, and the dry run that explains it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from actions.audience import Audience
from actions.cases import RACES, change
from actions.ports import Deps, Unit
from actions.posts import on_post_of, with_role
from actions.telling import tell_all, tell_queue, tell_queues
from models.rules import commands as c
from models.rules.errors import Refusal, WrongState
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.roles import Role, system
from models.rules.routing import ANY, RouteChoice, route
from models.rules.states import Grade, State
from models.rules.workflow import Decision, decide

BATCH = 250
"""How many cases share a transaction: more would hold up others for long, fewer cost more statements a case."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """Who would get a case of this kind here, and why."""

    choice: RouteChoice
    unit_name: str | None
    person_id: int | None
    person_name: str | None


async def place_and_route(deps: Deps, case_nos: Iterable[str]) -> int:
    """Dispatches each waiting case by rule, or rings the dispatcher; counts those dispatched.

    Many cases share a transaction and its statements, each still changes by its own guarded update. Safe to run
    twice: a case that is not waiting any more is passed over.
    """
    numbers = list(dict.fromkeys(case_nos))
    dispatched = 0
    for start in range(0, len(numbers), BATCH):
        some = numbers[start : start + BATCH]
        for _ in range(RACES):
            async with deps.store.begin() as unit:
                found = await unit.cases.many(some)
                waiting = [facts for facts in found.values() if facts.state in (State.REGISTERED, State.REOPENED)]
                n, some = await _route(deps, unit, waiting)
            dispatched += n
            if not some:
                break
            # Others changed these between our look and our write: judged anew on what is true now.
        else:
            raise WrongState(case_no=some[0])
    return dispatched


async def _route(deps: Deps, unit: Unit, waiting: Sequence[CaseFacts]) -> tuple[int, list[str]]:
    """Routes waiting cases; gives how many were dispatched, and those that others changed meanwhile."""
    if not waiting:
        return 0, []
    now = deps.clock()
    local = now.astimezone(deps.setting.calendar.zone)
    rules = await unit.routing.rules(now)
    # A burst holds many cases of one place and kind: each pair is looked up once, among the rules of its kind.
    of_kind = {kind: [rule for rule in rules if rule.kind in (ANY, kind)] for kind in {f.kind for f in waiting}}
    keys = {(f.areas, f.kind, f.grade) for f in waiting}
    choices = {key: route(*key, local, of_kind[key[1]]) for key in keys}
    chosen = [(facts, choices[facts.areas, facts.kind, facts.grade]) for facts in waiting]
    audience = Audience(deps, unit)
    await audience.know_units(choice.unit_code for _, choice in chosen if choice.unit_code is not None)
    decided: list[tuple[CaseFacts, Decision]] = []
    queued: list[tuple[CaseFacts, str]] = []
    for facts, choice in chosen:
        verdict = await _judged(deps, audience, facts, choice, now)
        if isinstance(verdict, Decision):
            decided.append((facts, verdict))
        else:
            queued.append((facts, verdict))
    written = await unit.cases.change_all(decided)
    told = [(decision.events, decision.facts) for before, decision in decided if before.case_no in written]
    await tell_all(deps, unit, told, audience)
    await tell_queues(deps, unit, queued, audience)
    return len(told), [before.case_no for before, _ in decided if before.case_no not in written]


async def _judged(
    deps: Deps, audience: Audience, facts: CaseFacts, choice: RouteChoice, now: datetime
) -> Decision | str:
    """Decides about one case: its dispatch, or why somebody has to choose."""
    if choice.unit_code is None:
        return choice.why
    holder_id = await audience.on_post(choice.unit_code, facts.areas)
    if holder_id is None:
        return "nobody_on_post"
    rule = f"rule {choice.rule.rule_no}" if choice.rule else choice.why
    verdict = decide(
        facts, c.Dispatch(unit_code=choice.unit_code, holder_id=holder_id, rule=rule), system(), now, deps.setting
    )
    # A refusal: returned too often or designated meanwhile; a person has to choose now.
    return verdict.code if isinstance(verdict, Refusal) else verdict


async def _choose(deps: Deps, unit: Unit, areas: AreaCodes, kind: str, grade: Grade, now: datetime) -> RouteChoice:
    rules = await unit.routing.rules(now)
    return route(areas, kind, grade, now.astimezone(deps.setting.calendar.zone), rules)


async def dry_run(
    deps: Deps, areas: AreaCodes, kind: str, grade: Grade = Grade.GENERAL, now: datetime | None = None
) -> DryRun:
    """Explains who would get a case; changes nothing."""
    async with deps.store.read() as unit:
        choice = await _choose(deps, unit, areas, kind, grade, now or deps.clock())
        if choice.unit_code is None:
            return DryRun(choice, None, None, None)
        units = await unit.units.names([choice.unit_code])
        people = await on_post_of(deps, unit, choice.unit_code, areas)
        names = await unit.people.names(people)
        person = people[0] if people else None
        return DryRun(choice, units.get(choice.unit_code), person, names.get(person) if person else None)


async def assign_checks(deps: Deps, case_nos: Iterable[str]) -> int:
    """Finds who checks each handled case: a verifier of the place, else a grid worker who did not rectify it.

    Safe to run twice.
    """
    assigned = 0
    for case_no in case_nos:
        async with deps.store.begin() as unit:
            facts = await unit.cases.facts(case_no)
            if facts is not None and facts.state is State.HANDLED:
                assigned += await _assign(deps, unit, facts, await _checker(unit, facts))
    return assigned


async def assign_check_anew(deps: Deps, unit: Unit, facts: CaseFacts) -> int | None:
    """Finds another verifier for a case whose verifier is gone, and tells who; None when the dispatcher must."""
    found = await _checker(unit, facts)
    if found is not None and found[0] == facts.verifier_id:
        return None
    return found[0] if await _assign(deps, unit, facts, found) and found is not None else None


async def _assign(deps: Deps, unit: Unit, facts: CaseFacts, found: tuple[int | None, str] | None) -> bool:
    if found is None:
        await tell_queue(deps, unit, facts, "no_verifier")
        return False
    verifier_id, rule = found
    command = c.AssignCheck(verifier_id=verifier_id, rule=rule)
    await change(deps, unit, system(), facts.case_no, command)
    return True


async def _checker(unit: Unit, facts: CaseFacts) -> tuple[int | None, str] | None:
    """Chooses by role, then by the smallest area: first whom a chat reaches, of them who has the fewest checks."""
    for role, rule in (
        (Role.VERIFIER, "verifier_of_area"),
        (Role.GRID_WORKER, "grid_worker_of_area"),
        (Role.COMMUNITY_LEAD, "lead_of_area"),
    ):
        for code in reversed(facts.areas.chain):
            people = [
                person
                for person in await with_role(unit, role, (code,))
                if person not in facts.rectifier_ids and person != facts.holder_id
            ]
            if people:
                loads = await unit.cases.checks_waiting(people)
                heard = await unit.people.live_all(people)
                return min(people, key=lambda person: (person not in heard, loads.get(person, 0), person)), rule
    return None
