"""Keep times in bins that merge instead of one by one, and pack each day for the board; all is counted anew."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

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
# One mark an hour and place is enough, for a mark stands for its whole day.
HOUR = "substr(cast({at} as varchar(13)), 1, 13)"
MARK = """
insert into rollup_stale (city_code, district_code, street_code, at)
select city_code, coalesce(district_code, ''), coalesce(street_code, ''), min({at}) from cases
where {at} is not null
group by city_code, coalesce(district_code, ''), coalesce(street_code, ''), {hour}
"""
CLOSED = sa.text("closed_at is not null")
OPEN = sa.text("open > 0")


def upgrade() -> None:
    """Drops what was counted beforehand and marks every day of which anything is known."""
    _table(sa.Column("times", sa.LargeBinary, nullable=False))
    op.create_index("ix_rollup_kind", "rollup", ["kind", "day"])
    op.create_index("ix_rollup_street", "rollup", ["street_code", "day"])
    op.create_index("ix_rollup_open", "rollup", ["day"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "rollup_day",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("times", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_rollup_day"),
    )
    op.create_table(
        "rollup_open",
        sa.Column("row", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_rollup_open"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Already small; unpacking them at every reading would cost more than the disk that it saves.
        for name in ("day alter column body", "day alter column times", "open alter column body"):
            op.execute(f"alter table rollup_{name} set storage external")
    op.create_index(
        "ix_cases_street_closed", "cases", ["street_code", "closed_at"], sqlite_where=CLOSED, postgresql_where=CLOSED
    )
    _mark()


def downgrade() -> None:
    """Goes back to times one by one, which are counted anew as well."""
    op.drop_index("ix_cases_street_closed", "cases")
    op.drop_table("rollup_open")
    op.drop_table("rollup_day")
    _table(sa.Column("minutes", sa.Text, nullable=False))
    _mark()


def _table(times: sa.Column[Any]) -> None:
    """Makes the table of the rollups anew: nothing in it is lost that could not be counted again."""
    op.drop_table("rollup")
    op.create_table(
        "rollup",
        sa.Column("day", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in KEYS),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTS),
        times,
        sa.Column("valid_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("day", *KEYS, name="pk_rollup"),
    )
    wanted = sa.text("valid_until is not null")
    op.create_index("ix_rollup_valid_until", "rollup", ["valid_until"], sqlite_where=wanted, postgresql_where=wanted)


def _mark() -> None:
    op.execute("delete from rollup_stale")
    for at in ("registered_at", "closed_at"):
        op.execute(MARK.format(at=at, hour=HOUR.format(at=at)))
