"""Lay the roster, the areas and the service's own marks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "edition",
        sa.Column("edition_id", sa.Text, nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("n_areas", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", name="pk_edition"),
    )
    _partial("uq_edition_current", "edition", ["current"], "current", unique=True)
    op.create_table(
        "area",
        sa.Column("edition_id", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent_code", sa.Text),
        sa.Column("synthetic", sa.Boolean, nullable=False),
        sa.Column("wkb", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "code", name="pk_area"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.edition_id"], name="fk_area_edition_id"),
        sa.CheckConstraint("level in ('city', 'district', 'street', 'community', 'grid')", name=op.f("ck_area_level")),
    )
    op.create_index("ix_area_edition_id_parent_code", "area", ["edition_id", "parent_code"])
    op.create_table(
        "unit",
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("area_code", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("unit_code", name="pk_unit"),
    )
    op.create_index("ix_unit_area_code", "unit", ["area_code"])
    op.create_table(
        "person",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("staff_no", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("phone", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("on_duty", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
    )
    op.create_index("uq_person_staff_no", "person", ["staff_no"], unique=True)
    op.create_table(
        "post",
        sa.Column("post_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("area_code", sa.Text, nullable=False),
        sa.Column("unit_code", sa.Text),
        sa.Column("shift", sa.Text, nullable=False),
        sa.Column("valid_from", TIME, nullable=False),
        sa.Column("valid_to", TIME),
        sa.PrimaryKeyConstraint("post_id", name="pk_post"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_post_person_id"),
        sa.CheckConstraint(
            "role in ('grid_worker', 'community_lead', 'street_dispatcher', 'street_supervisor', "
            "'responsible_unit', 'verifier', 'district_centre', 'city_viewer', 'admin')",
            name=op.f("ck_post_role"),
        ),
        sa.CheckConstraint("shift in ('A', 'B')", name=op.f("ck_post_shift")),
    )
    op.create_index("ix_post_area_code_role", "post", ["area_code", "role"])
    op.create_index("ix_post_person_id", "post", ["person_id"])
    op.create_index("ix_post_unit_code", "post", ["unit_code"])
    op.create_table(
        "chat",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("bound_at", TIME, nullable=False),
        sa.Column("unbound_at", TIME),
        sa.Column("dead_at", TIME),
        sa.Column("dead_why", sa.Text),
        sa.PrimaryKeyConstraint("channel", "chat_id", name="pk_chat"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_chat_person_id"),
    )
    op.create_index("ix_chat_person_id", "chat", ["person_id"])
    op.create_table(
        "invite",
        sa.Column("code_hash", sa.Text, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.PrimaryKeyConstraint("code_hash", name="pk_invite"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_invite_person_id"),
    )
    _partial("ix_invite_open", "invite", ["person_id"], "used_at is null")
    op.create_table(
        "bind_attempt",
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_bind_attempt"),
    )
    op.create_index("ix_bind_attempt_chat", "bind_attempt", ["channel", "chat_id", "at"])
    op.create_table(
        "routing_rule",
        sa.Column("rule_no", BIG, nullable=False, autoincrement=False),
        sa.Column("area_code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("hour_from", sa.Integer),
        sa.Column("hour_to", sa.Integer),
        sa.Column("unit_code", sa.Text, nullable=False),
        sa.Column("valid_from", TIME),
        sa.Column("valid_to", TIME),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("rule_no", name="pk_routing_rule"),
        sa.CheckConstraint("hour_from between 0 and 23", name=op.f("ck_routing_rule_hour_from")),
        sa.CheckConstraint("hour_to between 0 and 24", name=op.f("ck_routing_rule_hour_to")),
    )
    op.create_index("ix_routing_rule_area_code", "routing_rule", ["area_code"])
    op.create_table(
        "kv",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_kv"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counter"),
    )


def downgrade() -> None:
    """Drops the tables and what they hold."""
    for table in [
        "counter",
        "lease",
        "kv",
        "routing_rule",
        "bind_attempt",
        "invite",
        "chat",
        "post",
        "person",
        "unit",
        "area",
        "edition",
    ]:
        op.drop_table(table)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """Creates an index of the rows that still matter."""
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
