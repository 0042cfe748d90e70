"""The law of the loop as one table: from which state, which verb, by whom, on what proof, to where.

`workflow` reads it; nothing else decides. One verb may have several rows with different sources. Rules 1–9 of
the closed loop stand here as rows and needs; the numbers they use are a `Policy`, which is data.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.rules.clocks import ClockName
from models.rules.commands import Verb
from models.rules.facts import CaseFacts
from models.rules.roles import Party
from models.rules.states import HELD, OPEN, QUEUED, State


class Need(StrEnum):
    """What a verb needs beyond the right party and state; each is one check in `checks`."""

    REASON = "reason"
    WORDS = "words"
    TARGET = "target"
    AFTER_PHOTO = "after_photo"
    IN_RETURN_WINDOW = "in_return_window"
    NOT_DESIGNATED = "not_designated"
    DISTRICT_AFTER_BOUNCES = "district_after_bounces"
    NOT_RECTIFIER = "not_rectifier"
    CHECKER_NOT_RECTIFIER = "checker_not_rectifier"
    COMPLETE_ASK = "complete_ask"
    EXTENSION_ASKED = "extension_asked"
    SUSPENSION_ASKED = "suspension_asked"
    VOID_ASKED = "void_asked"
    SOMETHING_ASKED = "something_asked"
    SECOND_PERSON = "second_person"
    EXTENSION_LEFT = "extension_left"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row. `target` None leaves the state as it is (or, for `resume`, goes back to where it was)."""

    verb: Verb
    sources: frozenset[State]
    target: State | None
    who: frozenset[Party]
    needs: tuple[Need, ...] = ()
    starts: tuple[ClockName, ...] = ()
    stops: tuple[ClockName, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """Numbers of the law that a city may set (`config/seed/policy.csv`)."""

    n_returns_to_district: int = 3
    n_reworks_to_supervise: int = 3
    n_extensions: int = 2
    review_hour: int = 9


P, S, V, N, C = Party, State, Verb, Need, ClockName
OFFICE = frozenset({P.DISPATCHER, P.SUPERVISOR, P.DISTRICT})
"""Who may act as the second person, and who may look after any case of the area."""
ALL_CLOCKS = tuple(ClockName)
HOLDER_CLOCKS = (C.ACKNOWLEDGE, C.RETURNING, C.ON_SCENE)


def _row(
    verb: Verb,
    sources: frozenset[State] | set[State],
    target: State | None,
    who: frozenset[Party] | set[Party],
    *needs: Need,
    starts: tuple[ClockName, ...] = (),
    stops: tuple[ClockName, ...] = (),
) -> Transition:
    return Transition(verb, frozenset(sources), target, frozenset(who), needs, starts, stops)


TABLE: tuple[Transition, ...] = (
    _row(
        V.DISPATCH,
        QUEUED,
        S.DISPATCHED,
        {P.SYSTEM, P.DISPATCHER, P.SUPERVISOR, P.DISTRICT},
        N.TARGET,
        N.DISTRICT_AFTER_BOUNCES,
        starts=(C.ACKNOWLEDGE, C.RETURNING, C.ON_SCENE, C.DONE),
        stops=(C.DISPATCHING,),
    ),
    _row(
        V.DISPATCH,
        HELD,
        S.DISPATCHED,
        OFFICE,
        N.TARGET,
        N.DISTRICT_AFTER_BOUNCES,
        starts=(C.ACKNOWLEDGE, C.RETURNING, C.ON_SCENE, C.DONE),
    ),
    _row(
        V.DESIGNATE,
        QUEUED | HELD,
        S.DISPATCHED,
        {P.DISTRICT},
        N.TARGET,
        starts=(C.ACKNOWLEDGE, C.ON_SCENE, C.DONE),
        stops=(C.DISPATCHING, C.RETURNING),
    ),
    _row(V.SIGN, {S.DISPATCHED}, S.SIGNED, {P.HOLDER}, stops=(C.ACKNOWLEDGE,)),
    _row(
        V.HAND_BACK,
        {S.DISPATCHED, S.SIGNED},
        S.RETURNED,
        {P.HOLDER},
        N.REASON,
        N.WORDS,
        N.NOT_DESIGNATED,
        N.IN_RETURN_WINDOW,
        starts=(C.DISPATCHING,),
        stops=HOLDER_CLOCKS,
    ),
    _row(V.HAND_OVER, HELD, None, {P.HOLDER, P.SUPERVISOR}, N.TARGET),
    # Who leaves or is away passes on what they hold, and what may come back to them from a check.
    _row(V.HAND_OVER, HELD | {S.HANDLED, S.VERIFYING, S.SUSPENDED}, None, {P.SYSTEM}, N.TARGET),
    _row(V.ARRIVE, {S.SIGNED}, S.HANDLING, {P.HOLDER}, stops=(C.ON_SCENE,)),
    _row(
        V.HAND_IN,
        {S.SIGNED, S.HANDLING},
        S.HANDLED,
        {P.HOLDER},
        N.WORDS,
        N.AFTER_PHOTO,
        starts=(C.CHECKING,),
        stops=(C.ON_SCENE, C.DONE, C.RETURNING),
    ),
    _row(
        V.ASSIGN_CHECK,
        {S.HANDLED, S.VERIFYING},
        S.VERIFYING,
        {P.SYSTEM, P.DISPATCHER, P.SUPERVISOR, P.DISTRICT},
        N.CHECKER_NOT_RECTIFIER,
    ),
    _row(V.PASS_CHECK, {S.VERIFYING}, S.CLEARED, {P.VERIFIER}, N.NOT_RECTIFIER, stops=ALL_CLOCKS),
    _row(
        V.FAIL_CHECK,
        {S.VERIFYING},
        S.HANDLING,
        {P.VERIFIER},
        N.NOT_RECTIFIER,
        N.WORDS,
        starts=(C.DONE,),
        stops=(C.CHECKING,),
    ),
    _row(V.ASK, OPEN, None, OFFICE | {P.HOLDER, P.REPORTER}, N.WORDS, N.COMPLETE_ASK),
    _row(V.DECLINE, OPEN, None, OFFICE, N.SOMETHING_ASKED, N.SECOND_PERSON),
    _row(V.EXTEND, HELD, None, OFFICE, N.EXTENSION_ASKED, N.SECOND_PERSON, N.EXTENSION_LEFT),
    _row(
        V.SUSPEND,
        HELD,
        S.SUSPENDED,
        OFFICE,
        N.SUSPENSION_ASKED,
        N.SECOND_PERSON,
        starts=(C.REVIEW,),
        stops=(C.RETURNING,),
    ),
    _row(V.RESUME, {S.SUSPENDED}, None, OFFICE | {P.HOLDER}, stops=(C.REVIEW,)),
    _row(V.VOID, OPEN, S.VOIDED, OFFICE, N.VOID_ASKED, N.SECOND_PERSON, stops=ALL_CLOCKS),
    _row(V.MERGE, OPEN, S.MERGED, OFFICE, N.TARGET, stops=ALL_CLOCKS),
    _row(V.JOIN, OPEN, None, {P.MEMBER, P.SYSTEM}),
    _row(
        V.REOPEN,
        {S.CLEARED},
        S.REOPENED,
        OFFICE | {P.REPORTER, P.VERIFIER},
        N.REASON,
        N.WORDS,
        starts=(C.DISPATCHING,),
    ),
    _row(
        V.RELOCATE,
        QUEUED | {S.DISPATCHED, S.SIGNED},
        S.REGISTERED,
        OFFICE | {P.SYSTEM},
        N.TARGET,
        starts=(C.DISPATCHING,),
        stops=HOLDER_CLOCKS,
    ),
    _row(V.URGE, OPEN, None, OFFICE | {P.REPORTER}),
    _row(V.STEP, OPEN, None, {P.SYSTEM}),
    _row(V.NOTE, frozenset(State), None, OFFICE | {P.REPORTER, P.HOLDER, P.VERIFIER, P.SYSTEM}, N.WORDS),
)


def rows(verb: Verb, state: State) -> tuple[Transition, ...]:
    """Finds the rows of a verb that start in a state."""
    return tuple(row for row in TABLE if row.verb is verb and state in row.sources)


def verbs_from(facts: CaseFacts) -> tuple[Verb, ...]:
    """Lists the verbs that start in the case's state, whoever asks."""
    return tuple(dict.fromkeys(row.verb for row in TABLE if facts.state in row.sources))
