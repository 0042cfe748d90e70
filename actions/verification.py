"""Is what the database holds what was signed? Names the first root, case and event that is not; changes nothing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from actions.ports import Deps
from actions.roots import FIRST, Root, Signed, read_line
from models.rules import merkle
from models.store.audit import Witness

PAGE = 2_000


class Wrong(StrEnum):
    """What is wrong with a root or with what it covers."""

    FORGED = "forged"
    OUT_OF_ORDER = "out_of_order"
    NOT_IN_DATABASE = "not_in_database"
    OTHER_IN_DATABASE = "other_in_database"
    NOT_IN_FILE = "not_in_file"
    LEAVES = "leaves"
    CASE_GONE = "case_gone"
    EVENT_GONE = "event_gone"
    EVENT_CHANGED = "event_changed"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that is not as it was signed; `n` is the root that shows it."""

    wrong: Wrong
    n: int
    at: str = ""
    case_no: str = ""
    seq: int = 0


async def verify(deps: Deps, lines: Sequence[str], key: Ed25519PublicKey) -> AsyncIterator[Doubt | Root]:
    """Checks every root of a file, then what it covers: gives each doubt, and each root that was looked at.

    The file may be an older copy than the database's own; raises `RootsError` for what is no file of roots.
    """
    async with deps.store.read() as unit:
        held = {row.anchor_no: row.line for row in await unit.audit.anchors()}
    prev = FIRST
    for number, line in enumerate(lines, start=1):
        signed = read_line(line, key)
        for wrong in _line_faults(signed, number, prev, held.get(number)):
            yield Doubt(wrong, number, signed.root.at)
        async for doubt in _covered(deps, signed.root):
            yield doubt
        prev = signed.hash
        yield signed.root
    for number in sorted(held.keys() - set(range(1, len(lines) + 1))):
        yield Doubt(Wrong.NOT_IN_FILE, number)


def _line_faults(signed: Signed, number: int, prev: str, held: str | None) -> list[Wrong]:
    """Lists what is wrong with a line by itself, after the one before, and beside the database's own copy."""
    faults = []
    if not signed.good:
        faults.append(Wrong.FORGED)
    if signed.root.n != number or signed.root.prev != prev:
        faults.append(Wrong.OUT_OF_ORDER)
    if held is None:
        faults.append(Wrong.NOT_IN_DATABASE)
    elif held != signed.line:
        faults.append(Wrong.OTHER_IN_DATABASE)
    return faults


async def _covered(deps: Deps, root: Root) -> AsyncIterator[Doubt]:
    """Looks whether the cases that a root covers had come as far as it says."""
    hashes: dict[str, bytes] = {}
    after = ""
    while True:
        async with deps.store.read() as unit:
            page = await unit.audit.witnesses(root.n, after, PAGE)
        for witness in page:
            leaf = witness.leaf
            hashes[leaf.case_no] = merkle.leaf(leaf.case_no, leaf.seq, leaf.hash)
            wrong = _missing(witness)
            if wrong is not None:
                yield Doubt(wrong, root.n, root.at, leaf.case_no, leaf.seq)
        if len(page) < PAGE:
            break
        after = page[-1].leaf.case_no
    if len(hashes) != root.changed or merkle.root([hashes[case_no] for case_no in sorted(hashes)]).hex() != root.root:
        yield Doubt(Wrong.LEAVES, root.n, root.at)


def _missing(witness: Witness) -> Wrong | None:
    if witness.found == witness.leaf.hash:
        return None
    if not witness.case_is_there:
        return Wrong.CASE_GONE
    return Wrong.EVENT_GONE if witness.found is None else Wrong.EVENT_CHANGED
