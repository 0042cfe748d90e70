"""What the buttons of a message mean: their payloads stay here, the channel only ever sees an opaque token."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from models.tables.columns import BigId, House, Json, UtcTime, Words


class ButtonSheet(House, table=True):
    """The buttons of one message, for one person in one chat; a button is the token and its place in the list.

    A payload says what, of which case or draft, on which version of the card. `spent` has a bit for each button
    that did its deed.
    """

    __tablename__ = "button_sheet"
    __table_args__ = (Index("ix_button_sheet_expires_at", "expires_at"),)

    token: str = Field(sa_type=Words, primary_key=True)
    channel: str = Field(sa_type=Words)
    chat_id: int = Field(sa_type=BigId)
    person_id: int | None = Field(default=None, sa_type=BigId)
    payloads: Any = Field(sa_type=Json)
    spent: int = Field(default=0, sa_type=BigId)
    expires_at: datetime = Field(sa_type=UtcTime)
