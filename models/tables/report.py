"""What one person sent. A report never changes after it was filed; it only joins a case."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from models.tables.columns import BigId, House, Json, UtcTime, Words


class Report(House, table=True):
    """One report, with its place as it was given (raw) and as it was understood (WGS-84).

    PostgreSQL keeps them in parts by month, which stands in front of the number: see `models.store.partitions`.
    """

    __tablename__ = "report"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_report_person_id"),
        # A report is written before the case that it opens, in the same transaction.
        ForeignKeyConstraint(
            ["case_no"], ["cases.case_no"], name="fk_report_case_no", deferrable=True, initially="DEFERRED"
        ),
        Index("ix_report_case_no", "case_no"),
        Index("ix_report_person_id", "person_id", "report_id"),
        Index("ix_report_street_code", "street_code", "created_at"),
        {"postgresql_partition_by": "RANGE (report_id)"},
    )

    report_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    channel: str = Field(sa_type=Words)
    update_id: int = Field(sa_type=BigId)
    person_id: int | None = Field(default=None, sa_type=BigId)
    created_at: datetime = Field(sa_type=UtcTime)
    case_no: str | None = Field(default=None, sa_type=Words)
    kind: str = Field(sa_type=Words)
    phase: str | None = Field(default=None, sa_type=Words)
    text: str = Field(sa_type=Words)
    fields: Any = Field(sa_type=Json)
    figures: Any = Field(sa_type=Json)
    danger: Any = Field(sa_type=Json)
    raw_latitude: float | None = None
    raw_longitude: float | None = None
    coord_sys: str | None = Field(default=None, sa_type=Words)
    accuracy_m: float | None = None
    by_hand: bool = False
    latitude: float | None = None
    longitude: float | None = None
    street_code: str | None = Field(default=None, sa_type=Words)
    address_text: str | None = Field(default=None, sa_type=Words)
    place_method: str = Field(sa_type=Words)
    place_reason: str = Field(sa_type=Words)
    edition: str = Field(sa_type=Words)


class ReportOrigin(House, table=True):
    """The update that a report was made of; it makes one report, in whichever month it comes again."""

    __tablename__ = "report_origin"

    channel: str = Field(sa_type=Words, primary_key=True)
    update_id: int = Field(sa_type=BigId, primary_key=True)
    report_id: int = Field(sa_type=BigId)
