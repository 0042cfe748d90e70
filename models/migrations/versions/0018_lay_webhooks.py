"""Lay addresses that are told of changes, and every telling."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates both tables."""
    op.create_table(
        "webhook",
        sa.Column("webhook_id", BIG, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("person_id", BIG),
        sa.Column("bound", sa.Text),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("area_code", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.PrimaryKeyConstraint("webhook_id", name="pk_webhook"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_webhook_person_id"),
    )
    op.create_index("ix_webhook_owner", "webhook", ["owner"])
    op.create_table(
        "webhook_delivery",
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("webhook_id", BIG, nullable=False),
        sa.Column("no", BIG, nullable=False),
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_at", TIME),
        sa.Column("done_at", TIME),
        sa.Column("status", sa.Integer),
        sa.Column("fault", sa.Text),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.webhook_id"], name="fk_webhook_delivery_webhook_id"),
    )
    op.create_index("uq_webhook_delivery", "webhook_delivery", ["webhook_id", "no"], unique=True)
    due = sa.text("next_at is not null")
    op.create_index(
        "ix_webhook_delivery_next_at", "webhook_delivery", ["next_at"], sqlite_where=due, postgresql_where=due
    )
    op.create_index("ix_webhook_delivery_created_at", "webhook_delivery", ["created_at"])


def downgrade() -> None:
    """Drops both."""
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
