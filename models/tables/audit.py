"""What was signed: one row a root, and the last event of every case that had changed since the root before."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from models.tables.columns import BigId, House, UtcTime, Words


class Anchor(House, table=True):
    """A signed root; `line` is what stands in the file of roots, to the letter."""

    __tablename__ = "anchor"

    anchor_no: int = Field(sa_type=BigId, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)
    line: str = Field(sa_type=Words)


class AnchorLeaf(House, table=True):
    """How far a case had come when a root was signed. No key leads to the case: one that vanished must be named."""

    __tablename__ = "anchor_leaf"
    __table_args__ = (Index("ix_anchor_leaf_anchor_no", "anchor_no", "case_no"),)

    case_no: str = Field(sa_type=Words, primary_key=True)
    seq: int = Field(primary_key=True)
    anchor_no: int = Field(sa_type=BigId)
    hash: bytes = Field(sa_type=LargeBinary)
