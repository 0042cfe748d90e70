"""What each person owes now, sorted by what is due; queues, choices and the morning brief."""

from datetime import datetime, timedelta

from actions import looking
from actions.ports import Deps, Unit
from actions.routing import dry_run
from actions.views import Brief, CaseLine, PersonView, UnitView
from models.rules.errors import UnknownCase
from models.rules.facts import CaseFacts
from models.rules.notices import next_step_is_with
from models.rules.parties import plays
from models.rules.roles import Actor, Party, Role

FAR = timedelta(days=36500)


async def todo(deps: Deps, actor: Actor, limit: int = 100) -> tuple[CaseLine, ...]:
    """Lists the cases in which the actor owes the next step, life in danger first, then by what is due."""
    async with deps.store.read() as unit:
        numbers = await unit.cases.concerning(actor, limit * 3)
        found = await unit.cases.many(numbers)
        names = await unit.areas.names({f.areas.chain[-1] for f in found.values()})
    lines = []
    for facts in found.values():
        part = _owes(deps, actor, facts)
        if part is not None:
            lines.append(looking.line(facts, names, part))
    far = deps.clock() + FAR
    return tuple(sorted(lines, key=lambda x: (x.urgency != "U1", x.due_at or far, x.case_no)))[:limit]


def _owes(deps: Deps, actor: Actor, facts: CaseFacts) -> Party | None:
    """Tells as what the actor owes the next step of a case."""
    owed = next_step_is_with(facts, deps.setting.policy)
    if facts.pending is not None and facts.pending.by == actor.person_id:
        owed = owed - {Party.DISPATCHER, Party.SUPERVISOR, Party.DISTRICT}
    order = (Party.HOLDER, Party.VERIFIER, Party.DISPATCHER, Party.SUPERVISOR, Party.DISTRICT)
    for party in order:
        if party in owed and plays(actor, party, facts):
            if party is Party.VERIFIER and not _may_check(actor, facts):
                continue
            if party is Party.HOLDER and not _holds(actor, facts):
                continue
            return party
    return None


def _may_check(actor: Actor, facts: CaseFacts) -> bool:
    if actor.person_id in facts.rectifier_ids:
        return False
    return facts.verifier_id in (None, actor.person_id)


def _holds(actor: Actor, facts: CaseFacts) -> bool:
    """A named holder owes it alone; the unit owes what nobody in it has taken."""
    return facts.holder_id in (None, actor.person_id)


async def queue(deps: Deps, actor: Actor) -> tuple[CaseLine, ...]:
    """Lists the cases that wait for this dispatcher or district centre to pick a holder."""
    wanted = (Party.DISPATCHER, Party.DISTRICT)
    return tuple(line for line in await todo(deps, actor) if line.part in wanted)


async def units_for(deps: Deps, actor: Actor, case_no: str) -> tuple[UnitView, ...]:
    """Lists the units that can take a case, the one that the routing table names first."""
    async with deps.store.read() as unit:
        facts = await _visible(unit, actor, case_no)
        rows = await unit.units.all(facts.areas.chain)
    run = await dry_run(deps, facts.areas, facts.kind, facts.grade)
    views = [
        UnitView(
            row.code,
            row.name,
            suggested=row.code == run.choice.unit_code,
            person_id=run.person_id if row.code == run.choice.unit_code else None,
            person_name=run.person_name if row.code == run.choice.unit_code else None,
        )
        for row in rows
    ]
    return tuple(sorted(views, key=lambda v: (not v.suggested, v.name)))


async def colleagues(deps: Deps, actor: Actor, case_no: str) -> tuple[PersonView, ...]:
    """Lists who else serves the unit that holds a case; nobody for whom its people's names are not for."""
    async with deps.store.read() as unit:
        facts = await _visible(unit, actor, case_no)
        if not looking.sees_people(actor, facts):
            return ()
        people = await unit.people.of_unit(facts.unit_code) if facts.unit_code else []
        names = await unit.people.names(set(people))
    return tuple(PersonView(p, names[p]) for p in people if p != facts.holder_id and p in names)


async def _visible(unit: Unit, actor: Actor, case_no: str) -> CaseFacts:
    facts = await unit.cases.facts(case_no)
    if facts is None or not await looking.visible(unit, actor, facts):
        raise UnknownCase(case_no=case_no)
    return facts


async def brief(deps: Deps, person_id: int) -> Brief:
    """Sums up a supervisor's street for the morning: new since yesterday 08:00, open, overdue, due today."""
    now = deps.clock()
    async with deps.store.read() as unit:
        actor = await unit.people.actor(person_id, "brief")
        codes = [p.area_code for p in actor.posts if p.role is Role.STREET_SUPERVISOR]
        found = await unit.cases.open_in(codes)
        names = await unit.areas.names(codes)
        places = await unit.areas.names({f.areas.chain[-1] for f in found})
    ends = _end_of_day(deps, now)
    lines = [looking.line(f, places, Party.SUPERVISOR) for f in found]
    due = [x for x in lines if x.due_at is not None and x.due_at <= ends]
    return Brief(
        person_id=person_id,
        street_name="、".join(names.get(code, code) for code in codes),
        n_new=sum(f.registered_at > now - timedelta(days=1) for f in found),
        n_open=len(found),
        n_overdue=sum(f.overdue for f in found),
        n_due_today=len(due),
        lines=tuple(sorted(due, key=lambda x: x.due_at or ends)[:10]),
    )


def _end_of_day(deps: Deps, now: datetime) -> datetime:
    local = now.astimezone(deps.setting.calendar.zone)
    return local.replace(hour=23, minute=59, second=59, microsecond=0)


async def supervisors_to_brief(deps: Deps) -> list[int]:
    """Lists the supervisors who have a chat and so can read a brief."""
    async with deps.store.read() as unit:
        return await unit.people.reachable_with_role(Role.STREET_SUPERVISOR)


async def send_brief(deps: Deps, person_id: int, day: str) -> None:
    """Writes a supervisor's brief of a day as a message; a repeat writes nothing."""
    summed = await brief(deps, person_id)
    facts = {
        "street": summed.street_name,
        "new": summed.n_new,
        "open": summed.n_open,
        "overdue": summed.n_overdue,
        "due_today": summed.n_due_today,
        "lines": [
            {
                "case_no": x.case_no,
                "kind": x.kind,
                "area": x.area_name,
                "due_at": x.due_at and x.due_at.isoformat(),
            }
            for x in summed.lines
        ],
    }
    async with deps.store.begin() as unit:
        await unit.messages.add(
            person_id=person_id,
            body={"template": "notice.brief", "facts": facts},
            loud=True,
            dedupe=f"brief:{day}:{person_id}",
        )
        unit.after_commit(deps.hint)
