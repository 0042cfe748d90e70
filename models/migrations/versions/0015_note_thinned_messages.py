"""Let a message tell that its words were let go of."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Adds the moment."""
    op.add_column("message", sa.Column("thinned_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drops it; the words do not come back."""
    op.drop_column("message", "thinned_at")
