"""Pictures and what they show: the bytes lie outside the database, under `key`."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from models.tables.columns import BigId, House, UtcTime, Words


class Media(House, table=True):
    """One picture: waiting for its bytes, ready, or refused."""

    __tablename__ = "media"
    __table_args__ = (
        CheckConstraint("status in ('loading', 'ready', 'refused')", name="status"),
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_media_person_id"),
        Index("ix_media_sha256", "sha256", "person_id"),
        Index(
            "ix_media_loading",
            "media_id",
            sqlite_where=text("status = 'loading'"),
            postgresql_where=text("status = 'loading'"),
        ),
    )

    media_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    status: str = Field(sa_type=Words)
    person_id: int | None = Field(default=None, sa_type=BigId)
    received_at: datetime = Field(sa_type=UtcTime)
    file_id: str | None = Field(default=None, sa_type=Words)
    sha256: str | None = Field(default=None, sa_type=Words)
    phash: str | None = Field(default=None, sa_type=Words)
    mime: str | None = Field(default=None, sa_type=Words)
    n_bytes: int | None = Field(default=None, sa_type=BigId)
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = Field(default=None, sa_type=UtcTime)
    taken_latitude: float | None = None
    taken_longitude: float | None = None
    key: str | None = Field(default=None, sa_type=Words)
    refused_why: str | None = Field(default=None, sa_type=Words)


class ReportMedia(House, table=True):
    """A picture of a report, before or after."""

    __tablename__ = "report_media"
    __table_args__ = (
        ForeignKeyConstraint(["report_id"], ["report.report_id"], name="fk_report_media_report_id"),
        ForeignKeyConstraint(["media_id"], ["media.media_id"], name="fk_report_media_media_id"),
        CheckConstraint("role in ('before', 'after', 'check', 'note')", name="role"),
        Index("ix_report_media_media_id", "media_id"),
    )

    report_id: int = Field(sa_type=BigId, primary_key=True)
    media_id: int = Field(sa_type=BigId, primary_key=True)
    role: str = Field(sa_type=Words, primary_key=True)


class Evidence(House, table=True):
    """A picture of a case and the event it came with."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_evidence_case_no"),
        ForeignKeyConstraint(["media_id"], ["media.media_id"], name="fk_evidence_media_id"),
        CheckConstraint("role in ('before', 'after', 'check', 'note')", name="role"),
        Index("ix_evidence_media_id", "media_id"),
    )

    case_no: str = Field(sa_type=Words, primary_key=True)
    media_id: int = Field(sa_type=BigId, primary_key=True)
    role: str = Field(sa_type=Words, primary_key=True)
    event_seq: int
