"""Lay cases with their events, clocks, reports and pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "cases",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("urgency", sa.Text, nullable=False),
        sa.Column("grade", sa.Text, nullable=False),
        sa.Column("city_code", sa.Text, nullable=False),
        sa.Column("district_code", sa.Text),
        sa.Column("street_code", sa.Text),
        sa.Column("community_code", sa.Text),
        sa.Column("grid_code", sa.Text),
        sa.Column("placed", sa.Boolean, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("reporter_id", BIG),
        sa.Column("unit_code", sa.Text),
        sa.Column("holder_id", BIG),
        sa.Column("verifier_id", BIG),
        sa.Column("pending_ask", sa.Text),
        sa.Column("suspended_from", sa.Text),
        sa.Column("review_on", sa.Date),
        sa.Column("merged_into", sa.Text),
        sa.Column("on_spot", sa.Boolean, nullable=False),
        sa.Column("n_reports", sa.Integer, nullable=False),
        sa.Column("n_dispatched", sa.Integer, nullable=False),
        sa.Column("n_returned", sa.Integer, nullable=False),
        sa.Column("n_handled", sa.Integer, nullable=False),
        sa.Column("n_checked", sa.Integer, nullable=False),
        sa.Column("n_rework", sa.Integer, nullable=False),
        sa.Column("n_extensions", sa.Integer, nullable=False),
        sa.Column("n_reopened", sa.Integer, nullable=False),
        sa.Column("designated", sa.Boolean, nullable=False),
        sa.Column("urged", sa.Boolean, nullable=False),
        sa.Column("supervised", sa.Boolean, nullable=False),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("whistled", sa.Boolean, nullable=False),
        sa.Column("overdue", sa.Boolean, nullable=False),
        sa.Column("on_time", sa.Boolean),
        sa.Column("signed_in_limit", sa.Boolean),
        sa.Column("registered_at", TIME, nullable=False),
        sa.Column("dispatched_at", TIME),
        sa.Column("signed_at", TIME),
        sa.Column("arrived_at", TIME),
        sa.Column("handled_at", TIME),
        sa.Column("checked_at", TIME),
        sa.Column("cleared_at", TIME),
        sa.Column("closed_at", TIME),
        sa.Column("due_at", TIME),
        sa.Column("next_at", TIME),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_no", name="pk_cases"),
        sa.ForeignKeyConstraint(["holder_id"], ["person.person_id"], name="fk_cases_holder_id"),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.case_no"], name="fk_cases_merged_into"),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.person_id"], name="fk_cases_reporter_id"),
        sa.ForeignKeyConstraint(["verifier_id"], ["person.person_id"], name="fk_cases_verifier_id"),
        sa.CheckConstraint(
            "(state in ('cleared', 'voided', 'merged')) = (closed_at is not null)", name=op.f("ck_cases_closed")
        ),
        sa.CheckConstraint("grade in ('general', 'major')", name=op.f("ck_cases_grade")),
        sa.CheckConstraint(
            "state in ('registered', 'dispatched', 'signed', 'handling', 'handled', 'verifying', "
            "'cleared', 'returned', 'suspended', 'reopened', 'voided', 'merged')",
            name=op.f("ck_cases_state"),
        ),
        sa.CheckConstraint("urgency in ('U1', 'U2', 'U3', 'U4')", name=op.f("ck_cases_urgency")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cases_version")),
    )
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"])
    op.create_index("ix_cases_district_code", "cases", ["district_code", "registered_at"])
    _partial("ix_cases_open_district", "cases", ["district_code", "state"], "closed_at is null")
    _partial("ix_cases_open_holder", "cases", ["holder_id", "due_at"], "closed_at is null")
    _partial("ix_cases_open_near", "cases", ["kind", "latitude"], "closed_at is null")
    _partial("ix_cases_open_street", "cases", ["street_code", "state"], "closed_at is null")
    _partial("ix_cases_open_unit", "cases", ["unit_code", "due_at"], "closed_at is null")
    _partial("ix_cases_open_verifier", "cases", ["verifier_id"], "closed_at is null")
    op.create_index("ix_cases_registered_at", "cases", ["registered_at"])
    op.create_index("ix_cases_reporter_id", "cases", ["reporter_id", "registered_at"])
    op.create_index("ix_cases_street_code", "cases", ["street_code", "registered_at"])
    op.create_table(
        "case_event",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", BIG),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_no", "seq", name="pk_case_event"),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_case_event_case_no"),
    )
    op.create_index("ix_case_event_actor_id", "case_event", ["actor_id"])
    op.create_index("ix_case_event_at", "case_event", ["at"])
    op.create_table(
        "timer",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("clock", sa.Text, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("working", sa.Boolean, nullable=False),
        sa.Column("next_percent", sa.Integer),
        sa.Column("next_at", TIME),
        sa.Column("stopped_at", TIME),
        sa.Column("paused_at", TIME),
        sa.PrimaryKeyConstraint("case_no", "clock", name="pk_timer"),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_timer_case_no"),
        sa.CheckConstraint(
            "clock in ('dispatching', 'acknowledge', 'returning', 'on_scene', 'done', 'checking', 'review')",
            name=op.f("ck_timer_clock"),
        ),
    )
    _partial("ix_timer_next_at", "timer", ["next_at"], "next_at is not null")
    op.create_table(
        "case_rectifier",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("case_no", "person_id", name="pk_case_rectifier"),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_case_rectifier_case_no"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_case_rectifier_person_id"),
    )
    op.create_index("ix_case_rectifier_person_id", "case_rectifier", ["person_id"])
    op.create_table(
        "report",
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("person_id", BIG),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("case_no", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("phase", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("danger", sa.Text, nullable=False),
        sa.Column("raw_latitude", sa.Float),
        sa.Column("raw_longitude", sa.Float),
        sa.Column("coord_sys", sa.Text),
        sa.Column("accuracy_m", sa.Float),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("street_code", sa.Text),
        sa.Column("address_text", sa.Text),
        sa.Column("place_method", sa.Text, nullable=False),
        sa.Column("place_reason", sa.Text, nullable=False),
        sa.Column("edition", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("report_id", name="pk_report"),
        sa.ForeignKeyConstraint(
            ["case_no"], ["cases.case_no"], name="fk_report_case_no", deferrable=True, initially="DEFERRED"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_report_person_id"),
    )
    op.create_index("ix_report_case_no", "report", ["case_no"])
    op.create_index("ix_report_person_id", "report", ["person_id", "report_id"])
    op.create_index("ix_report_street_code", "report", ["street_code", "created_at"])
    op.create_index("uq_report_update", "report", ["channel", "update_id"], unique=True)
    op.create_table(
        "media",
        sa.Column("media_id", BIG, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("person_id", BIG),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("file_id", sa.Text),
        sa.Column("sha256", sa.Text),
        sa.Column("phash", sa.Text),
        sa.Column("mime", sa.Text),
        sa.Column("n_bytes", BIG),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("taken_at", TIME),
        sa.Column("taken_latitude", sa.Float),
        sa.Column("taken_longitude", sa.Float),
        sa.Column("key", sa.Text),
        sa.Column("refused_why", sa.Text),
        sa.PrimaryKeyConstraint("media_id", name="pk_media"),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_media_person_id"),
        sa.CheckConstraint("status in ('loading', 'ready', 'refused')", name=op.f("ck_media_status")),
    )
    _partial("ix_media_loading", "media", ["media_id"], "status = 'loading'")
    op.create_index("ix_media_sha256", "media", ["sha256", "person_id"])
    op.create_table(
        "report_media",
        sa.Column("report_id", BIG, nullable=False),
        sa.Column("media_id", BIG, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "media_id", "role", name="pk_report_media"),
        sa.ForeignKeyConstraint(["media_id"], ["media.media_id"], name="fk_report_media_media_id"),
        sa.ForeignKeyConstraint(["report_id"], ["report.report_id"], name="fk_report_media_report_id"),
        sa.CheckConstraint("role in ('before', 'after', 'check', 'note')", name=op.f("ck_report_media_role")),
    )
    op.create_index("ix_report_media_media_id", "report_media", ["media_id"])
    op.create_table(
        "evidence",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("media_id", BIG, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("event_seq", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("case_no", "media_id", "role", name="pk_evidence"),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_evidence_case_no"),
        sa.ForeignKeyConstraint(["media_id"], ["media.media_id"], name="fk_evidence_media_id"),
        sa.CheckConstraint("role in ('before', 'after', 'check', 'note')", name=op.f("ck_evidence_role")),
    )
    op.create_index("ix_evidence_media_id", "evidence", ["media_id"])
    _append_only()


def downgrade() -> None:
    """Drops the tables and what they hold."""
    for table in ["evidence", "report_media", "media", "report", "case_rectifier", "timer", "case_event", "cases"]:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop function refuse_change()")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    """Creates an index of the rows that still matter."""
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


PG_TRIGGER = """
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are only ever added';
end
$$
"""


def _append_only() -> None:
    """Lets the database itself refuse to change or remove an event."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(PG_TRIGGER)
        op.execute(
            "create trigger case_event_append_only before update or delete on case_event "
            "for each row execute function refuse_change()"
        )
        return
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger case_event_no_{verb} before {verb} on case_event "
            "begin select raise(abort, 'events are only ever added'); end"
        )
