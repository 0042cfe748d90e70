"""What came in, byte for byte, before anybody looked at it; sealed, for it holds names and chats."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from models.tables.columns import BigId, House, SealedBytes, UtcTime, Words, sealed

IS_UNDONE = "done_at is null and poison_at is null"


class Inbox(House, table=True):
    """One update of a channel: undone, done, or set aside as poison.

    `held_at` stands beside `done_at` of what somebody sent before an admin confirmed them: it is handled then.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_update", "channel", "update_id", unique=True),
        Index(
            "ix_inbox_undone",
            "channel",
            "chat_key",
            "inbox_id",
            sqlite_where=text(IS_UNDONE),
            postgresql_where=text(IS_UNDONE),
        ),
        Index(
            "ix_inbox_queue",
            "channel",
            "inbox_id",
            "chat_key",
            sqlite_where=text(IS_UNDONE),
            postgresql_where=text(IS_UNDONE),
        ),
        Index(
            "ix_inbox_poison",
            "poison_at",
            sqlite_where=text("poison_at is not null"),
            postgresql_where=text("poison_at is not null"),
        ),
        Index(
            "ix_inbox_held",
            "chat_key",
            sqlite_where=text("held_at is not null"),
            postgresql_where=text("held_at is not null"),
        ),
    )

    inbox_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    channel: str = Field(sa_type=Words)
    update_id: int = Field(sa_type=BigId)
    chat_key: str = Field(sa_type=Words)
    body: bytes = Field(sa_type=sealed(SealedBytes, "inbox.body"))
    received_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    tries: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcTime)
    poison_at: datetime | None = Field(default=None, sa_type=UtcTime)
    held_at: datetime | None = Field(default=None, sa_type=UtcTime)
    fault: str | None = Field(default=None, sa_type=Words)
