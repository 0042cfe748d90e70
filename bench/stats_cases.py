"""Fills a database with a year of cases of 252 streets by one statement a part, the same ones on both engines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, text

STREETS, KINDS, DAYS = 252, 22, 365
FIRST = datetime(2025, 11, 24, tzinfo=UTC)
NOW = FIRST + timedelta(days=DAYS)
PART = 250_000
KEPT = ("ix_cases_registered_at", "ix_cases_street_code", "ix_cases_closed_at", "ix_cases_open_street")
"""Indexes that the figures use; the others are left out of the bench to spare the disk, for every contestant alike."""
COVERING = "bench_covering"
COVERED = "registered_at, street_code, state, on_time, due_at, cleared_at"
NULL_IF = "case when {given} then {moment} end"


def fill(connection: Connection, n: int, told: Callable[[str], None]) -> None:
    """Writes n cases without the marks of the rollups, and indexes them as the service and as a rival would."""
    postgres = connection.dialect.name == "postgresql"
    moved = _drop(connection, postgres)
    seconds = DAYS * 86_400
    for start in range(0, n, PART):
        connection.execute(
            text(_statement(postgres)),
            {"first": start, "last": min(n, start + PART) - 1, "n": n, "seconds": seconds, "begun": FIRST.timestamp()},
        )
        if start % (PART * 8) == 0:
            told(f"{start:,} of {n:,} cases")
    for index in (*moved, f"create index {COVERING} on cases ({COVERED})"):
        told(index[:70])
        connection.execute(text(index))
    if postgres:
        connection.execute(text("alter table cases enable trigger user"))
        connection.execute(text("alter table cases enable trigger all"))
    connection.execute(text("analyze" if not postgres else "analyze cases"))


def _drop(connection: Connection, postgres: bool) -> list[str]:
    """Drops indexes and triggers of the table; gives how to make those anew that are needed."""
    if postgres:
        connection.execute(text("alter table cases disable trigger all"))
        rows = connection.execute(
            text(
                "select indexname, indexdef from pg_indexes where tablename = 'cases' and indexname not like 'pk%' "
                "and indexname not like 'uq%'"
            )
        )
    else:
        for name in ("insert", "update"):
            connection.execute(text(f"drop trigger if exists cases_mark_rollups_{name}"))
        rows = connection.execute(
            text(
                "select name, sql from sqlite_master where tbl_name = 'cases' and type = 'index' and sql is not null "
                "and name not like 'uq%'"
            )
        )
    found = [(str(name), str(made)) for name, made in rows]
    for name, _ in found:
        connection.execute(text(f"drop index {name}"))
    return [made for name, made in found if name in KEPT or name == "ix_cases_street_closed"]


def _statement(postgres: bool) -> str:
    """Writes the insert: everything about a case follows from its number, whatever the engine."""

    def moment(epoch: str) -> str:
        if postgres:
            return f"to_timestamp({epoch})"
        return f"strftime('%Y-%m-%d %H:%M:%S', {epoch}, 'unixepoch') || '.000000'"

    def chance(salt: int) -> str:
        drawn = f"((i + {salt * 104_729}) * 48271 % 2147483647)"
        return f"(({drawn} * {drawn} % 2147483647) % 1000003 / 1000003.0)"

    numbers = (
        "select cast(g as bigint) as i from generate_series(cast(:first as bigint), cast(:last as bigint)) g"
        if postgres
        else "select :first as i union all select i + 1 from numbers where i < :last"
    )
    false = "false" if postgres else "0"
    whole = "cast(floor({0}) as bigint)" if postgres else "cast({0} as integer)"
    street = whole.format(f"{chance(11)} * {STREETS}")
    return f"""
with recursive numbers as ({numbers}),
drawn as materialized (
    select i, {whole.format(":begun + i * 1.0 * :seconds / :n")} as t0, {street} as s,
        {whole.format(f"{chance(23)} * {KINDS}")} as k, {chance(31)} as u, {chance(41)} as a, {chance(53)} as b,
        {chance(61)} as c, {chance(71)} as fate from numbers
),
timed as materialized (
    select drawn.*, t0 + 60 + {whole.format("1700 * a * a")} as t1,
        t0 + 120 + {whole.format("1700 * a * a + 9000 * b * b * b")} as t2,
        t0 + 1800 + {whole.format("1700 * a * a + 9000 * b * b * b + 500000 * c * c * c")} as t3,
        t0 + 3600 + {whole.format("1700 * a * a + 9000 * b * b * b + 500000 * c * c * c + 60000 * u * u")} as t4,
        t0 + 432000 as due, {whole.format(":begun + :seconds")} as today from drawn
),
told as materialized (
    select timed.*, case when t4 < today and fate < 0.985 then 'cleared' when t4 < today and fate < 0.993 then 'voided'
        when t4 < today then 'suspended' when t3 < today then 'verifying' when t2 < today then 'signed'
        else 'dispatched' end as state from timed
)
insert into cases (case_no, version, state, kind, urgency, grade, city_code, district_code, street_code, placed,
    edition, on_spot, n_reports, n_dispatched, n_returned, n_handled, n_checked, n_rework, n_extensions, n_reopened,
    designated, urged, supervised, escalated, whistled, overdue, on_time, signed_in_limit, registered_at,
    dispatched_at, signed_at, handled_at, checked_at, cleared_at, closed_at, due_at, facts)
select 'B-' || (10000000 + i), 8, state, 'k' || (10 + k),
    case when u < 0.02 then 'U1' when u < 0.1 then 'U2' when u < 0.9 then 'U3' else 'U4' end, 'general', '120000',
    cast(120101 + s / 16 as text), cast(120101001 + (s / 16) * 1000 + s % 16 as text), {false} = {false}, 'e',
    {false}, 1,
    case when b > 0.9 then 2 else 1 end, case when b > 0.9 then 1 else 0 end, case when t3 < today then 1 else 0 end,
    case when t4 < today then 1 else 0 end, case when a > 0.93 then 1 else 0 end, 0,
    case when fate < 0.01 then 1 else 0 end,
    {false}, {false}, {false}, {false}, {false}, state not in ('cleared', 'voided', 'suspended') and due < today,
    case when t3 < today then t3 <= due end, case when t2 < today then t2 - t1 < 7200 end,
    {moment("t0")}, {moment("t1")},
    {NULL_IF.format(given="t2 < today", moment=moment("t2"))},
    {NULL_IF.format(given="t3 < today", moment=moment("t3"))},
    {NULL_IF.format(given="t4 < today", moment=moment("t4"))},
    {NULL_IF.format(given="state = 'cleared'", moment=moment("t4"))},
    {NULL_IF.format(given="state in ('cleared', 'voided')", moment=moment("t4"))}, {moment("due")}, '{{}}'
from told where true
"""
