"""Small marks of the service itself: named values, leases and the counters behind public numbers."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from models.tables.columns import BigId, House, Json, UtcTime, Words


class Mark(House, table=True):
    """A named value."""

    __tablename__ = "kv"

    name: str = Field(sa_type=Words, primary_key=True)
    value: Any = Field(sa_type=Json)
    updated_at: datetime = Field(sa_type=UtcTime)


class Lease(House, table=True):
    """Who does a duty of which there is one, and until when."""

    __tablename__ = "lease"

    name: str = Field(sa_type=Words, primary_key=True)
    owner: str = Field(sa_type=Words)
    until: datetime = Field(sa_type=UtcTime)


class Counter(House, table=True):
    """The last number that was given out."""

    __tablename__ = "counter"

    name: str = Field(sa_type=Words, primary_key=True)
    last: int = Field(sa_type=BigId)
