"""The areas of the city, edition by edition: boundaries are dated data."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field

from models.tables.columns import House, UtcTime, Words


class Edition(House, table=True):
    """One import of boundaries; the current one is the one in force."""

    __tablename__ = "edition"
    __table_args__ = (
        Index(
            "uq_edition_current",
            "current",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    edition_id: str = Field(sa_type=Words, primary_key=True)
    saved_at: datetime = Field(sa_type=UtcTime)
    current: bool = False
    n_areas: int


class Area(House, table=True):
    """One area in one edition, with its outline in WGS-84 as WKB."""

    __tablename__ = "area"
    __table_args__ = (
        ForeignKeyConstraint(["edition_id"], ["edition.edition_id"], name="fk_area_edition_id"),
        CheckConstraint("level in ('city', 'district', 'street', 'community', 'grid')", name="level"),
        Index("ix_area_edition_id_parent_code", "edition_id", "parent_code"),
    )

    edition_id: str = Field(sa_type=Words, primary_key=True)
    code: str = Field(sa_type=Words, primary_key=True)
    level: str = Field(sa_type=Words)
    name: str = Field(sa_type=Words)
    parent_code: str | None = Field(default=None, sa_type=Words)
    synthetic: bool = False
    wkb: bytes = Field(sa_type=LargeBinary)
