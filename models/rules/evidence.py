"""Whether two pictures are the same picture."""

from collections.abc import Iterable

from models.rules.facts import Picture

SAME_PICTURE_BITS = 4
"""Perceptual hashes (64-bit difference hash) that differ in at most this many bits are one picture, re-encoded
or resized. Measured by `tests/actions/test_media.py` on re-encoded and on merely similar scenes."""


def same(one: Picture, other: Picture) -> bool:
    """Tells whether both are the same picture, byte for byte or after re-encoding."""
    if one.sha256 == other.sha256:
        return True
    if not one.phash or not other.phash:
        return False
    return (int(one.phash, 16) ^ int(other.phash, 16)).bit_count() <= SAME_PICTURE_BITS


def repeats(after: Iterable[Picture], before: Iterable[Picture]) -> Picture | None:
    """Finds an after-picture that is one of the before-pictures."""
    seen = tuple(before)
    return next((a for a in after if any(same(a, b) for b in seen)), None)
