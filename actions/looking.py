"""Puts a case together for one viewer: names instead of codes, evidence, history, and what the viewer may do."""

from collections.abc import Iterable
from datetime import datetime

from actions.ports import Deps, Unit
from actions.views import AreaNames, CaseLine, CaseView, HistoryLine, PlaceView
from models.rules import errors as e
from models.rules import events
from models.rules.clocks import ClockName
from models.rules.commands import Verb
from models.rules.facts import Ask, CaseFacts
from models.rules.parties import may_see, parties, plays
from models.rules.roles import Actor, Party, Role
from models.rules.transitions import Need, Policy, rows, verbs_from
from models.store.rows import ReportRow

MOVED = "moved"
"""How a pin was set that a dispatcher moved; the history says who did."""
INNER = frozenset({Verb.STEP, Verb.JOIN, Verb.ASSIGN_CHECK})
"""Verbs of the service or of other doors, never offered as a button."""


async def view(deps: Deps, actor: Actor, case_no: str) -> CaseView:
    """Shows a case; raises `UnknownCase` for one that is not there or not the viewer's to see."""
    async with deps.store.read() as unit:
        return await look(deps, unit, actor, case_no)


async def look(deps: Deps, unit: Unit, actor: Actor, case_no: str, *, after: bool = False) -> CaseView:
    """Shows a case within a transaction.

    `after` their own deed somebody sees the case once more, even if the deed moved it out of their sight: who hands
    a case back or places it in another street did so rightly.
    """
    facts = await unit.cases.facts(case_no)
    if facts is None or not (after or await visible(unit, actor, facts)):
        raise e.UnknownCase(case_no=case_no)
    reports = await unit.reports.of_case(case_no)
    history = await unit.cases.events(case_no)
    people = {event.actor_id for event in history} | {facts.holder_id, facts.verifier_id, facts.reporter_id}
    reporter_ids = tuple(dict.fromkeys(r.person_id for r in reports if r.person_id is not None))
    known = await unit.people.names({p for p in people | set(reporter_ids) if p is not None})
    names = known if after or sees_people(actor, facts) else {p: n for p, n in known.items() if p == actor.person_id}
    evidence = await unit.media.of_case(case_no)
    area_names = await unit.areas.names({*facts.areas.chain, *(code for e in history for code in _chain(e))})
    units = await unit.units.names([facts.unit_code] if facts.unit_code else [])
    first, now = reports[0] if reports else None, deps.clock()
    window = facts.clock(ClockName.RETURNING)
    return CaseView(
        facts=facts,
        areas=_area_names(deps, facts, area_names),
        text=first.text if first else "",
        address_text=first.address_text if first else None,
        fields=first.fields if first else {},
        figures=first.figures if first else {},
        danger=tuple(first.danger) if first else (),
        place=_place(first, history),
        reporters=tuple(names.get(p, "") for p in reporter_ids),
        reporter_ids=reporter_ids,
        holder_name=names.get(facts.holder_id) if facts.holder_id else None,
        unit_name=units.get(facts.unit_code) if facts.unit_code else None,
        verifier_name=names.get(facts.verifier_id) if facts.verifier_id else None,
        before=tuple(m.media_id for m in evidence if m.role == "before"),
        after=_last_after(history),
        history=tuple(_line(event, names, area_names) for event in history),
        verbs=possible(actor, facts, deps.setting.policy, now),
        parties=parties(actor, facts),
        returnable_until=window.due_at if window and facts.returnable(now) else None,
        known_names=frozenset(known.values()),
    )


async def visible(unit: Unit, actor: Actor, facts: CaseFacts) -> bool:
    """Tells whether the actor may see the case: by a part, a post over its place, or a joined report."""
    if actor.is_system or may_see(actor, facts):
        return True
    if actor.person_id in facts.rectifier_ids:
        return True
    return actor.person_id in await unit.reports.reporters(facts.case_no)


def sees_people(actor: Actor, facts: CaseFacts) -> bool:
    """Tells whether the actor may read the names of those who work a case: who has a part in it, and admins.

    Who may see a case only because it lies in their area, or because they once had to do with it, reads of parts
    and not of people (个人信息保护法, article 6: no more than the purpose needs).
    """
    if actor.is_system or parties(actor, facts) - {Party.MEMBER}:
        return True
    return any(post.role is Role.ADMIN for post in actor.posts)


def possible(actor: Actor, facts: CaseFacts, policy: Policy, now: datetime) -> tuple[Verb, ...]:
    """Lists the verbs that this actor could do now, given the proof and words that the verb will ask for."""
    offered = (verb for verb in verbs_from(facts) if verb not in INNER)
    return tuple(verb for verb in offered if hindrance(actor, facts, verb, policy, now) is None)


def hindrance(actor: Actor, facts: CaseFacts, verb: Verb, policy: Policy, now: datetime) -> e.Refusal | None:
    """Tells why the actor cannot do a verb whatever they would add to it; None when they could."""
    candidates = rows(verb, facts.state)
    if not candidates:
        return e.WrongState(state=facts.state, verb=verb)
    mine = next((row for row in candidates if any(plays(actor, p, facts) for p in row.who)), None)
    if mine is None:
        return e.NotYourCase(case_no=facts.case_no)
    found = (_hopeless(actor, facts, need, policy, now) for need in mine.needs)
    return next((refusal for refusal in found if refusal is not None), None)


_ASKED = {
    Need.EXTENSION_ASKED: Ask.EXTENSION,
    Need.SUSPENSION_ASKED: Ask.SUSPENSION,
    Need.VOID_ASKED: Ask.VOID,
}


def _hopeless(actor: Actor, facts: CaseFacts, need: Need, policy: Policy, now: datetime) -> e.Refusal | None:
    """Gives the refusal of a need that no words and no proof could meet."""
    pending = facts.pending
    of_district = actor.holds(Role.DISTRICT_CENTRE, facts.areas.chain)
    stuck = facts.designated or facts.n_returned >= policy.n_returns_to_district
    match need:
        case Need.NOT_RECTIFIER if actor.person_id in facts.rectifier_ids:
            return e.OwnWork()
        case Need.NOT_DESIGNATED if facts.designated:
            return e.DesignatedStays()
        case Need.IN_RETURN_WINDOW if not facts.returnable(now):
            return e.TooLate()
        case Need.DISTRICT_AFTER_BOUNCES if stuck and not of_district:
            return e.DistrictDecides(n=facts.n_returned)
        case Need.EXTENSION_ASKED | Need.SUSPENSION_ASKED | Need.VOID_ASKED if (
            pending is None or pending.ask is not _ASKED[need]
        ):
            return e.NothingAsked()
        case Need.SOMETHING_ASKED if pending is None:
            return e.NothingAsked()
        case Need.SECOND_PERSON if pending is not None and pending.by == actor.person_id:
            return e.SecondPersonNeeded()
        case Need.EXTENSION_LEFT if facts.n_extensions and not of_district:
            return e.ExtensionsUsed(n=facts.n_extensions)
    return None


def _area_names(deps: Deps, facts: CaseFacts, names: dict[str, str]) -> AreaNames:
    """Names the levels; a case that nobody could place shows only where it waits."""
    at = facts.areas

    def name(code: str | None) -> str | None:
        return names.get(code) if code is not None else None

    return AreaNames(
        city=name(at.city) or deps.city.name,
        district=name(at.district),
        street=name(at.street),
        community=name(at.community),
        grid=name(at.grid),
    )


def _last_after(history: Iterable[events.Event]) -> tuple[int, ...]:
    """Gives the after-photos of the latest hand-in."""
    handed = [event for event in history if isinstance(event, events.CaseHandedIn)]
    return handed[-1].media if handed else ()


def _chain(event: events.Event) -> tuple[str, ...]:
    """Gives the codes of the place that an event puts the case in."""
    return event.areas.chain if isinstance(event, events.CaseRegistered | events.CaseRelocated) else ()


def _place(first: ReportRow | None, history: Iterable[events.Event]) -> PlaceView | None:
    """Gives the pin: where it was moved last, else where the first report set it."""
    moved = [at for event in history if (at := _moved_to(event)) is not None]
    if moved:
        latitude, longitude = moved[-1]
        return PlaceView(latitude, longitude, None, MOVED, MOVED)
    if first is None or first.latitude is None or first.longitude is None:
        return None
    return PlaceView(first.latitude, first.longitude, first.accuracy_m, first.place_method, first.place_reason)


def _moved_to(event: events.Event) -> tuple[float, float] | None:
    """Gives the point to which an event moved the pin."""
    if not isinstance(event, events.CaseRelocated) or event.latitude is None or event.longitude is None:
        return None
    return event.latitude, event.longitude


def _line(event: events.Event, names: dict[int, str], area_names: dict[str, str]) -> HistoryLine:
    step = event if isinstance(event, events.ClockStepped) else None
    placing = event if isinstance(event, events.CaseRegistered | events.CaseRelocated) else None
    finest = placing.areas.chain[-1] if placing and placing.areas.placed else None
    return HistoryLine(
        seq=event.seq,
        at=event.at,
        tag=event.tag,
        actor_id=event.actor_id,
        actor_name=names.get(event.actor_id) if event.actor_id is not None else None,
        channel=event.channel,
        from_state=event.from_state,
        to_state=event.to_state,
        reason=event.reason,
        words=event.words,
        media=getattr(event, "media", ()),
        clock=step.clock if step else None,
        step=step.step if step else None,
        area_name=area_names.get(finest, finest) if finest else None,
        edition=placing.edition if placing else None,
        moved_to=_moved_to(event),
    )


async def lines(unit: Unit, case_nos: Iterable[str], part: Party) -> tuple[CaseLine, ...]:
    """Shows cases as lines of a list, in the given order."""
    numbers = list(case_nos)
    found = await unit.cases.many(numbers)
    names = await unit.areas.names({f.areas.chain[-1] for f in found.values()})
    return tuple(line(found[no], names, part) for no in numbers if no in found)


def line(facts: CaseFacts, names: dict[str, str], part: Party) -> CaseLine:
    """Shows one case as a line; what is due is the clock that the present holder must beat."""
    return CaseLine(
        case_no=facts.case_no,
        kind=facts.kind,
        area_name=names.get(facts.areas.chain[-1], facts.areas.chain[-1]),
        state=facts.state,
        urgency=facts.urgency,
        due_at=next_due(facts),
        overdue=facts.overdue,
        part=part,
        registered_at=facts.registered_at,
        street_code=facts.areas.street,
    )


def next_due(facts: CaseFacts) -> datetime | None:
    """Gives the earliest due time among the clocks that run, the silent return window left out."""
    running = [k.due_at for n, k in facts.clocks.items() if k.running and n is not ClockName.RETURNING]
    return min(running, default=None)
