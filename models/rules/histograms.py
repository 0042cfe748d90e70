"""How long things took, kept as counts in bins that widen with the time, so that medians of many sets merge. Pure.

Sixteen bins to a doubling: whatever is read from a bin lies within `WORST` of what was measured.
"""

import math
from collections.abc import Sequence

from models.rules.measures import Spread

STEPS = 16
"""Bins to each doubling of the time."""
DOUBLINGS = 21
"""Two million minutes, four years; what took longer counts as that."""
N_BINS = 1 + STEPS * DOUBLINGS
WORST = 2 ** (1 / (2 * STEPS)) - 1
"""The largest relative error of a time of a minute or more: 2.2 %, by the choice of the middle of a bin."""


def bin_of(minutes: float) -> int:
    """Gives the bin of a time; everything below a minute is in the first."""
    if minutes < 1:
        return 0
    return min(N_BINS - 1, 1 + int(math.log2(minutes) * STEPS))


def value_of(number: int) -> float:
    """Gives the minutes that stand for a bin: its middle as ratios go."""
    return 0.5 if number == 0 else float(2 ** ((number - 0.5) / STEPS))


VALUES: tuple[float, ...] = tuple(value_of(number) for number in range(N_BINS))


def spread_of(bins: Sequence[int]) -> Spread:
    """Gives median and 90th percentile by the rules of `measures.spread`, each within `WORST` of the exact one."""
    n = sum(bins)
    if n == 0:
        return Spread(0, None, None)
    low, high, ninth = (_at(bins, rank) for rank in ((n + 1) // 2, n // 2 + 1, -(-9 * n // 10)))
    return Spread(n, (low + high) / 2, ninth)


def _at(bins: Sequence[int], rank: int) -> float:
    """Gives the time of that rank, counted from one."""
    seen = 0
    for number, n in enumerate(bins):
        seen += n
        if seen >= rank:
            return VALUES[number]
    raise ValueError(f"no rank {rank}")
