"""Lay absences, bindings that wait for an admin, and updates that are held until then."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
HELD = sa.text("held_at is not null")


def upgrade() -> None:
    """Creates the tables, and the column of the inbox with its index."""
    op.create_table(
        "absence",
        sa.Column("absence_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("from_at", TIME, nullable=False),
        sa.Column("to_at", TIME, nullable=False),
        sa.Column("passed_on_at", TIME),
        sa.PrimaryKeyConstraint("absence_id", name="pk_absence"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_absence_person_id"),
        sa.CheckConstraint("from_at < to_at", name=op.f("ck_absence_span")),
    )
    op.create_index("ix_absence_person_id", "absence", ["person_id", "to_at"])
    op.create_table(
        "binding_request",
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", BIG),
        sa.Column("verdict", sa.Text),
        sa.PrimaryKeyConstraint("request_id", name="pk_binding_request"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_binding_request_person_id"),
        sa.CheckConstraint("verdict in ('confirmed', 'refused', 'replaced')", name=op.f("ck_binding_request_verdict")),
    )
    waits = sa.text("decided_at is null")
    op.create_index(
        "uq_binding_request_open",
        "binding_request",
        ["channel", "chat_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_binding_request_person_id", "binding_request", ["person_id"])
    op.add_column("inbox", sa.Column("held_at", TIME))
    op.create_index("ix_inbox_held", "inbox", ["chat_key"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    """Drops them; what was held is then simply done."""
    op.drop_index("ix_inbox_held", "inbox")
    op.drop_column("inbox", "held_at")
    op.drop_table("binding_request")
    op.drop_table("absence")
