"""Lay what was signed: roots, and how far each case had come."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates both tables; the first root covers all cases that are there."""
    op.create_table(
        "anchor",
        sa.Column("anchor_no", BIG, nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("anchor_no", name="pk_anchor"),
    )
    op.create_table(
        "anchor_leaf",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("anchor_no", BIG, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("case_no", "seq", name="pk_anchor_leaf"),
    )
    op.create_index("ix_anchor_leaf_anchor_no", "anchor_leaf", ["anchor_no", "case_no"])


def downgrade() -> None:
    """Drops what was signed; the file of roots stays."""
    op.drop_table("anchor_leaf")
    op.drop_table("anchor")
