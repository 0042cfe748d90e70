"""What must still be done or said, written in the transaction that made it necessary."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.tables.columns import BigId, House, Json, SealedJson, UtcTime, Words, sealed

JOB_OPEN = "done_at is null and buried_at is null"
MESSAGE_NOT_NEEDED = ("folded", "expired", "dropped")
"""Why a message was set aside that nobody misses."""
MESSAGE_ASIDE = "buried_at is not null and error not in ('folded', 'expired', 'dropped')"
MESSAGE_OPEN = "sent_at is null and buried_at is null"
JOB_BURIED = "done_at is null and buried_at is not null"
MESSAGE_SENT = "sent_at is not null"


def _partial(name: str, column: str, where: str) -> Index:
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))


class Job(House, table=True):
    """One job for a worker. `dedupe` is held only while the job waits: a running one has read the past."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_open",
            "priority",
            "job_id",
            sqlite_where=text(JOB_OPEN),
            postgresql_where=text(JOB_OPEN),
        ),
        Index("uq_job_dedupe", "dedupe", unique=True),
        _partial("ix_job_buried", "buried_at", JOB_BURIED),
    )

    job_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    verb: str = Field(sa_type=Words)
    args: Any = Field(sa_type=Json)
    priority: int
    dedupe: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=UtcTime)
    not_before: datetime = Field(sa_type=UtcTime)
    tries: int = 0
    lease_owner: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    buried_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = Field(default=None, sa_type=Words)
    origin: str | None = Field(default=None, sa_type=Words)


class Message(House, table=True):
    """One message for one chat. `dedupe` is for ever: the same thing is said once."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("chat_id is not null or buried_at is not null", name="chat"),
        _partial("ix_message_sent_at", "sent_at", MESSAGE_SENT),
        Index(
            "ix_message_unsent",
            "priority",
            "row_id",
            sqlite_where=text(MESSAGE_OPEN),
            postgresql_where=text(MESSAGE_OPEN),
        ),
        Index(
            "ix_message_unsent_chat",
            "channel",
            "chat_id",
            "row_id",
            sqlite_where=text(MESSAGE_OPEN),
            postgresql_where=text(MESSAGE_OPEN),
        ),
        Index("uq_message_dedupe", "dedupe", "channel", "chat_id", unique=True),
        _partial("ix_message_set_aside", "buried_at", MESSAGE_ASIDE),
        Index("ix_message_person_id", "person_id", "row_id"),
    )

    row_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    channel: str | None = Field(default=None, sa_type=Words)
    chat_id: int | None = Field(default=None, sa_type=BigId)
    person_id: int | None = Field(default=None, sa_type=BigId)
    body: Any = Field(sa_type=sealed(SealedJson, "message.body"))
    card_key: str | None = Field(default=None, sa_type=Words)
    loud: bool
    priority: int
    dedupe: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=UtcTime)
    not_before: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    held_until: datetime | None = Field(default=None, sa_type=UtcTime)
    tries: int = 0
    lease_owner: str | None = Field(default=None, sa_type=Words)
    lease_until: datetime | None = Field(default=None, sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)
    message_id: int | None = Field(default=None, sa_type=BigId)
    buried_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = Field(default=None, sa_type=Words)
    origin: str | None = Field(default=None, sa_type=Words)
    thinned_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LiveCard(House, table=True):
    """The message that shows a case or draft in a chat now, and a digest of what it shows."""

    __tablename__ = "live_card"
    __table_args__ = (Index("ix_live_card_card_key", "card_key"),)

    channel: str = Field(sa_type=Words, primary_key=True)
    chat_id: int = Field(sa_type=BigId, primary_key=True)
    card_key: str = Field(sa_type=Words, primary_key=True)
    message_id: int = Field(sa_type=BigId)
    digest: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=UtcTime)
