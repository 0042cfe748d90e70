"""Which cases changed, in the order in which it became true: what live streams and webhooks go by."""

from sqlalchemy import Index, text
from sqlmodel import Field

from models.tables.columns import BigId, House, Words


class CaseChange(House, table=True):
    """One change of one case; a trigger on the cases writes it.

    `no` is the order of commits. PostgreSQL hands out `change_id` before a commit, so that a later one may become
    visible first: there `no` is given afterwards. SQLite has one writer, and `change_id` is that order already.
    """

    __tablename__ = "case_change"
    __table_args__ = (
        Index("uq_case_change_no", "no", unique=True),
        Index(
            "ix_case_change_waiting",
            "change_id",
            sqlite_where=text("no is null"),
            postgresql_where=text("no is null"),
        ),
    )

    change_id: int | None = Field(default=None, sa_type=BigId, primary_key=True)
    no: int | None = Field(default=None, sa_type=BigId)
    case_no: str = Field(sa_type=Words)
    from_version: int
    version: int
