"""Keep events and reports in parts by month on PostgreSQL, with every key as unique as before."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
MONTH = 10**9
AHEAD = 3
REFUSALS = (
    "create trigger case_event_no_update before update on case_event "
    "begin select raise(abort, 'events are only ever added'); end",
    "create trigger case_event_no_delete before delete on case_event "
    "begin select raise(abort, 'events are only ever added'); end",
)
PG_REFUSAL = (
    "create trigger case_event_append_only before update or delete on case_event "
    "for each row execute function refuse_change()"
)
REGISTERED = "(select c.registered_at from cases c where c.case_no = case_event.case_no)"


def upgrade() -> None:
    """Gives events the month of their case and reports the month in their number; rows that are there stay."""
    op.create_index("uq_cases_registered", "cases", ["case_no", "registered_at"], unique=True)
    op.create_table(
        "report_origin",
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("update_id", BIG, nullable=False),
        sa.Column("report_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("channel", "update_id", name="pk_report_origin"),
    )
    op.execute("insert into report_origin select channel, update_id, report_id from report")
    op.drop_index("uq_report_update", "report")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("create schema parts")
        _part_events()
        _part_reports()
        return
    for verb in ("update", "delete"):
        op.execute(f"drop trigger case_event_no_{verb}")
    op.add_column("case_event", sa.Column("registered_at", TIME))
    op.execute(f"update case_event set registered_at = {REGISTERED}")
    with op.batch_alter_table("case_event", recreate="always") as events:
        events.alter_column("registered_at", existing_type=TIME, nullable=False)
        events.drop_constraint("fk_case_event_case_no", type_="foreignkey")
        events.drop_constraint("pk_case_event", type_="primary")
        events.create_foreign_key(
            "fk_case_event_case_no", "cases", ["case_no", "registered_at"], ["case_no", "registered_at"]
        )
        events.create_primary_key("pk_case_event", ["case_no", "seq", "registered_at"])
    for statement in REFUSALS:
        op.execute(statement)


def _part_events() -> None:
    """Makes what is there the first part of a table that is kept by the month of registration."""
    op.execute("drop trigger case_event_append_only on case_event")
    op.execute("alter table case_event add column registered_at timestamptz")
    op.execute(f"update case_event set registered_at = {REGISTERED}")
    # What is checked when the transaction ends would stand in the way of the next change of the table.
    op.execute("set constraints all immediate")
    op.execute("alter table case_event alter column registered_at set not null")
    _take_apart("case_event", ("fk_case_event_case_no",), ("ix_case_event_at", "ix_case_event_actor_id"))
    _lay("case_event", "registered_at", "case_no, seq, registered_at")
    op.execute(
        "alter table case_event add constraint fk_case_event_case_no "
        "foreign key (case_no, registered_at) references cases (case_no, registered_at)"
    )
    op.create_index("ix_case_event_at", "case_event", ["at"])
    op.create_index("ix_case_event_actor_id", "case_event", ["actor_id"])
    latest = op.get_bind().execute(sa.text("select max(registered_at) from cases")).scalar()
    first = _month_after(max(datetime.now(UTC), latest or datetime.min.replace(tzinfo=UTC)))
    months = [_month_after(first, n) for n in range(AHEAD + 1)]
    _make("case_event", [f"'{month:%Y-%m-%d} 00:00:00+00'" for month in months], months)
    op.execute(PG_REFUSAL)


def _part_reports() -> None:
    """Makes what is there the first part of a table whose numbers begin with their month from now on."""
    op.drop_constraint("fk_report_media_report_id", "report_media")
    indices = ("ix_report_case_no", "ix_report_person_id", "ix_report_street_code")
    _take_apart("report", ("fk_report_case_no", "fk_report_person_id"), indices)
    _lay("report", "report_id", "report_id")
    op.execute("alter sequence parts.report_report_id_seq owned by none")
    op.execute("alter sequence parts.report_report_id_seq set schema public")
    op.execute("alter sequence report_report_id_seq owned by report.report_id")
    op.create_foreign_key("fk_report_person_id", "report", "person", ["person_id"], ["person_id"])
    op.create_foreign_key(
        "fk_report_case_no", "report", "cases", ["case_no"], ["case_no"], deferrable=True, initially="DEFERRED"
    )
    op.create_index("ix_report_case_no", "report", ["case_no"])
    op.create_index("ix_report_person_id", "report", ["person_id", "report_id"])
    op.create_index("ix_report_street_code", "report", ["street_code", "created_at"])
    first = _month_after(datetime.now(UTC), 0)
    latest = op.get_bind().execute(sa.text("select max(report_id) from parts.report_earlier")).scalar() or 0
    if latest >= _number(first):  # the table was kept in parts before, and put together again
        first = _month_after(datetime(latest // MONTH // 100, latest // MONTH % 100, 1, tzinfo=UTC))
    months = [_month_after(first, n) for n in range(AHEAD + 1)]
    _make("report", [str(_number(month)) for month in months], months)
    op.create_foreign_key("fk_report_media_report_id", "report_media", "report", ["report_id"], ["report_id"])


def _number(month: datetime) -> int:
    return (month.year * 100 + month.month) * MONTH


def _take_apart(table: str, keys: tuple[str, ...], indices: tuple[str, ...]) -> None:
    """Frees the names of a table and sets it aside as the part of what came earlier."""
    for name in (*keys, f"pk_{table}"):
        op.execute(f"alter table {table} drop constraint {name}")
    for name in indices:
        op.execute(f"drop index {name}")
    op.execute(f"alter table {table} set schema parts")
    op.execute(f"alter table parts.{table} rename to {table}_earlier")


def _lay(table: str, by: str, key: str) -> None:
    """Lays the table anew, alike but kept in parts."""
    like = f"like parts.{table}_earlier including defaults including constraints"
    op.execute(f"create table {table} ({like}) partition by range ({by})")
    op.execute(f"alter table {table} add constraint pk_{table} primary key ({key})")


def _make(table: str, bounds: list[str], months: list[datetime]) -> None:
    """Attaches what came earlier, makes the months ahead, and a last part that takes whatever fits in none."""
    op.execute(
        f"alter table {table} attach partition parts.{table}_earlier for values from (minvalue) to ({bounds[0]})"
    )
    for month, low, high in zip(months, bounds, bounds[1:], strict=False):
        name = f"parts.{table}_{month:%Y_%m}"
        op.execute(f"create table {name} partition of {table} for values from ({low}) to ({high})")
    op.execute(f"create table parts.{table}_rest partition of {table} default")


def _month_after(moment: datetime, n: int = 1) -> datetime:
    """Gives the first day of the n-th month after."""
    years, month = divmod(moment.month - 1 + n, 12)
    return datetime(moment.year + years, month + 1, 1, tzinfo=UTC)


def downgrade() -> None:
    """Puts the parts together again."""
    if op.get_bind().dialect.name == "postgresql":
        _join("case_event", "case_no, seq")
        op.execute("alter table case_event drop column registered_at")
        op.create_foreign_key("fk_case_event_case_no", "case_event", "cases", ["case_no"], ["case_no"])
        op.create_index("ix_case_event_at", "case_event", ["at"])
        op.create_index("ix_case_event_actor_id", "case_event", ["actor_id"])
        op.execute(PG_REFUSAL)
        op.drop_constraint("fk_report_media_report_id", "report_media")
        op.execute("alter sequence report_report_id_seq owned by none")
        _join("report", "report_id")
        op.execute("alter sequence report_report_id_seq owned by report.report_id")
        op.create_foreign_key("fk_report_person_id", "report", "person", ["person_id"], ["person_id"])
        op.create_foreign_key(
            "fk_report_case_no", "report", "cases", ["case_no"], ["case_no"], deferrable=True, initially="DEFERRED"
        )
        op.create_index("ix_report_case_no", "report", ["case_no"])
        op.create_index("ix_report_person_id", "report", ["person_id", "report_id"])
        op.create_index("ix_report_street_code", "report", ["street_code", "created_at"])
        op.create_foreign_key("fk_report_media_report_id", "report_media", "report", ["report_id"], ["report_id"])
        op.execute("drop schema parts cascade")
    else:
        for verb in ("update", "delete"):
            op.execute(f"drop trigger case_event_no_{verb}")
        with op.batch_alter_table("case_event", recreate="always") as events:
            events.drop_constraint("fk_case_event_case_no", type_="foreignkey")
            events.drop_constraint("pk_case_event", type_="primary")
            events.create_primary_key("pk_case_event", ["case_no", "seq"])
            events.create_foreign_key("fk_case_event_case_no", "cases", ["case_no"], ["case_no"])
            events.drop_column("registered_at")
        for statement in REFUSALS:
            op.execute(statement)
    op.create_index("uq_report_update", "report", ["channel", "update_id"], unique=True)
    op.drop_table("report_origin")
    op.drop_index("uq_cases_registered", "cases")


def _join(table: str, key: str) -> None:
    """Copies every row into one plain table of the same name."""
    op.execute(f"create table joined (like {table} including defaults including constraints)")
    op.execute(f"insert into joined select * from {table}")
    op.execute(f"drop table {table}")
    op.execute(f"alter table joined rename to {table}")
    op.execute(f"alter table {table} add constraint pk_{table} primary key ({key})")
