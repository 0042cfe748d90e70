"""Note on jobs and messages which update they come of."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Adds the column; of what is there nobody knows."""
    for table in ("job", "message"):
        op.add_column(table, sa.Column("origin", sa.Text))


def downgrade() -> None:
    """Drops it."""
    for table in ("job", "message"):
        op.drop_column(table, "origin")
