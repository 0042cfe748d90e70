"""The verbs of a case, one function each: every button, API call and job that moves a case comes here."""

from collections.abc import Iterable
from datetime import date, datetime

from actions import looking
from actions.places import Point, area_codes, chain, chain_at
from actions.ports import Deps, Unit
from actions.posts import on_post_of
from actions.telling import priority_of, tell
from actions.views import CaseView
from models.rules import commands as c
from models.rules.clocks import ClockName
from models.rules.errors import NotYourCase, Refusal, UnknownCase, WrongState
from models.rules.facts import Ask, CaseFacts, Picture
from models.rules.parties import guard
from models.rules.roles import Actor, system
from models.rules.states import State
from models.rules.workflow import Decision, decide
from models.store.rows import EvidenceRow, MediaRow

RACES = 5
"""How often a change is judged anew when others change the case at the same moment."""

view = looking.view


async def act(deps: Deps, actor: Actor, case_no: str, command: c.Command) -> CaseView:
    """Does one command in one transaction and shows the case afterwards; raises the refusal."""
    async with deps.store.begin() as unit:
        await change(deps, unit, actor, case_no, command)
        return await looking.look(deps, unit, actor, case_no, after=True)


async def change(deps: Deps, unit: Unit, actor: Actor, case_no: str, command: c.Command) -> Decision:
    """Judges and writes one command within a transaction, with its jobs and messages."""
    now = deps.clock()
    seen: int | None = None
    state = ""
    for _ in range(RACES):
        facts = await unit.cases.facts(case_no)
        if facts is None or not await looking.visible(unit, actor, facts):
            raise UnknownCase(case_no=case_no)
        if facts.version == seen:
            # The version stood still, so it was the authorisation that failed: the post was taken away.
            raise NotYourCase(case_no=case_no)
        verdict = decide(facts, command, actor, now, deps.setting)
        if isinstance(verdict, Refusal):
            raise await _explained(unit, verdict, facts)
        if not verdict.events or verdict.row is None:
            return verdict
        if await unit.cases.change(facts, verdict, guard(actor, verdict.row)):
            await _follow(deps, unit, verdict)
            return verdict
        # Nothing was updated: another process got there first. Judge anew on what is true now.
        seen, state = facts.version, facts.state
    raise WrongState(state=state, verb=command.verb, case_no=case_no)


async def _follow(deps: Deps, unit: Unit, decision: Decision) -> None:
    """Writes what follows from a change: messages, and jobs for what the service owes next."""
    facts = decision.facts
    await tell(deps, unit, decision.events, facts)
    if facts.state in (State.REGISTERED, State.REOPENED):
        await queue_job(deps, unit, "route", facts)
    elif facts.state is State.HANDLED:
        await queue_job(deps, unit, "assign_check", facts)


async def queue_job(deps: Deps, unit: Unit, verb: str, facts: CaseFacts) -> None:
    """Writes a job for one case; the relay hands it on after the commit."""
    if deps.silent:
        return
    await unit.jobs.add(verb, {"case_no": facts.case_no}, priority=priority_of(facts))
    unit.after_commit(deps.hint)


async def _explained(unit: Unit, refusal: Refusal, facts: CaseFacts) -> Refusal:
    """Adds to a refusal who moved the case last and when, so that the loser of a race understands."""
    if isinstance(refusal, WrongState):
        history = await unit.cases.events(facts.case_no)
        last = next((e for e in reversed(history) if e.from_state != e.to_state), None)
        if last is not None:
            names = await unit.people.names({last.actor_id} if last.actor_id else set())
            by = names.get(last.actor_id, "") if last.actor_id else ""
            refusal.facts.update(by=by, at=last.at.isoformat())
    refusal.facts.setdefault("case_no", facts.case_no)
    return refusal


async def hindrance(deps: Deps, actor: Actor, case_no: str, verb: c.Verb) -> Refusal | None:
    """Tells why the actor cannot do a verb now, so that nobody is asked for words in vain; None when they could."""
    async with deps.store.read() as unit:
        facts = await unit.cases.facts(case_no)
        if facts is None or not await looking.visible(unit, actor, facts):
            return UnknownCase(case_no=case_no)
        refusal = looking.hindrance(actor, facts, verb, deps.setting.policy, deps.clock())
        return await _explained(unit, refusal, facts) if refusal is not None else None


async def dispatch(
    deps: Deps, actor: Actor, case_no: str, *, unit_code: str | None, holder_id: int | None = None
) -> CaseView:
    """派遣 by hand; a unit without a named person goes to whoever is on post there."""
    async with deps.store.begin() as unit:
        if holder_id is None and unit_code is not None:
            holder_id = await _on_post(deps, unit, unit_code, case_no)
        command = c.Dispatch(unit_code=unit_code, holder_id=holder_id, rule="by_hand")
        return await act(deps, actor, case_no, command)


async def designate(
    deps: Deps,
    actor: Actor,
    case_no: str,
    *,
    unit_code: str | None,
    holder_id: int | None = None,
    words: str = "",
) -> CaseView:
    """The district names an owner who cannot return the case."""
    async with deps.store.begin() as unit:
        if holder_id is None and unit_code is not None:
            holder_id = await _on_post(deps, unit, unit_code, case_no)
        command = c.Designate(unit_code=unit_code, holder_id=holder_id, words=words)
        return await act(deps, actor, case_no, command)


async def _on_post(deps: Deps, unit: Unit, unit_code: str, case_no: str) -> int | None:
    """Finds who of a unit is on post for the place of a case; None when nobody is."""
    facts = await unit.cases.facts(case_no)
    people = await on_post_of(deps, unit, unit_code, facts.areas if facts else None)
    return people[0] if people else None


async def sign(deps: Deps, actor: Actor, case_no: str) -> CaseView:
    """签收; the one who signs holds the case."""
    return await act(deps, actor, case_no, c.Sign())


async def hand_back(deps: Deps, actor: Actor, case_no: str, *, reason: str, words: str) -> CaseView:
    """退单, inside the return window, with a reason of the catalogue and words."""
    return await act(deps, actor, case_no, c.HandBack(reason=reason, words=words))


async def hand_over(deps: Deps, actor: Actor, case_no: str, *, holder_id: int, words: str = "") -> CaseView:
    """Gives the case to a colleague; raises `NotYourCase` when the colleague does not serve the unit."""
    async with deps.store.begin() as unit:
        facts = await unit.cases.facts(case_no)
        if facts is not None and facts.unit_code is not None:
            colleague = await unit.people.actor(holder_id, actor.channel)
            if not colleague.serves(facts.unit_code):
                raise NotYourCase(case_no=case_no)
        return await act(deps, actor, case_no, c.HandOver(holder_id=holder_id, words=words))


async def arrive(deps: Deps, actor: Actor, case_no: str) -> CaseView:
    """到场."""
    return await act(deps, actor, case_no, c.Arrive())


async def hand_in(deps: Deps, actor: Actor, case_no: str, *, words: str, media: Iterable[int]) -> CaseView:
    """处置反馈 with after-photos; they become evidence of the case."""
    wanted = tuple(media)
    async with deps.store.begin() as unit:
        given = await unit.media.many(wanted)
        after = pictures(given.values())
        evidence = await unit.media.of_case(case_no)
        before = pictures([row for row in evidence if row.role == "before"])
        command = c.HandIn(
            words=words,
            after=after,
            before=before,
            n_loading=sum(m.status == "loading" for m in given.values()),
        )
        decision = await change(deps, unit, actor, case_no, command)
        for picture in after:
            await unit.media.attach(case_no, picture.media_id, "after", decision.facts.version)
        return await looking.look(deps, unit, actor, case_no, after=True)


def pictures(rows: Iterable[MediaRow | EvidenceRow]) -> tuple[Picture, ...]:
    """Turns kept pictures into what the rules compare; those without bytes are left out."""
    return tuple(Picture(m.media_id, m.sha256, m.phash) for m in rows if m.sha256 and m.status == "ready")


async def pass_check(deps: Deps, actor: Actor, case_no: str, *, words: str = "") -> CaseView:
    """核查通过, 销号."""
    return await act(deps, actor, case_no, c.PassCheck(words=words))


async def fail_check(deps: Deps, actor: Actor, case_no: str, *, words: str, media: Iterable[int] = ()) -> CaseView:
    """核查不通过, back to handling; pictures of what is still wrong become evidence."""
    async with deps.store.begin() as unit:
        decision = await change(deps, unit, actor, case_no, c.FailCheck(words=words))
        for media_id in media:
            await unit.media.attach(case_no, media_id, "check", decision.facts.version)
        return await looking.look(deps, unit, actor, case_no, after=True)


async def assign_check(deps: Deps, actor: Actor, case_no: str, *, verifier_id: int | None) -> CaseView:
    """Names who checks on the spot, or leaves it to any verifier of the area."""
    command = c.AssignCheck(verifier_id=verifier_id, rule="by_hand")
    return await act(deps, actor, case_no, command)


async def ask(
    deps: Deps,
    actor: Actor,
    case_no: str,
    *,
    ask: Ask,
    words: str,
    reason: str | None = None,
    until: datetime | None = None,
    review_on: date | None = None,
    measure: str | None = None,
) -> CaseView:
    """Asks a second person for an extension, a suspension or the voiding of the case."""
    command = c.AskFor(ask=ask, words=words, reason=reason, until=until, review_on=review_on, measure=measure)
    return await act(deps, actor, case_no, command)


async def decline(deps: Deps, actor: Actor, case_no: str, *, words: str = "") -> CaseView:
    """Turns down what was asked."""
    return await act(deps, actor, case_no, c.Decline(words=words))


async def extend(deps: Deps, actor: Actor, case_no: str) -> CaseView:
    """延期: grants the deadline that was asked for."""
    return await act(deps, actor, case_no, c.Extend())


async def suspend(deps: Deps, actor: Actor, case_no: str) -> CaseView:
    """挂账: grants the suspension that was asked for."""
    return await act(deps, actor, case_no, c.Suspend())


async def resume(deps: Deps, actor: Actor, case_no: str, *, words: str = "") -> CaseView:
    """Ends a suspension."""
    return await act(deps, actor, case_no, c.Resume(words=words))


async def void(deps: Deps, actor: Actor, case_no: str) -> CaseView:
    """作废: grants the voiding that was asked for."""
    return await act(deps, actor, case_no, c.Void())


async def merge(deps: Deps, actor: Actor, case_no: str, *, into: str, words: str = "") -> CaseView:
    """并案: closes this case into an open one; its reports, and so its reporters, move along."""
    async with deps.store.begin() as unit:
        other = await unit.cases.facts(into)
        if other is None or not await looking.visible(unit, actor, other):
            raise UnknownCase(case_no=into)
        if not other.open:
            raise WrongState(state=other.state, verb=c.Verb.MERGE, case_no=into)
        decision = await change(deps, unit, actor, case_no, c.Merge(into=into, words=words))
        for report in await unit.reports.of_case(case_no):
            await unit.reports.attach(report.report_id, into)
            joined = c.Join(report_no=report.report_no, reporter_id=report.person_id)
            await change(deps, unit, actor, into, joined)
        assert decision.facts.merged_into == into
        return await looking.look(deps, unit, actor, into, after=True)


async def reopen(deps: Deps, actor: Actor, case_no: str, *, reason: str, words: str) -> CaseView:
    """Opens a cleared case again, because the hazard is back."""
    return await act(deps, actor, case_no, c.Reopen(reason=reason, words=words))


async def relocate(
    deps: Deps, actor: Actor, case_no: str, *, area_code: str | None = None, pin: Point | None = None, words: str = ""
) -> CaseView:
    """Places a case (anew) in a street, community or grid, or where a pin is set (WGS-84); it is then routed anew.

    With both, the area is the decision and the pin only shows where. Without a pin the old one stays: it is what
    was reported. Raises `NoSuchItem` for an unknown area, `OutsideCity` for a pin that no street covers.
    """
    placed = chain_at(deps, pin) if pin is not None and area_code is None else chain(deps, area_code or "")
    command = c.Relocate(
        areas=area_codes(placed),
        edition=deps.index.edition if deps.index is not None else "",
        words=words,
        latitude=pin.latitude if pin is not None else None,
        longitude=pin.longitude if pin is not None else None,
    )
    async with deps.store.begin() as unit:
        await change(deps, unit, actor, case_no, command)
        if pin is not None:
            await unit.cases.set_point(case_no, pin.latitude, pin.longitude)
        return await looking.look(deps, unit, actor, case_no, after=True)


async def urge(deps: Deps, actor: Actor, case_no: str, *, words: str = "") -> CaseView:
    """催办."""
    return await act(deps, actor, case_no, c.Urge(words=words))


async def note(deps: Deps, actor: Actor, case_no: str, *, words: str, media: Iterable[int] = ()) -> CaseView:
    """Adds words or pictures to the history."""
    async with deps.store.begin() as unit:
        command = c.Note(words=words, media=tuple(media))
        decision = await change(deps, unit, actor, case_no, command)
        for media_id in command.media:
            await unit.media.attach(case_no, media_id, "note", decision.facts.version)
        return await looking.look(deps, unit, actor, case_no, after=True)


async def step(deps: Deps, unit: Unit, case_no: str, clock: ClockName, percent: int) -> Decision:
    """Takes a due ladder step for the service; nothing happens when another sweep took it."""
    command = c.TakeStep(clock=clock, percent=percent)
    return await change(deps, unit, system("clock"), case_no, command)
