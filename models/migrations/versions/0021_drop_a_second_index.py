"""Drop the index of 0014 on messages that were set aside: the one of 0020 holds the same rows in the same order."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
BURIED = sa.text("buried_at is not null and error <> 'folded' and error <> 'expired' and error <> 'dropped'")


def upgrade() -> None:
    """Drops the index."""
    op.drop_index("ix_message_buried", "message")


def downgrade() -> None:
    """Creates it again."""
    op.create_index("ix_message_buried", "message", ["buried_at"], sqlite_where=BURIED, postgresql_where=BURIED)
