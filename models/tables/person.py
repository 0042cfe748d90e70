"""The roster: units, people, their posts, their chats, and the codes that bind the two."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field

from models.rules.roles import Role
from models.tables.columns import BigId, House, Sealed, UtcTime, Words, sealed

ROSTER_ROLES = tuple(str(role) for role in Role if role is not Role.SYSTEM)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """Gives the SQL of a CHECK that a column holds one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} in ({listed})"


class Unit(House, table=True):
    """A department or contractor that rectifies (责任单位)."""

    __tablename__ = "unit"

    unit_code: str = Field(sa_type=Words, primary_key=True)
    name: str = Field(sa_type=Words)
    area_code: str | None = Field(default=None, sa_type=Words, index=True)
    active: bool = True


class Person(House, table=True):
    """Somebody of the roster; never deleted, only no longer active, and perhaps a number without a name.

    The name is found by `name_index`, which tells nobody what it is.
    """

    __tablename__ = "person"
    __table_args__ = (
        Index("uq_person_staff_no", "staff_no", unique=True),
        Index("ix_person_name_index", "name_index"),
    )

    person_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    staff_no: str = Field(sa_type=Words)
    name: str = Field(sa_type=sealed(Sealed, "person.name"))
    phone: str | None = Field(default=None, sa_type=sealed(Sealed, "person.phone"))
    name_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    erased_at: datetime | None = Field(default=None, sa_type=UtcTime)
    language: str = Field(default="zh_CN", sa_type=Words)
    active: bool = True
    on_duty: bool = True
    created_at: datetime = Field(sa_type=UtcTime)


class Post(House, table=True):
    """A role over an area, perhaps for a unit, as A or B, for a time."""

    __tablename__ = "post"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_post_person_id"),
        CheckConstraint(one_of("role", ROSTER_ROLES), name="role"),
        CheckConstraint(one_of("shift", ("A", "B")), name="shift"),
        Index("ix_post_person_id", "person_id"),
        Index("ix_post_area_code_role", "area_code", "role"),
        Index("ix_post_unit_code", "unit_code"),
    )

    post_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    person_id: int = Field(sa_type=BigId)
    role: str = Field(sa_type=Words)
    area_code: str = Field(sa_type=Words)
    unit_code: str | None = Field(default=None, sa_type=Words)
    shift: str = Field(default="A", sa_type=Words)
    valid_from: datetime = Field(sa_type=UtcTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcTime)


class Chat(House, table=True):
    """A chat of a channel, and whom it is bound to now."""

    __tablename__ = "chat"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_chat_person_id"),
        Index("ix_chat_person_id", "person_id"),
    )

    channel: str = Field(sa_type=Words, primary_key=True)
    chat_id: int = Field(sa_type=BigId, primary_key=True)
    person_id: int = Field(sa_type=BigId)
    bound_at: datetime = Field(sa_type=UtcTime)
    unbound_at: datetime | None = Field(default=None, sa_type=UtcTime)
    dead_at: datetime | None = Field(default=None, sa_type=UtcTime)
    dead_why: str | None = Field(default=None, sa_type=Words)


class Invite(House, table=True):
    """A one-time code that binds a chat to a person; only its hash is kept."""

    __tablename__ = "invite"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_invite_person_id"),
        Index(
            "ix_invite_open",
            "person_id",
            sqlite_where=text("used_at is null"),
            postgresql_where=text("used_at is null"),
        ),
    )

    code_hash: str = Field(sa_type=Words, primary_key=True)
    person_id: int = Field(sa_type=BigId)
    issued_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BindAttempt(House, table=True):
    """A wrong code tried from a chat."""

    __tablename__ = "bind_attempt"
    __table_args__ = (Index("ix_bind_attempt_chat", "channel", "chat_id", "at"),)

    attempt_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    channel: str = Field(sa_type=Words)
    chat_id: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=UtcTime)


class Absence(House, table=True):
    """A time in which somebody is away and the deputy stands in; `passed_on_at` once their open cases were."""

    __tablename__ = "absence"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_absence_person_id"),
        CheckConstraint("from_at < to_at", name="span"),
        Index("ix_absence_person_id", "person_id", "to_at"),
    )

    absence_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    person_id: int = Field(sa_type=BigId)
    from_at: datetime = Field(sa_type=UtcTime)
    to_at: datetime = Field(sa_type=UtcTime)
    passed_on_at: datetime | None = Field(default=None, sa_type=UtcTime)


class BindingRequest(House, table=True):
    """A chat that showed a person's code and waits for an admin; one open request a chat."""

    __tablename__ = "binding_request"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_binding_request_person_id"),
        CheckConstraint(one_of("verdict", ("confirmed", "refused", "replaced")), name="verdict"),
        Index(
            "uq_binding_request_open",
            "channel",
            "chat_id",
            unique=True,
            sqlite_where=text("decided_at is null"),
            postgresql_where=text("decided_at is null"),
        ),
        Index("ix_binding_request_person_id", "person_id"),
    )

    request_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    channel: str = Field(sa_type=Words)
    chat_id: int = Field(sa_type=BigId)
    person_id: int = Field(sa_type=BigId)
    language: str = Field(sa_type=Words)
    asked_at: datetime = Field(sa_type=UtcTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    decided_by: int | None = Field(default=None, sa_type=BigId)
    verdict: str | None = Field(default=None, sa_type=Words)
