"""One hash over many: the root of a Merkle tree as RFC 6962 (section 2.1) builds it, over how far each case has come.

A leaf and a node are hashed differently, so that no list of leaves passes for another.
"""

from collections.abc import Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"


def leaf(case_no: str, seq: int, head: bytes) -> bytes:
    """Hashes the last event of a case, which is known by its own hash."""
    return sha256(LEAF + f"{case_no}\0{seq}\0".encode() + head).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Gives the root of leaves in their order; that of none is the hash of nothing.

    A node without a neighbour is taken up as it is, which makes the same tree as the standard's largest power of two.
    """
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = range(0, len(level) - 1, 2)
        above = [sha256(NODE + level[i] + level[i + 1]).digest() for i in pairs]
        level = above + level[len(level) - len(level) % 2 :]
    return level[0]
