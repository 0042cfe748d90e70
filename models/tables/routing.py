"""Which unit answers for what, where and when; each row says where it comes from."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from models.tables.columns import BigId, House, UtcTime, Words


class RoutingRule(House, table=True):
    """One rule; `*` stands for any kind or grade, no hours for the whole day."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        CheckConstraint("hour_from between 0 and 23", name="hour_from"),
        CheckConstraint("hour_to between 0 and 24", name="hour_to"),
    )

    rule_no: int = Field(sa_type=BigId, primary_key=True, sa_column_kwargs={"autoincrement": False})
    area_code: str = Field(sa_type=Words, index=True)
    kind: str = Field(default="*", sa_type=Words)
    grade: str = Field(default="*", sa_type=Words)
    hour_from: int | None = None
    hour_to: int | None = None
    unit_code: str = Field(sa_type=Words)
    valid_from: datetime | None = Field(default=None, sa_type=UtcTime)
    valid_to: datetime | None = Field(default=None, sa_type=UtcTime)
    source: str = Field(sa_type=Words)
