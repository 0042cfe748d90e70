"""Lay the sheets that say what a message's buttons mean, so that a button need carry nothing but a token."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Creates the table."""
    op.create_table(
        "button_sheet",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("person_id", BIG),
        sa.Column("payloads", sa.Text(), nullable=False),
        sa.Column("spent", BIG, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_button_sheet"),
    )
    op.create_index("ix_button_sheet_expires_at", "button_sheet", ["expires_at"])


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("button_sheet")
