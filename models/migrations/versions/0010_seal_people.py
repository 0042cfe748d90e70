"""Seal names, telephone numbers, talks and what came in, those that are there already too."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

PAGE = 2_000
NAME = "person.name"
SEALED = (
    ("person", "person_id", "name", False),
    ("person", "person_id", "phone", False),
    ("message", "row_id", "body", False),
    ("draft", "key", "data", False),
    ("inbox", "inbox_id", "body", True),
)
"""Table, key, column, and whether it holds bytes."""


def upgrade() -> None:
    """Seals with the keys that the caller gives; without keys everything stays readable."""
    op.add_column("person", sa.Column("name_index", sa.LargeBinary))
    op.add_column("person", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_index("ix_person_name_index", "person", ["name_index"])
    keyring = _keyring()
    for table, key, column, binary in SEALED:
        purpose = f"{table}.{column}"
        for number, stored in _pages(table, key, column, binary):
            sealed = keyring.seal(purpose, bytes(stored)) if binary else keyring.seal_text(purpose, stored)
            also = {"name_index": keyring.blind(NAME, stored)} if purpose == NAME else {}
            _put(table, key, number, {column: sealed} | also)


def downgrade() -> None:
    """Opens what was sealed."""
    keyring = _keyring()
    for table, key, column, binary in SEALED:
        purpose = f"{table}.{column}"
        for number, stored in _pages(table, key, column, binary):
            opened = keyring.open(purpose, bytes(stored)) if binary else keyring.open_text(purpose, stored)
            _put(table, key, number, {column: opened})
    op.drop_index("ix_person_name_index", "person")
    op.drop_column("person", "erased_at")
    op.drop_column("person", "name_index")


def _keyring() -> Any:
    config = op.get_context().config
    assert config is not None
    return config.attributes["keyring"]


def _pages(table: str, key: str, column: str, binary: bool) -> Iterator[tuple[Any, Any]]:
    """Walks through the values of a column, a page at a time."""
    rows = sa.table(table, sa.column(key), sa.column(column, sa.LargeBinary() if binary else sa.Text()))
    found = sa.select(rows.c[key], rows.c[column]).where(rows.c[column].is_not(None)).order_by(rows.c[key]).limit(PAGE)
    after = None
    while True:
        page = op.get_bind().execute(found if after is None else found.where(rows.c[key] > after)).all()
        yield from ((row[0], row[1]) for row in page)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _put(table: str, key: str, number: Any, values: dict[str, Any]) -> None:
    columns: list[Any] = [sa.column(key)] + [
        sa.column(name, sa.LargeBinary() if isinstance(value, bytes) else sa.Text()) for name, value in values.items()
    ]
    rows = sa.table(table, *columns)
    op.get_bind().execute(rows.update().where(rows.c[key] == number).values(values))
