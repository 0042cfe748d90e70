"""Writes that were answered, by the caller's own key for each: asked again, the same write gives the same answer."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from models.tables.columns import House, UtcTime, Words


class Answered(House, table=True):
    """One write of one caller, what was asked (as a hash), and what it was answered."""

    __tablename__ = "answered"
    __table_args__ = (Index("ix_answered_at", "at"),)

    caller: str = Field(sa_type=Words, primary_key=True)
    key: str = Field(sa_type=Words, primary_key=True)
    fingerprint: str = Field(sa_type=Words)
    status: int
    body: str = Field(sa_type=Words)
    at: datetime = Field(sa_type=UtcTime)
