"""Who wants to be told of changes at an address of theirs, and every telling, whether it succeeded or not."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from models.tables.columns import BigId, House, Json, Sealed, UtcTime, Words, sealed


class Webhook(House, table=True):
    """An address that is told of changes. `owner` is the person or key that made it, in whose scope it hears."""

    __tablename__ = "webhook"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_webhook_person_id"),
        Index("ix_webhook_owner", "owner"),
    )

    webhook_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    owner: str = Field(sa_type=Words)
    person_id: int | None = Field(default=None, sa_type=BigId)
    bound: str | None = Field(default=None, sa_type=Words)
    url: str = Field(sa_type=Words)
    secret: str = Field(sa_type=sealed(Sealed, "webhook.secret"))
    kinds: Any = Field(sa_type=Json)
    area_code: str | None = Field(default=None, sa_type=Words)
    created_at: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class WebhookDelivery(House, table=True):
    """One change told to one address: when it is tried next, or how it ended."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        ForeignKeyConstraint(["webhook_id"], ["webhook.webhook_id"], name="fk_webhook_delivery_webhook_id"),
        Index("uq_webhook_delivery", "webhook_id", "no", unique=True),
        Index(
            "ix_webhook_delivery_next_at",
            "next_at",
            sqlite_where=text("next_at is not null"),
            postgresql_where=text("next_at is not null"),
        ),
        Index("ix_webhook_delivery_created_at", "created_at"),
    )

    delivery_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    webhook_id: int = Field(sa_type=BigId)
    no: int = Field(sa_type=BigId)
    case_no: str = Field(sa_type=Words)
    body: str = Field(sa_type=Words)
    created_at: datetime = Field(sa_type=UtcTime)
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)
    status: int | None = None
    fault: str | None = Field(default=None, sa_type=Words)
