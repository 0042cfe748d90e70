"""Find what waits in the inbox in its order, however much was handled before and however many wait behind one chat."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

WAITS = sa.text("done_at is null and poison_at is null")


def upgrade() -> None:
    """Makes one index for the order and one for what stands before an update in its chat."""
    op.drop_index("ix_inbox_undone", "inbox")
    _partial("ix_inbox_undone", ["channel", "chat_key", "inbox_id"])
    _partial("ix_inbox_queue", ["channel", "inbox_id", "chat_key"])


def downgrade() -> None:
    """Brings the one index back."""
    op.drop_index("ix_inbox_queue", "inbox")
    op.drop_index("ix_inbox_undone", "inbox")
    _partial("ix_inbox_undone", ["chat_key", "inbox_id"])


def _partial(name: str, columns: list[str]) -> None:
    op.create_index(name, "inbox", columns, sqlite_where=WAITS, postgresql_where=WAITS)
