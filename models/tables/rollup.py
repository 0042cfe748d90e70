"""Figures counted beforehand, and what of them is no longer true. All of it can be counted anew from the cases."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from models.tables.columns import BigId, House, UtcTime, Words

NOWHERE = ""
"""Stands for a level on which nobody could place a case; a key must not be null."""


class Rollup(House, table=True):
    """The cases that were registered on one local day in one street, of one kind and urgency.

    `n_cleared_on_day` counts by the day of clearing instead; `times` holds how long things took, in bins. The row is
    true until `valid_until`, when the next of its cases falls due, unless a row of `rollup_stale` says otherwise.
    """

    __tablename__ = "rollup"
    __table_args__ = (
        Index(
            "ix_rollup_valid_until",
            "valid_until",
            sqlite_where=text("valid_until is not null"),
            postgresql_where=text("valid_until is not null"),
        ),
        Index("ix_rollup_kind", "kind", "day"),
        Index("ix_rollup_street", "street_code", "day"),
        Index("ix_rollup_open", "day", sqlite_where=text("open > 0"), postgresql_where=text("open > 0")),
    )

    day: date = Field(primary_key=True)
    city_code: str = Field(sa_type=Words, primary_key=True)
    district_code: str = Field(sa_type=Words, primary_key=True)
    street_code: str = Field(sa_type=Words, primary_key=True)
    kind: str = Field(sa_type=Words, primary_key=True)
    urgency: str = Field(sa_type=Words, primary_key=True)
    registered: int
    dispatched: int
    cleared: int
    open: int
    overdue: int
    suspended: int
    voided: int
    merged: int
    returned: int
    reworked: int
    reopened: int
    handled: int
    verified: int
    ever_cleared: int
    fell_due: int
    cleared_on_time: int
    signed_in_limit: int
    never_returned: int
    first_passed: int
    n_dispatches: int
    n_returns: int
    unplaced: int
    n_cleared_on_day: int
    times: bytes = Field(sa_type=LargeBinary)
    valid_until: datetime | None = Field(default=None, sa_type=UtcTime)


class RollupDay(House, table=True):
    """The rollups of one day packed for the board: sums by place and by kind, and the times by place.

    `revision` changes with every change of the row; a process that keeps days tells by it which to read anew.
    """

    __tablename__ = "rollup_day"

    day: date = Field(primary_key=True)
    revision: int = Field(sa_type=BigId)
    body: bytes = Field(sa_type=LargeBinary)
    times: bytes = Field(sa_type=LargeBinary)


class RollupOpen(House, table=True):
    """What stands open of all days, packed into one row, for the figures of this moment."""

    __tablename__ = "rollup_open"

    row: int = Field(primary_key=True)
    body: bytes = Field(sa_type=LargeBinary)


class RollupStale(House, table=True):
    """A street and a moment of whose day a case changed; a trigger on `cases` writes it within the change.

    Rows are only added by the trigger, so that two changes never wait for each other here.
    """

    __tablename__ = "rollup_stale"

    stale_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    city_code: str = Field(sa_type=Words)
    district_code: str = Field(sa_type=Words)
    street_code: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=UtcTime)
