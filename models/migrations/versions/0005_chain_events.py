"""Tie the events of each case to each other by hashes, those that are there already too."""

import json
from collections.abc import Iterator
from datetime import UTC
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
PAGE = 2_000
ORIGIN = bytes(32)
COLUMNS = ("case_no", "seq", "tag", "at", "actor_id", "channel", "data")
EVENTS = sa.table(
    "case_event",
    sa.column("case_no", sa.Text),
    sa.column("seq", sa.Integer),
    sa.column("tag", sa.Text),
    sa.column("at", TIME),
    sa.column("actor_id", sa.BigInteger),
    sa.column("channel", sa.Text),
    sa.column("data", sa.Text),
    sa.column("prev", sa.LargeBinary),
    sa.column("hash", sa.LargeBinary),
)
CASES = sa.table("cases", sa.column("case_no", sa.Text), sa.column("head", sa.LargeBinary))


def upgrade() -> None:
    """Adds the hashes to every event and the last one to its case."""
    op.add_column("cases", sa.Column("head", sa.LargeBinary))
    if op.get_bind().dialect.name == "postgresql":
        _chain_in_place()
    else:
        _chain_anew()


def downgrade() -> None:
    """Drops the hashes."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column("case_event", "hash")
        op.drop_column("case_event", "prev")
    else:
        op.rename_table("case_event", "case_event_chained")
        _create([])
        op.execute(f"insert into case_event select {', '.join(COLUMNS)} from case_event_chained")
        op.drop_table("case_event_chained")
        _indices_and_triggers()
    op.drop_column("cases", "head")


def _chain_in_place() -> None:
    """Fills new columns; for as long as that takes, this transaction alone may change events."""
    bind = op.get_bind()
    op.add_column("case_event", sa.Column("prev", sa.LargeBinary))
    op.add_column("case_event", sa.Column("hash", sa.LargeBinary))
    op.execute("drop trigger case_event_append_only on case_event")
    changed = EVENTS.update().where(EVENTS.c.case_no == sa.bindparam("b_no"), EVENTS.c.seq == sa.bindparam("b_seq"))
    for rows in _chained():
        bind.execute(
            changed, [{"b_no": r["case_no"], "b_seq": r["seq"], "prev": r["prev"], "hash": r["hash"]} for r in rows]
        )
        _note_heads(rows)
    op.execute(
        "create trigger case_event_append_only before update or delete on case_event "
        "for each row execute function refuse_change()"
    )
    op.alter_column("case_event", "prev", nullable=False)
    op.alter_column("case_event", "hash", nullable=False)


def _chain_anew() -> None:
    """Copies the events into a new table: SQLite cannot add a column that must not be empty."""
    op.rename_table("case_event", "case_event_loose")
    _create([sa.Column("prev", sa.LargeBinary, nullable=False), sa.Column("hash", sa.LargeBinary, nullable=False)])
    for rows in _chained("case_event_loose"):
        op.get_bind().execute(EVENTS.insert(), rows)
        _note_heads(rows)
    op.drop_table("case_event_loose")
    _indices_and_triggers()


def _chained(table: str = "case_event") -> Iterator[list[dict[str, Any]]]:
    """Walks through all events, a page at a time, with the hashes that each must have."""
    names = [sa.column(c.name, c.type) for c in EVENTS.c if c.name in COLUMNS]
    found = sa.select(*names).select_from(sa.table(table))
    case_no, seq = names[0], names[1]
    after, prev = ("", 0), ORIGIN
    while True:
        later = sa.tuple_(case_no, seq) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        page = op.get_bind().execute(found.where(later).order_by(case_no, seq).limit(PAGE)).mappings().all()
        if not page:
            return
        rows = []
        for row in page:
            prev = prev if row["case_no"] == after[0] else ORIGIN
            rows.append({**row, "prev": prev, "hash": _digest(prev, row)})
            after, prev = (row["case_no"], row["seq"]), rows[-1]["hash"]
        yield rows


def _digest(prev: bytes, row: Any) -> bytes:
    at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [row["case_no"], row["seq"], row["tag"], moment, row["actor_id"], row["channel"], json.loads(row["data"])]
    text = json.dumps(said, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return sha256(prev + text.encode()).digest()


def _note_heads(rows: list[dict[str, Any]]) -> None:
    heads = {row["case_no"]: row["hash"] for row in rows}
    noted = CASES.update().where(CASES.c.case_no == sa.bindparam("b_no"))
    op.get_bind().execute(noted, [{"b_no": number, "head": head} for number, head in heads.items()])


def _create(hashes: list[sa.Column[bytes]]) -> None:
    op.create_table(
        "case_event",
        sa.Column("case_no", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", BIG),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        *hashes,
        sa.PrimaryKeyConstraint("case_no", "seq", name="pk_case_event"),
        sa.ForeignKeyConstraint(["case_no"], ["cases.case_no"], name="fk_case_event_case_no"),
    )


def _indices_and_triggers() -> None:
    """Makes what went with the old table."""
    op.create_index("ix_case_event_actor_id", "case_event", ["actor_id"])
    op.create_index("ix_case_event_at", "case_event", ["at"])
    for verb in ("update", "delete"):
        op.execute(
            f"create trigger case_event_no_{verb} before {verb} on case_event "
            "begin select raise(abort, 'events are only ever added'); end"
        )
