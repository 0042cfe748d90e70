"""The question `models.rules.parties.plays` asks, asked once more by the database inside the update itself.

A post that ended between the judgement and the write makes the update match no row.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, false, or_, true

from models.rules.parties import Guard
from models.rules.roles import PARTY_ROLE, Party
from models.tables.case import Case, CaseRectifier
from models.tables.columns import table
from models.tables.person import Person, Post

CASES, RECTIFIERS = table(Case).c, table(CaseRectifier).c
PEOPLE, POSTS = table(Person).c, table(Post).c
CHAIN = (CASES.city_code, CASES.district_code, CASES.street_code, CASES.community_code, CASES.grid_code)
PERSON, NOW = "b_person_id", "b_now"


def values(guard: Guard, now: datetime) -> dict[str, Any]:
    """Gives what the condition of a guard is asked with."""
    return {PERSON: guard.person_id, NOW: now}


@cache
def condition(parties: frozenset[Party], not_rectifier: bool) -> ColumnElement[bool]:
    """Gives the SQL condition on the row of `cases` that is being updated."""
    me = bindparam(PERSON, type_=PEOPLE.person_id.type)
    active = exists().where(PEOPLE.person_id == me, PEOPLE.active)
    allowed = and_(active, or_(*_parts(parties, me)))
    if not not_rectifier:
        return allowed
    return and_(allowed, ~exists().where(RECTIFIERS.case_no == CASES.case_no, RECTIFIERS.person_id == me))


def valid(now: Any) -> ColumnElement[bool]:
    """Tells in SQL whether a post is valid at a moment: from its start to before its end."""
    return and_(POSTS.valid_from <= now, or_(POSTS.valid_to.is_(None), POSTS.valid_to > now))


def _parts(parties: frozenset[Party], me: Any) -> list[ColumnElement[bool]]:
    """Lists one condition for each sort of party that the verb names."""
    mine = and_(POSTS.person_id == me, valid(bindparam(NOW, type_=POSTS.valid_from.type)))
    parts: list[ColumnElement[bool]] = [false()]
    roles = [str(PARTY_ROLE[party]) for party in sorted(parties) if party in PARTY_ROLE]
    if roles:
        parts.append(exists().where(mine, POSTS.role.in_(roles), POSTS.area_code.in_(CHAIN)))
    if Party.HOLDER in parties:
        parts.append(and_(CASES.holder_id == me, CASES.unit_code.is_(None)))
        parts.append(exists().where(mine, POSTS.unit_code == CASES.unit_code))
    if Party.REPORTER in parties:
        parts.append(CASES.reporter_id == me)
    if Party.VERIFIER in parties:
        parts.append(CASES.verifier_id == me)
    if Party.MEMBER in parties:
        parts.append(true())
    return parts
