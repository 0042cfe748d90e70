"""Takes over a roster of tens of thousands: compared in memory, written in bulk."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from models.store.line import Line
from models.store.rows import RosterRow
from models.tables.columns import table
from models.tables.person import Person, Post

PEOPLE, POSTS = table(Person), table(Post)
NAME = "person.name"
POST_COLUMNS = ("person_id", "role", "area_code", "unit_code", "shift")
PostKey = tuple[int, str, str, str | None, str]


Done = Callable[[int], None]
CHUNK = 2_000


async def take_over(line: Line, rows: Sequence[RosterRow], *, complete: bool, done: Done = lambda _: None) -> int:
    """Makes people and posts agree with the roster; of a person named twice the last name counts.

    `done` hears of the rows that were written, some at a time.
    """
    now = line.clock()
    people = {row.staff_no: row for row in rows}
    await _people(line, people, now, done)
    if complete:
        await _end_missing(line, people)
    ids = {r.staff_no: r.person_id for r in await line.rows(select(PEOPLE.c.staff_no, PEOPLE.c.person_id))}
    await _posts(line, rows, ids, now, complete=complete, done=done)
    return len(people)


async def _people(line: Line, wanted: dict[str, RosterRow], now: datetime, done: Done) -> None:
    """Adds people who are new and changes those who are named otherwise; a language once chosen stays."""
    names = (PEOPLE.c.staff_no, PEOPLE.c.name, PEOPLE.c.phone, PEOPLE.c.active)
    known = {row.staff_no: row for row in await line.rows(select(*names))}
    fresh: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for row in wanted.values():
        old = known.get(row.staff_no)
        index = line.keyring.blind(NAME, row.name)
        said = {"staff_no": row.staff_no, "name": row.name, "phone": row.phone, "name_index": index}
        if old is None:
            given = {"language": row.language, "active": True, "on_duty": True, "created_at": now}
            fresh.append(said | given)
        elif (old.name, old.phone, old.active) != (row.name, row.phone, True):
            changed.append({f"b_{name}": value for name, value in said.items()})
    for start in range(0, len(fresh), CHUNK):
        await line.add_many(PEOPLE, fresh[start : start + CHUNK])
        done(len(fresh[start : start + CHUNK]))
    if changed:
        renamed = update(PEOPLE).where(PEOPLE.c.staff_no == bindparam("b_staff_no"))
        bound: dict[str, Any] = {name: bindparam(f"b_{name}") for name in ("name", "phone", "name_index")}
        values = bound | {"active": True}
        await line.run(renamed.values(values), changed)


async def _end_missing(line: Line, wanted: dict[str, RosterRow]) -> None:
    """Ends everybody whom a complete roster does not list."""
    active = await line.column(select(PEOPLE.c.staff_no).where(PEOPLE.c.active))
    gone = [{"b_no": number} for number in active if number not in wanted]
    if gone:
        await line.run(update(PEOPLE).where(PEOPLE.c.staff_no == bindparam("b_no")).values(active=False), gone)


async def _posts(
    line: Line, rows: Sequence[RosterRow], ids: dict[str, int], now: datetime, *, complete: bool, done: Done
) -> None:
    """Adds and ends posts of the people listed; in a complete roster, of everybody."""
    columns = (POSTS.c.post_id, *(POSTS.c[name] for name in POST_COLUMNS))
    held = await line.rows(select(*columns).where(POSTS.c.valid_to.is_(None)))
    listed = {ids[row.staff_no] for row in rows}
    have: dict[PostKey, int] = {
        (row.person_id, row.role, row.area_code, row.unit_code, row.shift): row.post_id
        for row in held
        if complete or row.person_id in listed
    }
    want = dict.fromkeys(_keys(rows, ids))
    fresh = [key for key in want if key not in have]
    over = [{"b_id": post_id} for key, post_id in have.items() if key not in want]
    for start in range(0, len(fresh), CHUNK):
        chunk = fresh[start : start + CHUNK]
        await line.add_many(POSTS, [dict(zip(POST_COLUMNS, key, strict=True)) | {"valid_from": now} for key in chunk])
        done(len(chunk))
    if over:
        await line.run(update(POSTS).where(POSTS.c.post_id == bindparam("b_id")).values(valid_to=now), over)


def _keys(rows: Iterable[RosterRow], ids: dict[str, int]) -> Iterable[PostKey]:
    for row in rows:
        yield ids[row.staff_no], str(row.role), row.area_code, row.unit_code, row.shift
