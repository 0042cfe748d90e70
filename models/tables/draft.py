"""Half-finished talks: a report that is being typed survives everything."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from models.tables.columns import House, SealedJson, UtcTime, Words, sealed


class Draft(House, table=True):
    """The state of one conversation."""

    __tablename__ = "draft"

    key: str = Field(sa_type=Words, primary_key=True)
    state: str | None = Field(default=None, sa_type=Words)
    data: Any = Field(sa_type=sealed(SealedJson, "draft.data"))
    updated_at: datetime = Field(sa_type=UtcTime)
