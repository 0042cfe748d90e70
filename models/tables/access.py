"""Who may come in through the web: keys of other systems, one-time links, and sessions of browsers. Hashes only."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from models.tables.columns import BigId, House, Json, UtcTime, Words


class ApiKey(House, table=True):
    """A key of another system: what it may do, over which area, and perhaps in whose name it acts."""

    __tablename__ = "api_key"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_api_key_person_id"),
        Index("uq_api_key_key_hash", "key_hash", unique=True),
        Index("uq_api_key_prefix", "prefix", unique=True),
    )

    key_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    prefix: str = Field(sa_type=Words)
    key_hash: str = Field(sa_type=Words)
    name: str = Field(sa_type=Words)
    scopes: list[str] = Field(sa_type=Json, nullable=False)
    area_code: str | None = Field(default=None, sa_type=Words)
    person_id: int | None = Field(default=None, sa_type=BigId)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class SigninLink(House, table=True):
    """A link that the bot sent: it opens one session, once, within a minute."""

    __tablename__ = "signin_link"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_signin_link_person_id"),
        Index("ix_signin_link_expires_at", "expires_at"),
    )

    link_hash: str = Field(sa_type=Words, primary_key=True)
    person_id: int = Field(sa_type=BigId)
    issued_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class WebSession(House, table=True):
    """A browser in which somebody is signed in."""

    __tablename__ = "web_session"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_web_session_person_id"),
        Index("ix_web_session_person_id", "person_id"),
        Index("ix_web_session_expires_at", "expires_at"),
    )

    session_hash: str = Field(sa_type=Words, primary_key=True)
    person_id: int = Field(sa_type=BigId)
    browser: str = Field(default="", sa_type=Words)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
