"""POST /api/v1/cases/{case_no}/{verb}: every verb that a person may do, through the same actions as a button.

Acts as the person of the session, or as the one whom a key is bound to.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import AwareDatetime, Field

from actions import browse, cases, places
from actions.access import WRITE
from actions.views import CaseView
from models.rules.commands import Verb
from models.rules.facts import Ask
from web.api.cases import CaseOut, shown
from web.api.operation import Call, Nothing, Number, Operation, Shape

MOST_WORDS = 2000
Words = Field(default="", max_length=MOST_WORDS)


class Plain(Shape):
    """Nothing but the verb."""


class Said(Shape):
    """Words, if there is something to say."""

    words: str = Words


class Target(Shape):
    """To whom: a unit, and a person of it if wished."""

    unit: str | None = Field(default=None, max_length=64)
    person: Number | None = None


class TargetSaid(Target):
    """To whom, and why."""

    words: str = Words


class Reasoned(Shape):
    """A reason of the catalogue, and words."""

    reason: str = Field(max_length=64)
    words: str = Words


class Colleague(Shape):
    """To whom of the same unit."""

    person: Number
    words: str = Words


class Proof(Shape):
    """What was done, with numbers of pictures of it."""

    words: str = Words
    media: list[Number] = Field(default_factory=list, max_length=9)


class Checker(Shape):
    """Who checks; nobody named leaves it to any verifier of the area."""

    person: Number | None = None


class Asked(Shape):
    """What a second person is asked for; each needs its own part of the rest."""

    ask: Ask
    words: str = Words
    reason: str | None = Field(default=None, max_length=64)
    until: AwareDatetime | None = None
    review_on: date | None = None
    measure: str | None = Field(default=None, max_length=MOST_WORDS)


class Into(Shape):
    """Into which case."""

    into: str = Field(max_length=40)
    words: str = Words


class Elsewhere(Shape):
    """Where it is: an area, a point (WGS-84), or both."""

    area: str | None = Field(default=None, max_length=20)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    words: str = Words


Act = Callable[[Call[Nothing, Any], str], Awaitable[CaseView]]


@dataclass(frozen=True, slots=True)
class Deed:
    """What a verb takes, and what it calls."""

    body: type[Shape]
    act: Act


DEEDS: dict[Verb, Deed] = {
    Verb.DISPATCH: Deed(
        Target,
        lambda c, no: cases.dispatch(c.deps, c.actor, no, unit_code=c.body.unit, holder_id=c.body.person),
    ),
    Verb.DESIGNATE: Deed(
        TargetSaid,
        lambda c, no: cases.designate(
            c.deps, c.actor, no, unit_code=c.body.unit, holder_id=c.body.person, words=c.body.words
        ),
    ),
    Verb.SIGN: Deed(Plain, lambda c, no: cases.sign(c.deps, c.actor, no)),
    Verb.HAND_BACK: Deed(
        Reasoned,
        lambda c, no: cases.hand_back(c.deps, c.actor, no, reason=c.body.reason, words=c.body.words),
    ),
    Verb.HAND_OVER: Deed(
        Colleague,
        lambda c, no: cases.hand_over(c.deps, c.actor, no, holder_id=c.body.person, words=c.body.words),
    ),
    Verb.ARRIVE: Deed(Plain, lambda c, no: cases.arrive(c.deps, c.actor, no)),
    Verb.HAND_IN: Deed(Proof, lambda c, no: cases.hand_in(c.deps, c.actor, no, words=c.body.words, media=c.body.media)),
    Verb.ASSIGN_CHECK: Deed(Checker, lambda c, no: cases.assign_check(c.deps, c.actor, no, verifier_id=c.body.person)),
    Verb.PASS_CHECK: Deed(Said, lambda c, no: cases.pass_check(c.deps, c.actor, no, words=c.body.words)),
    Verb.FAIL_CHECK: Deed(
        Proof, lambda c, no: cases.fail_check(c.deps, c.actor, no, words=c.body.words, media=c.body.media)
    ),
    Verb.ASK: Deed(
        Asked,
        lambda c, no: cases.ask(
            c.deps,
            c.actor,
            no,
            ask=c.body.ask,
            words=c.body.words,
            reason=c.body.reason,
            until=c.body.until,
            review_on=c.body.review_on,
            measure=c.body.measure,
        ),
    ),
    Verb.DECLINE: Deed(Said, lambda c, no: cases.decline(c.deps, c.actor, no, words=c.body.words)),
    Verb.EXTEND: Deed(Plain, lambda c, no: cases.extend(c.deps, c.actor, no)),
    Verb.SUSPEND: Deed(Plain, lambda c, no: cases.suspend(c.deps, c.actor, no)),
    Verb.RESUME: Deed(Said, lambda c, no: cases.resume(c.deps, c.actor, no, words=c.body.words)),
    Verb.VOID: Deed(Plain, lambda c, no: cases.void(c.deps, c.actor, no)),
    Verb.MERGE: Deed(Into, lambda c, no: _merge(c, no)),
    Verb.REOPEN: Deed(
        Reasoned, lambda c, no: cases.reopen(c.deps, c.actor, no, reason=c.body.reason, words=c.body.words)
    ),
    Verb.RELOCATE: Deed(Elsewhere, lambda c, no: _relocate(c, no)),
    Verb.URGE: Deed(Said, lambda c, no: cases.urge(c.deps, c.actor, no, words=c.body.words)),
    Verb.NOTE: Deed(Proof, lambda c, no: cases.note(c.deps, c.actor, no, words=c.body.words, media=c.body.media)),
}
"""Every verb that a person may do. `step` is the clock's own, `join` comes with a report."""


def operations() -> list[Operation]:
    """Lists the declarations, one a verb."""
    return [
        Operation(
            name=f"{verb}_case",
            tag="verbs",
            method="POST",
            path=f"/api/v1/cases/{{case_no}}/{verb}",
            handler=_doing(deed),
            body=deed.body,
            answer=CaseOut,
            scope=WRITE,
            refuses={404: "no_such_case", 409: "refused", 422: "refused"},
        )
        for verb, deed in DEEDS.items()
    ]


def _doing(deed: Deed) -> Callable[[Call[Nothing, Any]], Awaitable[CaseOut]]:
    """Makes the handler of a verb; its answer is the case as it is then."""

    async def on_verb(call: Call[Nothing, Any]) -> CaseOut:
        case_no = call.path("case_no")
        await browse.reachable(call.deps, call.actor, call.bound, case_no)
        for media_id in getattr(call.body, "media", ()):
            await browse.photo_of(call.deps, call.actor, call.bound, media_id)
        seen = await deed.act(call, case_no)
        return shown(call, seen, await browse.evidence(call.deps, seen.case_no))

    return on_verb


async def _merge(call: Call[Nothing, Any], case_no: str) -> CaseView:
    await browse.reachable(call.deps, call.actor, call.bound, call.body.into)
    return await cases.merge(call.deps, call.actor, case_no, into=call.body.into, words=call.body.words)


async def _relocate(call: Call[Nothing, Any], case_no: str) -> CaseView:
    at = call.body
    pin = places.point(at.latitude, at.longitude) if at.latitude is not None and at.longitude is not None else None
    return await cases.relocate(call.deps, call.actor, case_no, area_code=at.area, pin=pin, words=at.words)
