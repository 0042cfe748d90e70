"""The cases, their events, clocks and rectifiers. A row of `cases` is the fold of its events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field

from models.rules.clocks import ClockName
from models.rules.states import Grade, State, Urgency
from models.tables.columns import BigId, House, Json, UtcTime, Words
from models.tables.person import one_of

IS_OPEN = "closed_at is null"
"""Cleared, voided and merged cases have a time of closing, and no other has."""
TIMER_RUNS = "stopped_at is null and paused_at is null"

IS_CLOSED = "closed_at is not null"


def _open_index(name: str, *columns: str) -> Index:
    """Gives an index of the open cases only."""
    return Index(name, *columns, sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN))


class Case(House, table=True):
    """One case (案卷): its facts, whole in `facts`, and as columns what is asked by."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(one_of("state", tuple(State)), name="state"),
        CheckConstraint(one_of("urgency", tuple(Urgency)), name="urgency"),
        CheckConstraint(one_of("grade", tuple(Grade)), name="grade"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(state in ('cleared', 'voided', 'merged')) = (closed_at is not null)", name="closed"),
        ForeignKeyConstraint(["reporter_id"], ["person.person_id"], name="fk_cases_reporter_id"),
        ForeignKeyConstraint(["holder_id"], ["person.person_id"], name="fk_cases_holder_id"),
        ForeignKeyConstraint(["verifier_id"], ["person.person_id"], name="fk_cases_verifier_id"),
        ForeignKeyConstraint(["merged_into"], ["cases.case_no"], name="fk_cases_merged_into"),
        _open_index("ix_cases_open_holder", "holder_id", "due_at"),
        _open_index("ix_cases_open_unit", "unit_code", "due_at"),
        _open_index("ix_cases_open_verifier", "verifier_id"),
        _open_index("ix_cases_open_street", "street_code", "state"),
        _open_index("ix_cases_open_district", "district_code", "state"),
        _open_index("ix_cases_open_near", "kind", "latitude"),
        Index("ix_cases_reporter_id", "reporter_id", "registered_at"),
        Index("ix_cases_registered_at", "registered_at"),
        Index("ix_cases_street_code", "street_code", "registered_at"),
        Index("ix_cases_district_code", "district_code", "registered_at"),
        Index("ix_cases_closed_at", "closed_at"),
        Index("uq_cases_registered", "case_no", "registered_at", unique=True),
        Index(
            "ix_cases_street_closed",
            "street_code",
            "closed_at",
            sqlite_where=text(IS_CLOSED),
            postgresql_where=text(IS_CLOSED),
        ),
    )

    case_no: str = Field(sa_type=Words, primary_key=True)
    version: int
    state: str = Field(sa_type=Words)
    kind: str = Field(sa_type=Words)
    urgency: str = Field(sa_type=Words)
    grade: str = Field(sa_type=Words)
    city_code: str = Field(sa_type=Words)
    district_code: str | None = Field(default=None, sa_type=Words)
    street_code: str | None = Field(default=None, sa_type=Words)
    community_code: str | None = Field(default=None, sa_type=Words)
    grid_code: str | None = Field(default=None, sa_type=Words)
    placed: bool = True
    edition: str = Field(sa_type=Words)
    latitude: float | None = None
    longitude: float | None = None
    reporter_id: int | None = Field(default=None, sa_type=BigId)
    unit_code: str | None = Field(default=None, sa_type=Words)
    holder_id: int | None = Field(default=None, sa_type=BigId)
    verifier_id: int | None = Field(default=None, sa_type=BigId)
    pending_ask: str | None = Field(default=None, sa_type=Words)
    suspended_from: str | None = Field(default=None, sa_type=Words)
    review_on: date | None = None
    merged_into: str | None = Field(default=None, sa_type=Words)
    on_spot: bool = False
    n_reports: int = 1
    n_dispatched: int = 0
    n_returned: int = 0
    n_handled: int = 0
    n_checked: int = 0
    n_rework: int = 0
    n_extensions: int = 0
    n_reopened: int = 0
    designated: bool = False
    urged: bool = False
    supervised: bool = False
    escalated: bool = False
    whistled: bool = False
    overdue: bool = False
    on_time: bool | None = None
    signed_in_limit: bool | None = None
    registered_at: datetime = Field(sa_type=UtcTime)
    dispatched_at: datetime | None = Field(default=None, sa_type=UtcTime)
    signed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    arrived_at: datetime | None = Field(default=None, sa_type=UtcTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcTime)
    facts: Any = Field(sa_type=Json)
    head: bytes | None = Field(default=None, sa_type=LargeBinary)


class CaseEvent(House, table=True):
    """One event of a case; rows are only ever added, a trigger sees to it. `prev` and `hash` make the chain.

    PostgreSQL keeps them in parts by the month in which their case was registered, so that a history lies in one
    part. The foreign key lets a case have one such moment only: number and `seq` alone are unique.
    """

    __tablename__ = "case_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["case_no", "registered_at"], ["cases.case_no", "cases.registered_at"], name="fk_case_event_case_no"
        ),
        Index("ix_case_event_at", "at"),
        Index("ix_case_event_actor_id", "actor_id"),
        {"postgresql_partition_by": "RANGE (registered_at)"},
    )

    case_no: str = Field(sa_type=Words, primary_key=True)
    seq: int = Field(primary_key=True)
    registered_at: datetime = Field(sa_type=UtcTime, primary_key=True)
    tag: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=UtcTime)
    actor_id: int | None = Field(default=None, sa_type=BigId)
    channel: str = Field(sa_type=Words)
    data: Any = Field(sa_type=Json)
    prev: bytes = Field(sa_type=LargeBinary)
    hash: bytes = Field(sa_type=LargeBinary)


class Timer(House, table=True):
    """A clock of a case as the sweep sees it."""

    __tablename__ = "timer"
    __table_args__ = (
        ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_timer_case_no"),
        CheckConstraint(one_of("clock", tuple(ClockName)), name="clock"),
        Index("ix_timer_running", "due_at", sqlite_where=text(TIMER_RUNS), postgresql_where=text(TIMER_RUNS)),
        Index(
            "ix_timer_next_at",
            "next_at",
            sqlite_where=text("next_at is not null"),
            postgresql_where=text("next_at is not null"),
        ),
    )

    case_no: str = Field(sa_type=Words, primary_key=True)
    clock: str = Field(sa_type=Words, primary_key=True)
    started_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)
    working: bool
    next_percent: int | None = None
    next_at: datetime | None = Field(default=None, sa_type=UtcTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    paused_at: datetime | None = Field(default=None, sa_type=UtcTime)


class CaseRectifier(House, table=True):
    """Somebody who ever rectified the case and so never checks it."""

    __tablename__ = "case_rectifier"
    __table_args__ = (
        ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_case_rectifier_case_no"),
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_case_rectifier_person_id"),
        Index("ix_case_rectifier_person_id", "person_id"),
    )

    case_no: str = Field(sa_type=Words, primary_key=True)
    person_id: int = Field(sa_type=BigId, primary_key=True)
