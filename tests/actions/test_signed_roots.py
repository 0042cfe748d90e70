"""Whoever rewrites history behind a signed root is found out, even when every chain was made to fit again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, select

from actions.anchoring import Anchored, anchor
from actions.duties import anchor_once
from actions.ports import Deps
from actions.replay import replay_all
from actions.roots import Root, RootsBook, RootsError, read_lines, read_public
from actions.verification import Doubt, Wrong, verify
from models.rules import commands as c
from models.rules.catalogue import Catalogue
from models.rules.roles import Role
from models.store import Store, chain
from models.store.rows import RosterRow
from models.tables.case import Case, CaseEvent
from models.tables.columns import table
from tests.cast import LI
from tests.clock import Clock
from tests.make import make_wired
from tests.store.filled import done, on_post, registered
from tests.store.tampering import tamper

FIRST, SECOND = "TJ-2026-000001", "TJ-2026-000002"


@dataclass
class Office:
    """Two cases with a history, signed twice, and the file of roots."""

    deps: Deps
    url: str
    book: RootsBook

    async def doubts(self, lines: list[str] | None = None) -> list[Doubt]:
        """Checks everything that was signed."""
        given = read_lines(self.book.path) if lines is None else lines
        return [found async for found in verify(self.deps, given, self.book.public) if isinstance(found, Doubt)]


@pytest.fixture
async def office(store: Store, clock: Clock, database_url: str, tmp_path: Path, catalogue: Catalogue) -> Office:
    """Registers two cases, signs, goes on with one of them, and signs again."""
    await on_post(store)
    book = RootsBook(tmp_path / "audit" / "roots.jsonl", Ed25519PrivateKey.generate())
    deps = replace(make_wired(store, clock, catalogue), roots=book)
    async with store.begin() as unit:
        row = RosterRow(staff_no="A1", name="管", role=Role.ADMIN, area_code=deps.city.code)
        await unit.people.import_roster([row])
        admin = await unit.people.by_staff_no("A1")
        assert admin is not None
        await unit.people.bind("test", 99, admin.person_id, clock())
    first, _ = await registered(store, clock()), await registered(store, clock())
    first = await done(store, first, c.Note(words="一"), LI, clock.forward(minutes=5))
    assert await anchor(deps) is not None
    await done(store, first, c.Note(words="二"), LI, clock.forward(minutes=5))
    assert await anchor(deps) is not None
    return Office(deps, database_url, book)


async def told(office: Office) -> list[str]:
    """Reads what the admins are told."""
    async with office.deps.store.begin() as unit:
        rows = await unit.messages.claim("test", 9, office.deps.clock(), 30)
    return [row.body["facts"].get("line") or row.body["facts"]["what"] for row in rows]


async def test_what_nobody_touched_is_as_it_was_signed(office: Office) -> None:
    roots = [found async for found in verify(office.deps, read_lines(office.book.path), office.book.public)]

    assert [(r.changed, r.cases, r.events) for r in roots if isinstance(r, Root)] == [(2, 2, 3), (1, 2, 4)]
    assert await office.doubts() == []


@pytest.mark.parametrize(
    ("statements", "wrong", "case_no", "seq"),
    [
        ([f"delete from case_event where case_no = '{FIRST}' and seq = 3"], Wrong.EVENT_GONE, FIRST, 3),
        (
            [
                f"delete from timer where case_no = '{SECOND}'",
                f"delete from report where case_no = '{SECOND}'",
                f"delete from case_event where case_no = '{SECOND}'",
                f"delete from cases where case_no = '{SECOND}'",
            ],
            Wrong.CASE_GONE,
            SECOND,
            1,
        ),
    ],
)
async def test_a_tail_cut_off_and_a_case_removed_are_named(
    office: Office, statements: list[str], wrong: Wrong, case_no: str, seq: int
) -> None:
    await tamper(office.url, *statements)

    found = await office.doubts()
    assert [(one.wrong, one.case_no, one.seq) for one in found] == [(wrong, case_no, seq)]


async def test_a_history_rewritten_with_fitting_hashes_is_found(office: Office) -> None:
    def rewrite(connection: Connection) -> None:
        events, cases = table(CaseEvent), table(Case)
        prev = chain.ORIGIN
        of_case = select(events).where(events.c.case_no == FIRST).order_by(events.c.seq)
        for row in connection.execute(of_case).mappings().all():
            said = dict(row)
            if said["seq"] == 2:
                said["data"] = said["data"] | {"words": "没有这回事"}
            fitting = {"data": said["data"], "prev": prev, "hash": chain.digest(prev, said)}
            where = (events.c.case_no == FIRST) & (events.c.seq == said["seq"])
            connection.execute(events.update().where(where).values(fitting))
            prev = fitting["hash"]
        connection.execute(cases.update().where(cases.c.case_no == FIRST).values(head=prev))

    await tamper(office.url, work=rewrite)

    assert [found.agrees async for found in replay_all(office.deps)] == [True, True]
    found = await office.doubts()
    assert [(one.wrong, one.n, one.case_no, one.seq) for one in found] == [
        (Wrong.EVENT_CHANGED, 1, FIRST, 2),
        (Wrong.EVENT_CHANGED, 2, FIRST, 3),
    ]


async def test_a_list_of_what_was_signed_that_lost_a_case_is_found(office: Office) -> None:
    await tamper(office.url, f"delete from anchor_leaf where case_no = '{SECOND}'")

    assert [(one.wrong, one.n) for one in await office.doubts()] == [(Wrong.LEAVES, 1)]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda lines: [lines[0].replace('"cases":2', '"cases":1'), lines[1]], Wrong.FORGED),
        (lambda lines: lines[1:], Wrong.OUT_OF_ORDER),
        (lambda lines: lines[:1], Wrong.NOT_IN_FILE),
        (lambda lines: lines[::-1], Wrong.OUT_OF_ORDER),
    ],
)
async def test_a_file_of_roots_that_was_changed_is_found(
    office: Office, change: Callable[[list[str]], list[str]], wrong: Wrong
) -> None:
    found = await office.doubts(change(read_lines(office.book.path)))

    assert wrong in {one.wrong for one in found}


async def test_another_key_signed_nothing_here(office: Office) -> None:
    forger = Ed25519PrivateKey.generate().public_key()
    lines = read_lines(office.book.path)

    found = [one async for one in verify(office.deps, lines, forger) if isinstance(one, Doubt)]
    assert [one.wrong for one in found] == [Wrong.FORGED, Wrong.FORGED]


async def test_a_database_older_than_its_roots_is_found_and_not_signed_over(office: Office) -> None:
    await tamper(office.url, "delete from anchor_leaf where anchor_no = 2", "delete from anchor where anchor_no = 2")

    assert Wrong.NOT_IN_DATABASE in {one.wrong for one in await office.doubts()}
    with pytest.raises(RootsError, match="holds 2 roots and the database 1: the database is older than the file"):
        await anchor(office.deps)


async def test_half_a_line_left_by_a_crash_is_finished_before_the_next(office: Office) -> None:
    whole = office.book.path.read_text()
    office.book.path.write_text(whole[:-40])

    signed = await anchor(office.deps)

    assert isinstance(signed, Anchored)
    assert office.book.path.read_text() == f"{whole}{signed.line}\n"
    assert await office.doubts() == []


async def test_a_second_host_writes_the_roots_that_its_own_file_lacks(office: Office, tmp_path: Path) -> None:
    other = replace(office.deps, roots=replace(office.book, path=tmp_path / "other" / "roots.jsonl"))

    await anchor(other)

    assert len(read_lines(tmp_path / "other" / "roots.jsonl")) == 3


async def test_the_root_of_a_day_is_signed_once_and_told_to_the_admins(office: Office) -> None:
    signed = await anchor_once(office.deps, "2026-11-02")

    assert isinstance(signed, Anchored)
    assert (signed.root.n, signed.root.changed) == (3, 0)
    assert await told(office) == [signed.line]
    assert await anchor_once(office.deps, "2026-11-02") is None


async def test_a_file_that_differs_is_told_once_and_nothing_is_signed(office: Office) -> None:
    lines = read_lines(office.book.path)
    office.book.path.write_text("".join(f"{line}\n" for line in [lines[1], lines[0]]))

    fault = await anchor_once(office.deps, "2026-11-02")

    assert isinstance(fault, RootsError)
    assert "root 1 of" in str(fault)
    assert await told(office) == [str(fault)]
    assert await anchor_once(office.deps, "2026-11-02") is None
    assert len(read_lines(office.book.path)) == 2


def test_a_file_that_is_no_key_is_said_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("no key")

    with pytest.raises(RootsError, match="holds no public key"):
        read_public(path)
