"""Lay figures counted beforehand, and let every change of a case mark which of them are no longer true."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
KEYS = ("city_code", "district_code", "street_code", "kind", "urgency")
COUNTS = (
    "registered",
    "dispatched",
    "cleared",
    "open",
    "overdue",
    "suspended",
    "voided",
    "merged",
    "returned",
    "reworked",
    "reopened",
    "handled",
    "verified",
    "ever_cleared",
    "fell_due",
    "cleared_on_time",
    "signed_in_limit",
    "never_returned",
    "first_passed",
    "n_dispatches",
    "n_returns",
    "unplaced",
    "n_cleared_on_day",
)
INTO = "insert into rollup_stale (city_code, district_code, street_code, at)"
PLACE = "{row}.city_code, coalesce({row}.district_code, ''), coalesce({row}.street_code, '')"
REGISTERED = f"select {PLACE}, {{row}}.registered_at"
CLOSED = f"select {PLACE}, {{row}}.closed_at where {{row}}.closed_at is not null"
# A union drops what is the same before and after: most changes leave one mark.
MARKS = " union ".join(part.format(row=row) for row in ("new", "old") for part in (REGISTERED, CLOSED))
FIRST_MARKS = " union ".join(part.format(row="new") for part in (REGISTERED, CLOSED))
PG_FUNCTION = f"""
create function mark_rollups_stale() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        {INTO} {FIRST_MARKS};
    else
        {INTO} {MARKS};
    end if;
    return null;
end
$$
"""


def upgrade() -> None:
    """Creates the tables and the trigger, and marks the days of the cases that are there already."""
    op.create_table(
        "rollup",
        sa.Column("day", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in KEYS),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
        sa.Column("minutes", sa.Text, nullable=False),
        sa.Column("valid_until", TIME),
        sa.PrimaryKeyConstraint("day", *KEYS, name="pk_rollup"),
    )
    wanted = sa.text("valid_until is not null")
    op.create_index("ix_rollup_valid_until", "rollup", ["valid_until"], sqlite_where=wanted, postgresql_where=wanted)
    op.create_table(
        "rollup_stale",
        sa.Column("stale_id", BIG, nullable=False),
        sa.Column("city_code", sa.Text, nullable=False),
        sa.Column("district_code", sa.Text, nullable=False),
        sa.Column("street_code", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("stale_id", name="pk_rollup_stale"),
    )
    place = PLACE.format(row="cases")
    op.execute(f"{INTO} select {place}, registered_at from cases")
    op.execute(f"{INTO} select {place}, closed_at from cases where closed_at is not null")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(PG_FUNCTION)
        op.execute(
            "create trigger cases_mark_rollups after insert or update of version on cases "
            "for each row execute function mark_rollups_stale()"
        )
        return
    op.execute(f"create trigger cases_mark_rollups_insert after insert on cases begin {INTO} {FIRST_MARKS}; end")
    op.execute(f"create trigger cases_mark_rollups_update after update of version on cases begin {INTO} {MARKS}; end")


def downgrade() -> None:
    """Drops the trigger and the tables; nothing is lost that could not be counted anew."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger cases_mark_rollups on cases")
        op.execute("drop function mark_rollups_stale()")
    else:
        op.execute("drop trigger cases_mark_rollups_insert")
        op.execute("drop trigger cases_mark_rollups_update")
    op.drop_table("rollup_stale")
    op.drop_table("rollup")
