"""Lay keys of other systems, one-time sign-in links and browser sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the three tables; nobody is let in by it."""
    op.create_table(
        "api_key",
        sa.Column("key_id", BIG, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("key_hash", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("area_code", sa.Text),
        sa.Column("person_id", BIG),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_key"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_api_key_person_id"),
    )
    op.create_index("uq_api_key_key_hash", "api_key", ["key_hash"], unique=True)
    op.create_index("uq_api_key_prefix", "api_key", ["prefix"], unique=True)
    op.create_table(
        "signin_link",
        sa.Column("link_hash", sa.Text, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.PrimaryKeyConstraint("link_hash", name="pk_signin_link"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_signin_link_person_id"),
    )
    op.create_index("ix_signin_link_expires_at", "signin_link", ["expires_at"])
    op.create_table(
        "web_session",
        sa.Column("session_hash", sa.Text, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("browser", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("session_hash", name="pk_web_session"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_web_session_person_id"),
    )
    op.create_index("ix_web_session_person_id", "web_session", ["person_id"])
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])


def downgrade() -> None:
    """Drops them: every key and session ends."""
    op.drop_table("web_session")
    op.drop_table("signin_link")
    op.drop_table("api_key")
