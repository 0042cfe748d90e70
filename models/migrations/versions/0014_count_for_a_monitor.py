"""Let a monitor count what was sent lately, what was set aside and what is late without reading whole tables."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

INDICES = (
    ("ix_job_buried", "job", "buried_at", "done_at is null and buried_at is not null"),
    (
        "ix_message_buried",
        "message",
        "buried_at",
        "buried_at is not null and error <> 'folded' and error <> 'expired' and error <> 'dropped'",
    ),
    ("ix_message_sent_at", "message", "sent_at", "sent_at is not null"),
    ("ix_timer_running", "timer", "due_at", "stopped_at is null and paused_at is null"),
)


def upgrade() -> None:
    """Creates the indices."""
    for name, table, column, where in INDICES:
        condition = sa.text(where)
        op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    """Drops them."""
    for name, table, _, _ in INDICES:
        op.drop_index(name, table)
