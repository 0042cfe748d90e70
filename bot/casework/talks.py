"""The small talks that verbs need, as data: which answers each asks for, in order, and what is done with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from actions import cases, places
from actions.ports import Deps
from actions.views import CaseView
from models.rules import commands as c
from models.rules.commands import Verb
from models.rules.facts import AreaCodes, Ask
from models.rules.kinds import Purpose
from models.rules.roles import Actor

Answers = Mapping[str, Any]
"""What was answered so far, by the step's name, as JSON keeps it: codes, words, numbers, ISO dates."""
Finish = Callable[[Deps, Actor, str, Answers], Awaitable[CaseView]]


class StepType(StrEnum):
    """How an answer is given."""

    REASON = "reason"
    WORDS = "words"
    PHOTOS = "photos"
    MOMENT = "moment"
    DAY = "day"
    UNIT = "unit"
    COLLEAGUE = "colleague"
    PLACE = "place"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Step:
    """One question. `chips` are reasons of the catalogue whose names may stand as the words."""

    name: str
    type: StepType
    optional: bool = False
    purpose: Purpose | None = None
    chips: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A verb's questions and what is done with the answers. `confirmed` shows them once more before.

    `trial` is the command with answers made up; only the judge sees it, to say why the verb is not open.
    """

    name: str
    trial: c.Command
    steps: tuple[Step, ...]
    finish: Finish = field(repr=False)
    confirmed: bool = False

    @property
    def verb(self) -> Verb:
        """Gives the verb that the talk ends in."""
        return self.trial.verb

    def step(self, name: str) -> Step | None:
        """Finds a question."""
        return next((s for s in self.steps if s.name == name), None)

    def open_step(self, answers: Answers) -> Step | None:
        """Gives the first question that has no answer; one that was skipped is answered with None."""
        return next((s for s in self.steps if s.name not in answers), None)


def _words(answers: Answers) -> str:
    return str(answers.get("words") or "")


async def _hand_back(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.hand_back(deps, actor, no, reason=a.get("reason") or "", words=_words(a))


async def _hand_in(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.hand_in(deps, actor, no, words=_words(a), media=a.get("photos") or ())


async def _pass(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.pass_check(deps, actor, no, words=_words(a))


async def _fail(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.fail_check(deps, actor, no, words=_words(a), media=a.get("photos") or ())


async def _extension(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    until = datetime.fromisoformat(a["until"]) if a.get("until") else None
    return await cases.ask(deps, actor, no, ask=Ask.EXTENSION, words=_words(a), until=until)


async def _suspension(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.ask(
        deps,
        actor,
        no,
        ask=Ask.SUSPENSION,
        words=_words(a),
        reason=a.get("reason"),
        review_on=date.fromisoformat(a["review_on"]) if a.get("review_on") else None,
        measure=a.get("measure"),
    )


async def _void(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.ask(deps, actor, no, ask=Ask.VOID, words=_words(a), reason=a.get("reason"))


async def _decline(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.decline(deps, actor, no, words=_words(a))


async def _resume(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.resume(deps, actor, no, words=_words(a))


async def _hand_over(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.hand_over(deps, actor, no, holder_id=int(a["colleague"]))


async def _dispatch(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.dispatch(deps, actor, no, unit_code=a.get("unit"))


async def _designate(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.designate(deps, actor, no, unit_code=a.get("unit"))


async def _relocate(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    pin = places.point(*a["pin"]) if a.get("pin") else None
    return await cases.relocate(deps, actor, no, area_code=str(a["place"]), pin=pin)


async def _merge(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.merge(deps, actor, no, into=str(a["into"]))


async def _reopen(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.reopen(deps, actor, no, reason=a.get("reason") or "", words=_words(a))


async def _note(deps: Deps, actor: Actor, no: str, a: Answers) -> CaseView:
    return await cases.note(deps, actor, no, words=_words(a), media=a.get("photos") or ())


_T = StepType
_ANY: Final = "…"
_WORDS: Final = Step("words", _T.WORDS)
_MAYBE_WORDS: Final = Step("words", _T.WORDS, optional=True)
_ALL: Final = (
    Talk(
        "hand_back",
        c.HandBack(reason="other", words=_ANY),
        (Step("reason", _T.REASON, purpose=Purpose.RETURN), _WORDS),
        _hand_back,
    ),
    Talk("hand_in", c.HandIn(words=_ANY), (Step("photos", _T.PHOTOS), _WORDS), _hand_in, confirmed=True),
    Talk("pass_check", c.PassCheck(), (_MAYBE_WORDS,), _pass),
    Talk(
        "fail_check",
        c.FailCheck(words=_ANY),
        (Step("words", _T.WORDS, chips=Purpose.FAIL), Step("photos", _T.PHOTOS, optional=True)),
        _fail,
    ),
    Talk("ask_extension", c.AskFor(ask=Ask.EXTENSION, words=_ANY), (Step("until", _T.MOMENT), _WORDS), _extension),
    Talk(
        "ask_suspension",
        c.AskFor(ask=Ask.SUSPENSION, words=_ANY),
        (
            Step("reason", _T.REASON, purpose=Purpose.SUSPEND),
            Step("measure", _T.WORDS),
            Step("review_on", _T.DAY),
            _WORDS,
        ),
        _suspension,
        confirmed=True,
    ),
    Talk(
        "ask_void",
        c.AskFor(ask=Ask.VOID, words=_ANY, reason="other"),
        (Step("reason", _T.REASON, purpose=Purpose.VOID), _WORDS),
        _void,
    ),
    Talk("decline", c.Decline(), (_MAYBE_WORDS,), _decline),
    Talk("resume", c.Resume(), (_MAYBE_WORDS,), _resume),
    Talk("hand_over", c.HandOver(holder_id=0), (Step("colleague", _T.COLLEAGUE),), _hand_over),
    Talk("dispatch", c.Dispatch(unit_code=_ANY, holder_id=None, rule=""), (Step("unit", _T.UNIT),), _dispatch),
    Talk("designate", c.Designate(unit_code=_ANY, holder_id=None), (Step("unit", _T.UNIT),), _designate),
    Talk("relocate", c.Relocate(areas=AreaCodes("", street=_ANY), edition=""), (Step("place", _T.PLACE),), _relocate),
    Talk("merge", c.Merge(into=""), (Step("into", _T.CASE),), _merge, confirmed=True),
    Talk(
        "reopen",
        c.Reopen(reason="other", words=_ANY),
        (Step("reason", _T.REASON, purpose=Purpose.REOPEN), _WORDS),
        _reopen,
    ),
    Talk("note", c.Note(words=_ANY), (_WORDS,), _note),
)
TALKS: Final[Mapping[str, Talk]] = {talk.name: talk for talk in _ALL}

GRANTS: Final[Mapping[str, tuple[Verb, Ask]]] = {
    "grant_extension": (Verb.EXTEND, Ask.EXTENSION),
    "grant_suspension": (Verb.SUSPEND, Ask.SUSPENSION),
    "grant_void": (Verb.VOID, Ask.VOID),
}
"""Buttons with which a second person agrees, and what they agree to."""


async def at_once(deps: Deps, actor: Actor, case_no: str, do: str) -> CaseView | None:
    """Does a verb that needs no answer; None when `do` names none of them."""
    match do:
        case "sign":
            return await cases.sign(deps, actor, case_no)
        case "arrive":
            return await cases.arrive(deps, actor, case_no)
        case "urge":
            return await cases.urge(deps, actor, case_no)
        case "grant_extension":
            return await cases.extend(deps, actor, case_no)
        case "grant_suspension":
            return await cases.suspend(deps, actor, case_no)
        case "grant_void":
            return await cases.void(deps, actor, case_no)
    return None


AT_ONCE: Final = frozenset({"sign", "arrive", "urge", *GRANTS})
JUDGED: Final = frozenset({"pass_check", "fail_check", "decline", *GRANTS})
"""Buttons that judge what the card shows: on a card that has changed since they only show it anew."""
