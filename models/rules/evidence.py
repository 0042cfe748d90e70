"""Whether two pictures are the same picture."""

from collections.abc import Iterable

from models.rules.facts import Picture

SAME_PICTURE_BITS = 16
"""Perceptual hashes (512-bit difference hash) that differ in at most this many bits are one picture, made smaller or
encoded anew. Measured on copies of photo-like pictures at 15 % to 100 % of the size and JPEG quality 30 to 88: at most
14 bits; a bicycle taken out of the very same frame: 33; a second photo from the hand, 1 % off: 95."""
TELLING_BITS = 24
"""A hash with fewer bits set, or fewer unset, shows a plain surface (a dark night) and tells nothing."""


def same(one: Picture, other: Picture) -> bool:
    """Tells whether both are the same picture, byte for byte or after re-encoding."""
    if one.sha256 == other.sha256:
        return True
    if not one.phash or not other.phash:
        return False
    first, second = int(one.phash, 16), int(other.phash, 16)
    width = 4 * len(one.phash)
    if not TELLING_BITS <= first.bit_count() <= width - TELLING_BITS:
        return False
    return (first ^ second).bit_count() <= SAME_PICTURE_BITS


def repeats(after: Iterable[Picture], before: Iterable[Picture]) -> Picture | None:
    """Finds an after-picture that is one of the before-pictures."""
    seen = tuple(before)
    return next((a for a in after if any(same(a, b) for b in seen)), None)
