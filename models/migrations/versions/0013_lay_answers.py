"""Lay the answers of writes that callers name by a key of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "answered",
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_answered"),
    )
    op.create_index("ix_answered_at", "answered", ["at"])


def downgrade() -> None:
    """Drops it: a write repeated across the step may be done twice."""
    op.drop_table("answered")
