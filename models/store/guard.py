"""The question `models.rules.parties.plays` asks, asked once more by the database inside the update itself.

A post that ended between the judgement and the write makes the update match no row.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from models.rules.parties import Guard
from models.rules.roles import PARTY_ROLE, Party
from models.tables.case import Case, CaseRectifier
from models.tables.columns import table
from models.tables.person import Person, Post

CASES, RECTIFIERS = table(Case).c, table(CaseRectifier).c
PEOPLE, POSTS = table(Person).c, table(Post).c


def condition(guard: Guard, now: datetime) -> ColumnElement[bool]:
    """Gives the SQL condition on the row of `cases` that is being updated."""
    allowed = or_(*_parts(guard, now))
    active = exists().where(PEOPLE.person_id == guard.person_id, PEOPLE.active)
    if not guard.not_rectifier:
        return and_(active, allowed)
    own = exists().where(RECTIFIERS.case_no == CASES.case_no, RECTIFIERS.person_id == guard.person_id)
    return and_(active, allowed, ~own)


def valid(now: datetime) -> ColumnElement[bool]:
    """Tells in SQL whether a post is valid."""
    return and_(POSTS.valid_from <= now, or_(POSTS.valid_to.is_(None), POSTS.valid_to > now))


def _parts(guard: Guard, now: datetime) -> list[ColumnElement[bool]]:
    """Lists one condition for each sort of party that the verb names."""
    mine = and_(POSTS.person_id == guard.person_id, valid(now))
    parts: list[ColumnElement[bool]] = [false()]
    roles = [str(PARTY_ROLE[party]) for party in sorted(guard.parties) if party in PARTY_ROLE]
    if roles:
        chain = (
            CASES.city_code,
            CASES.district_code,
            CASES.street_code,
            CASES.community_code,
            CASES.grid_code,
        )
        parts.append(exists().where(mine, POSTS.role.in_(roles), POSTS.area_code.in_(chain)))
    if Party.HOLDER in guard.parties:
        parts.append(CASES.holder_id == guard.person_id)
        parts.append(exists().where(mine, POSTS.unit_code == CASES.unit_code))
    if Party.REPORTER in guard.parties:
        parts.append(CASES.reporter_id == guard.person_id)
    if Party.VERIFIER in guard.parties:
        parts.append(CASES.verifier_id == guard.person_id)
    if Party.MEMBER in guard.parties:
        parts.append(true())
    return parts
