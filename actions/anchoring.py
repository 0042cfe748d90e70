"""Signs how far every case has come, so that a tail cut off or a case removed later shows outside the database.

Writers of cases never wait for this: it reads what they committed, and covers each case once for every time it
changed between two roots.
"""

import asyncio
from dataclasses import dataclass

from actions.ports import Deps, Unit
from actions.roots import FIRST, Root, RootsBook, RootsError, hash_of, moment, read_line
from models.rules import merkle
from models.store.audit import AnchorRow, Leaf

PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Anchored:
    """A root that was signed now."""

    root: Root
    line: str


async def anchor(deps: Deps) -> Anchored | None:
    """Signs a root over what changed since the last one; None when another process does so right now.

    Raises `RootsError` when the file of roots and the database disagree: then nothing is signed.
    """
    book = _book(deps)
    async with deps.store.read() as unit:
        known = [row.line for row in await unit.audit.anchors()]
        leaves = await _changed(unit)
    await asyncio.to_thread(book.catch_up, known)
    before = read_line(known[-1], book.public).root if known else None
    now = deps.clock()
    root = Root(
        n=len(known) + 1,
        at=moment(now),
        changed=len(leaves),
        cases=(before.cases if before else 0) + sum(leaf.before == 0 for leaf in leaves),
        events=(before.events if before else 0) + sum(leaf.seq - leaf.before for leaf in leaves),
        root=merkle.root([merkle.leaf(leaf.case_no, leaf.seq, leaf.hash) for leaf in leaves]).hex(),
        prev=hash_of(known[-1]) if known else FIRST,
    )
    line = book.sign(root)
    async with deps.store.begin() as unit:
        if not await unit.audit.add(AnchorRow(root.n, now, line), leaves):
            return None
    await asyncio.to_thread(book.catch_up, [*known, line])
    return Anchored(root, line)


def _book(deps: Deps) -> RootsBook:
    if deps.roots is None:
        raise RootsError("this process has no file of roots")
    return deps.roots


async def _changed(unit: Unit) -> list[Leaf]:
    """Reads all cases that changed, in one snapshot."""
    leaves: list[Leaf] = []
    after = ""
    while True:
        page = await unit.audit.changed(after, PAGE)
        leaves += page
        if len(page) < PAGE:
            # Not in the order of the database: its idea of order is not everybody's.
            return sorted(leaves, key=lambda leaf: leaf.case_no)
        after = page[-1].case_no
