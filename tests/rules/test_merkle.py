"""The root over all cases is that of RFC 6962, and no two lists share one."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from models.rules.merkle import leaf, root

leaves = st.lists(st.binary(min_size=32, max_size=32), max_size=20)


def standard(level: list[bytes]) -> bytes:
    """Builds the root as the standard words it: split at the largest power of two below the number."""
    if len(level) <= 1:
        return level[0] if level else sha256(b"").digest()
    k = 1 << (len(level) - 1).bit_length() - 1
    return sha256(b"\x01" + standard(level[:k]) + standard(level[k:])).digest()


@given(leaves)
def test_the_root_is_that_of_the_standard(level: list[bytes]) -> None:
    assert root(level) == standard(level)


def test_a_leaf_tells_cases_versions_and_heads_apart() -> None:
    head = bytes(32)
    made = {leaf("A-1", 1, head), leaf("A-1", 11, head), leaf("A-11", 1, head), leaf("A-1", 1, b"\1" * 32)}

    assert len(made) == 4
