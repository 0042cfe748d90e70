"""Which part an actor plays towards a case. The same question is asked again inside the guarded update."""

from dataclasses import dataclass

from models.rules.facts import CaseFacts
from models.rules.roles import PARTY_ROLE, Actor, Party
from models.rules.transitions import Need, Transition


def plays(actor: Actor, party: Party, facts: CaseFacts) -> bool:
    """Tells whether the actor is that party of the case now.

    A holder is anybody on post in the unit, so that a deputy (B 角) stands in and who left the unit is out of it;
    where no unit holds the case, it is the named person.
    A verifier is the named one or holds a verifier's post over the place.
    """
    if party is Party.SYSTEM:
        return actor.is_system
    if actor.person_id is None:
        return False
    match party:
        case Party.MEMBER:
            return True
        case Party.REPORTER:
            return actor.person_id == facts.reporter_id
        case Party.HOLDER:
            if facts.unit_code is None:
                return actor.person_id == facts.holder_id
            return actor.serves(facts.unit_code)
        case Party.VERIFIER if actor.person_id == facts.verifier_id:
            return True
        case _:
            return actor.holds(PARTY_ROLE[party], facts.areas.chain)


def parties(actor: Actor, facts: CaseFacts) -> frozenset[Party]:
    """Lists every part that the actor plays towards the case."""
    return frozenset(party for party in Party if plays(actor, party, facts))


def may_see(actor: Actor, facts: CaseFacts) -> bool:
    """Tells whether the actor may know of the case: a part in it, or any post over its place."""
    if parties(actor, facts) - {Party.MEMBER}:
        return True
    return any(post.area_code in facts.areas.chain for post in actor.posts)


@dataclass(frozen=True, slots=True)
class Guard:
    """The authorisation that a guarded update repeats in SQL: one of these parties, and not a rectifier."""

    person_id: int | None
    parties: frozenset[Party]
    not_rectifier: bool = False


def guard(actor: Actor, row: Transition) -> Guard | None:
    """Gives the guard of the row that let the actor through; None for the service itself."""
    if actor.is_system:
        return None
    return Guard(actor.person_id, row.who, Need.NOT_RECTIFIER in row.needs)
