"""Find messages that were set aside for good without reading those that were only folded."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
ASIDE = sa.text("buried_at is not null and error not in ('folded', 'expired', 'dropped')")


def upgrade() -> None:
    """Creates the index."""
    op.create_index("ix_message_set_aside", "message", ["buried_at"], sqlite_where=ASIDE, postgresql_where=ASIDE)


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_message_set_aside", "message")
