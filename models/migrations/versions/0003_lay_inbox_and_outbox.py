"""Lay what comes in and what must go out."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "inbox",
        sa.Column("inbox_id", BIG, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("chat_key", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("done_at", TIME),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", TIME),
        sa.Column("poison_at", TIME),
        sa.Column("fault", sa.Text),
        sa.PrimaryKeyConstraint("inbox_id", name="pk_inbox"),
    )
    _partial("ix_inbox_poison", "inbox", ["poison_at"], "poison_at is not null")
    _partial("ix_inbox_undone", "inbox", ["chat_key", "inbox_id"], "done_at is null and poison_at is null")
    op.create_index("uq_inbox_update", "inbox", ["channel", "update_id"], unique=True)
    op.create_table(
        "job",
        sa.Column("job_id", BIG, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("args", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("dedupe", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", TIME),
        sa.Column("done_at", TIME),
        sa.Column("buried_at", TIME),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
    )
    _partial("ix_job_open", "job", ["priority", "job_id"], "done_at is null and buried_at is null")
    op.create_index("uq_job_dedupe", "job", ["dedupe"], unique=True)
    op.create_table(
        "message",
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("chat_id", BIG),
        sa.Column("person_id", BIG),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("card_key", sa.Text),
        sa.Column("loud", sa.Boolean, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("dedupe", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("held_until", TIME),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", TIME),
        sa.Column("sent_at", TIME),
        sa.Column("message_id", BIG),
        sa.Column("buried_at", TIME),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("row_id", name="pk_message"),
        sa.CheckConstraint("chat_id is not null or buried_at is not null", name=op.f("ck_message_chat")),
    )
    op.create_index("ix_message_person_id", "message", ["person_id", "row_id"])
    _partial("ix_message_unsent", "message", ["priority", "row_id"], "sent_at is null and buried_at is null")
    _partial(
        "ix_message_unsent_chat", "message", ["channel", "chat_id", "row_id"], "sent_at is null and buried_at is null"
    )
    op.create_index("uq_message_dedupe", "message", ["dedupe", "channel", "chat_id"], unique=True)
    op.create_table(
        "live_card",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("card_key", sa.Text, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("channel", "chat_id", "card_key", name="pk_live_card"),
    )
    op.create_index("ix_live_card_card_key", "live_card", ["card_key"])
    op.create_table(
        "draft",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_draft"),
    )


def downgrade() -> None:
    """Drops the tables and what they hold."""
    for table in ["draft", "live_card", "message", "job", "inbox"]:
        op.drop_table(table)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """Creates an index of the rows that still matter."""
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
