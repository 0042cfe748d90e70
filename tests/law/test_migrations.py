"""The schema's history holds: it can be walked both ways, ends at the models, and keeps what is stored."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, ForeignKeyConstraint, Inspector, inspect, text
from sqlalchemy.exc import DBAPIError

from models.rules.states import State
from models.store import Store, schema
from models.tables import METADATA
from tests.clock import Clock
from tests.store.filled import on_post, registered

T = TypeVar("T")


def inspected(url: str, work: Callable[[Inspector], T]) -> T:
    """Looks at a database."""
    return schema.on_connection(url, lambda connection: work(inspect(connection)))


def test_there_is_one_head_and_every_step_is_numbered() -> None:
    assert len(ScriptDirectory(str(schema.MIGRATIONS)).get_heads()) == 1
    assert schema.revisions() == [f"{n:04d}" for n in range(1, len(schema.revisions()) + 1)]


def test_every_step_can_be_walked_up_down_and_up_again(empty_url: str) -> None:
    for revision in schema.revisions():
        before = schema.revision_of(empty_url) or "base"
        schema.upgrade(empty_url, revision)
        schema.downgrade(empty_url, before)
        schema.upgrade(empty_url, revision)
    assert schema.at_head(empty_url)
    schema.downgrade(empty_url, "base")
    assert inspected(empty_url, lambda found: found.get_table_names()) == ["alembic_version"]


def test_the_migrated_schema_is_that_of_the_models(empty_url: str) -> None:
    schema.upgrade(empty_url)

    def differences(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_object": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, METADATA))

    assert schema.on_connection(empty_url, differences) == []


def is_ours(item: object, _name: str | None, _kind: str, _reflected: bool, _twin: object) -> bool:
    """Leaves out the keys that PostgreSQL keeps for itself, one to each part of a table that is kept in parts."""
    return not (isinstance(item, ForeignKeyConstraint) and item.elements[0].target_fullname.startswith("parts."))


def test_every_check_and_partial_index_is_that_of_the_models(empty_url: str) -> None:
    """Alembic does not compare these itself."""
    schema.upgrade(empty_url)
    made_by_models = empty_url + "_models" if empty_url.startswith("sqlite") else empty_url
    if made_by_models == empty_url:
        schema.downgrade(empty_url, "base")
        schema.on_connection(empty_url, METADATA.create_all)
        wanted = inspected(empty_url, details)
        schema.on_connection(empty_url, METADATA.drop_all)
        schema.upgrade(empty_url)
    else:
        schema.on_connection(made_by_models, METADATA.create_all)
        wanted = inspected(made_by_models, details)
    assert inspected(empty_url, details) == wanted


def details(found: Inspector) -> dict[str, object]:
    """Gives the checks, the foreign keys and the conditions of indices of every table."""
    tables = sorted(set(found.get_table_names()) - {"alembic_version"})
    return {
        name: {
            "checks": sorted((check["name"] or "", check["sqltext"]) for check in found.get_check_constraints(name)),
            "keys": sorted(
                (key["name"] or "", str(key["options"]))
                for key in found.get_foreign_keys(name)
                if key["referred_schema"] != "parts"
            ),
            "indices": sorted(
                (index["name"] or "", str(sorted((k, str(v)) for k, v in index.get("dialect_options", {}).items())))
                for index in found.get_indexes(name)
            ),
        }
        for name in tables
    }


def test_every_constraint_has_a_name(empty_url: str) -> None:
    schema.upgrade(empty_url)

    def nameless(found: Inspector) -> list[str]:
        tables = [t for t in found.get_table_names() if t != "alembic_version"]
        parts = [
            (table, part["name"])
            for table in tables
            for part in (
                found.get_pk_constraint(table),
                *found.get_foreign_keys(table),
                *found.get_check_constraints(table),
                *found.get_unique_constraints(table),
                *found.get_indexes(table),
            )
        ]
        return [table for table, name in parts if not name]

    assert inspected(empty_url, nameless) == []


def test_the_database_knows_exactly_the_states_of_the_rules(empty_url: str) -> None:
    schema.upgrade(empty_url)
    checks = inspected(empty_url, lambda found: found.get_check_constraints("cases"))
    sql = next(check["sqltext"] for check in checks if check["name"] == "ck_cases_state")
    assert set(re.findall(r"'(\w+)'", sql)) == {str(state) for state in State}


@pytest.mark.parametrize("verb", ["update case_event set tag = 'x'", "delete from case_event"])
async def test_an_event_that_was_written_stays(store: Store, clock: Clock, database_url: str, verb: str) -> None:
    await on_post(store)
    await registered(store, clock())

    def tamper(connection: Connection) -> None:
        connection.execute(text(verb))

    with pytest.raises(DBAPIError, match="events are only ever added"):
        await asyncio.to_thread(schema.on_connection, database_url, tamper)


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(schema.upgrade, [empty_url] * 4))
    assert schema.at_head(empty_url)


def test_a_migration_file_uses_no_code_that_may_change() -> None:
    """A step that imported the models would do something else next year."""
    steps = (schema.MIGRATIONS / "versions").glob("[0-9]*.py")
    assert [path.name for path in steps if "import models" in read(path) or "from models" in read(path)] == []


def read(path: Path) -> str:
    """Reads a source file."""
    return path.read_text(encoding="utf-8")


def test_no_two_locks_of_the_database_share_a_number() -> None:
    """Two that do make strangers wait for each other on PostgreSQL."""
    written = re.compile(r"^([A-Z_]+)(?:: Final)? = (7_743_\d{3})\b", re.MULTILINE)
    models = Path(schema.__file__).parents[1]
    found = [match for path in models.rglob("*.py") for match in written.findall(read(path))]
    assert len(found) > 3
    assert len({number for _, number in found}) == len(found)
