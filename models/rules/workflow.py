"""Judges a command against the facts of a case: a decision with its events, or a refusal. Pure.

Whatever channel asks, this is the only judge; the action that calls it writes what it decided.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from models.rules import clocks, events
from models.rules import commands as c
from models.rules.calendars import WorkCalendar
from models.rules.checks import CHECKS, Question
from models.rules.clocks import Clock, ClockName, Limits
from models.rules.errors import NotYourCase, Refusal, WrongState
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.parties import plays
from models.rules.roles import Actor
from models.rules.states import Grade, State, Urgency
from models.rules.transitions import Policy, Transition, rows


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens: the events in order, and the facts after them. No events: it had happened already.

    `row` is the row of the table that let the actor through; the guarded update asks its question once more
    inside the database.
    """

    events: tuple[events.Event, ...]
    facts: CaseFacts
    row: Transition | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a judgement needs besides the case: the calendar and the city's policy."""

    calendar: WorkCalendar
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A report that becomes a case (案卷建立)."""

    case_no: str
    report_no: str
    kind: str
    urgency: Urgency
    grade: Grade
    areas: AreaCodes
    edition: str
    limits: Limits
    words: str | None = None
    after: tuple[int, ...] = ()


def register(new: Registration, actor: Actor, now: datetime, setting: Setting) -> Decision:
    """Opens a case. After-photos in the first report (立行立改) hand it in at once, by its reporter."""
    on_spot = bool(new.after)
    started = () if on_spot else _started(new.limits, (ClockName.DISPATCHING,), now, setting)
    first = events.CaseRegistered(
        case_no=new.case_no,
        seq=1,
        at=now,
        actor_id=actor.person_id,
        channel=actor.channel,
        from_state=None,
        to_state=State.REGISTERED,
        words=new.words,
        clocks=started,
        report_no=new.report_no,
        kind=new.kind,
        urgency=new.urgency,
        grade=new.grade,
        areas=new.areas,
        edition=new.edition,
        limits=new.limits,
        on_spot=on_spot,
    )
    facts = events.begin(first)
    if not on_spot:
        return Decision((first,), facts)
    fixed = events.CaseHandedIn(
        case_no=new.case_no,
        seq=2,
        at=now,
        actor_id=actor.person_id,
        channel=actor.channel,
        from_state=State.REGISTERED,
        to_state=State.HANDLED,
        words=new.words,
        media=new.after,
        clocks=_started(new.limits, (ClockName.CHECKING,), now, setting),
    )
    return Decision((first, fixed), events.apply(facts, fixed))


def decide(facts: CaseFacts, command: c.Command, actor: Actor, now: datetime, setting: Setting) -> Decision | Refusal:
    """Judges one command. Party first, then state, then the needs, in the order of the table."""
    candidates = rows(command.verb, facts.state)
    if not candidates:
        return WrongState(state=facts.state, verb=command.verb)
    mine = [row for row in candidates if any(plays(actor, p, facts) for p in row.who)]
    if not mine:
        return NotYourCase(case_no=facts.case_no)
    row = mine[0]
    question = Question(facts, command, actor, now, setting.policy)
    for need in row.needs:
        refusal = CHECKS[need](question)
        if refusal is not None:
            return refusal
    if isinstance(command, c.TakeStep) and not _step_due(facts, command, now):
        return Decision((), facts, row)
    event = _event(row, question, setting)
    return Decision((event,), events.apply(facts, event), row)


def _step_due(facts: CaseFacts, command: c.TakeStep, now: datetime) -> bool:
    """Tells whether the step still waits; another sweep may have taken it."""
    clock = facts.clock(command.clock)
    if clock is None or not clock.running or clock.next_percent != command.percent:
        return False
    return clock.next_at is not None and clock.next_at <= now


def _event(row: Transition, q: Question, setting: Setting) -> events.Event:
    """Builds the event of a row: common fields, clocks, and what the command adds."""
    cls, extra = MAKERS[type(q.command)](q, setting)
    target = row.target
    if target is None:
        resumed = isinstance(q.command, c.Resume) and q.facts.suspended_from is not None
        target = q.facts.suspended_from if resumed else q.facts.state
    reason = getattr(q.command, "reason", None)
    words = getattr(q.command, "words", None) or None
    common: dict[str, Any] = {
        "case_no": q.facts.case_no,
        "seq": q.facts.version + 1,
        "at": q.now,
        "actor_id": q.actor.person_id,
        "channel": q.actor.channel,
        "from_state": q.facts.state,
        "to_state": target,
        "reason": reason,
        "words": words,
        "clocks": _changed_clocks(row, q, setting),
    }
    return cls(**(common | extra))


def _changed_clocks(row: Transition, q: Question, setting: Setting) -> tuple[Clock, ...]:
    """Lists every clock that the row or the command starts, stops, moves, pauses or steps."""
    facts, now, calendar = q.facts, q.now, setting.calendar
    running = {n: k for n, k in facts.clocks.items() if k.stopped_at is None}
    stopped = tuple(clocks.stop(running[n], now) for n in row.stops if n in running)
    match q.command:
        case c.Suspend():
            kept = {n: k for n, k in running.items() if n not in row.stops and k.paused_at is None}
            paused = tuple(clocks.pause(k, now, calendar) for k in kept.values())
            return (*stopped, *paused, _review_clock(q, setting))
        case c.Resume():
            resumed = tuple(
                clocks.resume(k, limit, now, calendar)
                for k in running.values()
                if k.paused_at is not None and (limit := facts.limits.of(k.name))
            )
            return (*stopped, *resumed)
        case c.Extend():
            done, limit = facts.clock(ClockName.DONE), facts.limits.of(ClockName.DONE)
            until = facts.pending.until if facts.pending else None
            assert done is not None
            assert limit is not None
            assert until is not None
            return (clocks.extend(done, limit, until, now, calendar),)
        case c.TakeStep(clock=name, percent=percent):
            limit = facts.limits.of(name)
            assert limit is not None
            return (clocks.fire(facts.clocks[name], percent, limit, calendar),)
    fresh, resting = list(row.starts), facts.clock(ClockName.DONE)
    if resting is not None and ClockName.DONE in fresh:
        # The clock follows the hazard and not the holder: neither a new holder nor a false "done" buys time.
        if resting.stopped_at is None:
            fresh.remove(ClockName.DONE)
        elif isinstance(q.command, c.FailCheck) and (limit := facts.limits.of(ClockName.DONE)):
            fresh.remove(ClockName.DONE)
            stopped = (*stopped, clocks.restart(resting, limit, calendar))
    return (*stopped, *_started(facts.limits, tuple(fresh), now, setting))


def _started(limits: Limits, names: tuple[ClockName, ...], now: datetime, setting: Setting) -> tuple[Clock, ...]:
    """Starts the named clocks, as far as the case has a limit for them."""
    found = (limit for name in names if (limit := limits.of(name)))
    return tuple(clocks.start(limit, now, setting.calendar) for limit in found)


def _review_clock(q: Question, setting: Setting) -> Clock:
    """Starts the clock that ends on the morning of the review date."""
    pending, limit = q.facts.pending, q.facts.limits.of(ClockName.REVIEW)
    assert pending is not None
    assert pending.review_on is not None
    morning = datetime.combine(pending.review_on, time(setting.policy.review_hour), setting.calendar.zone).astimezone(
        q.now.tzinfo
    )
    span = clocks.apart(q.now, morning, False, setting.calendar)
    clock = Clock(name=ClockName.REVIEW, started_at=q.now, due_at=morning, limit_minutes=span, working=False)
    return clocks.aim(clock, limit, setting.calendar) if limit else clock


Made = tuple[type[events.Event], dict[str, Any]]


def _assigned(cls: type[events.Event]) -> Callable[[Question, Setting], Made]:
    def make(q: Question, _: Setting) -> Made:
        assert isinstance(q.command, c.Dispatch | c.Designate)
        extra: dict[str, Any] = {"unit_code": q.command.unit_code, "holder_id": q.command.holder_id}
        if isinstance(q.command, c.Dispatch):
            extra["rule"] = q.command.rule
        return cls, extra

    return make


def _plain(cls: type[events.Event], *fields: str) -> Callable[[Question, Setting], Made]:
    """Builds a maker that carries the named fields of the command over to the event."""

    def make(q: Question, _: Setting) -> Made:
        return cls, {name: getattr(q.command, name) for name in fields}

    return make


def _granted(cls: type[events.Event], *fields: str) -> Callable[[Question, Setting], Made]:
    """Builds a maker that carries fields of what was asked over to the event."""

    def make(q: Question, _: Setting) -> Made:
        pending = q.facts.pending
        assert pending is not None
        extra = {name: getattr(pending, name) for name in fields}
        return cls, extra | {"reason": pending.reason, "words": pending.words}

    return make


def _handed_in(q: Question, _: Setting) -> Made:
    assert isinstance(q.command, c.HandIn)
    return events.CaseHandedIn, {"media": tuple(p.media_id for p in q.command.after)}


def _failed(q: Question, setting: Setting) -> Made:
    rework = q.facts.n_rework + 1
    return events.CheckFailed, {"supervised": rework >= setting.policy.n_reworks_to_supervise}


def _declined(q: Question, _: Setting) -> Made:
    assert q.facts.pending is not None
    return events.Declined, {"ask": q.facts.pending.ask}


def _stepped(q: Question, _: Setting) -> Made:
    assert isinstance(q.command, c.TakeStep)
    limit = q.facts.limits.of(q.command.clock)
    assert limit is not None
    step = next(s.step for s in limit.ladder if s.percent == q.command.percent)
    return events.ClockStepped, {
        "clock": q.command.clock,
        "percent": q.command.percent,
        "step": step,
    }


MAKERS: dict[type[c.Command], Callable[[Question, Setting], Made]] = {
    c.Dispatch: _assigned(events.CaseDispatched),
    c.Designate: _assigned(events.CaseDesignated),
    c.Sign: _plain(events.CaseSigned),
    c.HandBack: _plain(events.CaseReturned),
    c.HandOver: _plain(events.CaseHandedOver, "holder_id"),
    c.Arrive: _plain(events.HolderArrived),
    c.HandIn: _handed_in,
    c.AssignCheck: _plain(events.CheckAssigned, "verifier_id", "rule"),
    c.PassCheck: _plain(events.CheckPassed),
    c.FailCheck: _failed,
    c.AskFor: _plain(events.Asked, "ask", "until", "review_on", "measure"),
    c.Decline: _declined,
    c.Extend: _granted(events.CaseExtended, "until"),
    c.Suspend: _granted(events.CaseSuspended, "review_on", "measure"),
    c.Resume: _plain(events.CaseResumed),
    c.Void: _granted(events.CaseVoided),
    c.Merge: _plain(events.CaseMerged, "into"),
    c.Join: _plain(events.ReportJoined, "report_no", "reporter_id"),
    c.Reopen: _plain(events.CaseReopened),
    c.Relocate: _plain(events.CaseRelocated, "areas", "edition", "latitude", "longitude"),
    c.Urge: _plain(events.CaseUrged),
    c.TakeStep: _stepped,
    c.Note: _plain(events.CaseNoted, "media"),
}
