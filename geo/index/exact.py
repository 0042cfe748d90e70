"""On which side of a line is a point? Answered exactly for any doubles, so that no border ever leaks."""

from __future__ import annotations

from typing import Final

# Shewchuk's bound for the rounding of the plain determinant, and room for what underflows.
ERROR_BOUND: Final = 3.3306690738754716e-16
UNDERFLOW: Final = 1e-290


def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Returns 1 if p is left of a→b, -1 if right, 0 if exactly on the line."""
    left = (ax - px) * (by - py)
    right = (ay - py) * (bx - px)
    turn = left - right
    doubt = ERROR_BOUND * (abs(left) + abs(right)) + UNDERFLOW
    if turn > doubt:
        return 1
    if -turn > doubt:
        return -1
    return _side_in_integers(ax, ay, bx, by, px, py)


def _side_in_integers(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """The same determinant over whole numbers: every double is one divided by a power of two."""
    ratios = [value.as_integer_ratio() for value in (ax, ay, bx, by, px, py)]
    scale = max(denominator for _, denominator in ratios)
    iax, iay, ibx, iby, ipx, ipy = (top * (scale // bottom) for top, bottom in ratios)
    turn = (iax - ipx) * (iby - ipy) - (iay - ipy) * (ibx - ipx)
    return (turn > 0) - (turn < 0)
