"""Lay the changes of cases in the order of their commits; a trigger notes each."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INTO = "insert into case_change (case_no, from_version, version)"
PG_FUNCTION = f"""
create function note_case_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        {INTO} values (new.case_no, 0, new.version);
    else
        {INTO} values (new.case_no, old.version, new.version);
    end if;
    return null;
end
$$
"""


def upgrade() -> None:
    """Creates the table and the triggers; what was before is no news."""
    op.create_table(
        "case_change",
        sa.Column("change_id", BIG, nullable=False),
        sa.Column("no", BIG),
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("from_version", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="pk_case_change"),
    )
    op.create_index("uq_case_change_no", "case_change", ["no"], unique=True)
    waiting = sa.text("no is null")
    op.create_index(
        "ix_case_change_waiting", "case_change", ["change_id"], sqlite_where=waiting, postgresql_where=waiting
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(PG_FUNCTION)
        op.execute(
            "create trigger cases_note_change after insert or update of version on cases "
            "for each row execute function note_case_change()"
        )
        return
    op.execute(
        f"create trigger cases_note_change_insert after insert on cases begin {INTO} "
        "values (new.case_no, 0, new.version); end"
    )
    op.execute(
        f"create trigger cases_note_change_update after update of version on cases begin {INTO} "
        "values (new.case_no, old.version, new.version); end"
    )


def downgrade() -> None:
    """Drops the triggers and the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger cases_note_change on cases")
        op.execute("drop function note_case_change()")
    else:
        op.execute("drop trigger cases_note_change_insert")
        op.execute("drop trigger cases_note_change_update")
    op.drop_table("case_change")
