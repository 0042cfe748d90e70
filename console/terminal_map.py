"""A map for a terminal: which areas lie around a place, in letters and colours."""

from collections.abc import Sequence
from itertools import chain
from string import ascii_lowercase
from typing import TYPE_CHECKING

from rich.text import Text

from console import terminal
from console.terminal import out

if TYPE_CHECKING:
    from actions.ports import Deps
    from geo.locate import Placement

COLUMNS, ROWS = 61, 19
"""Both odd: the place is in the middle."""
COLOURS = ("green", "cyan", "yellow", "magenta", "blue", "red")
NOWHERE, HERE = " ", "●"


def draw(deps: "Deps", found: "Placement", what: str = "the place") -> None:
    """Draws the ground around a fix with a legend, which names it; nothing where there is no place."""
    from actions.explain import ground_around

    ground = ground_around(deps, found, COLUMNS, ROWS)
    if ground is None or deps.index is None:
        return
    codes = _by_size(list(chain.from_iterable(ground.rows)))
    letters = {code: ascii_lowercase[i % len(ascii_lowercase)] for i, code in enumerate(codes)}
    colours = {code: COLOURS[i % len(COLOURS)] for i, code in enumerate(codes)}
    for number, row in enumerate(ground.rows):
        line = Text("  ")
        for column, code in enumerate(row):
            if (number, column) == (ROWS // 2, COLUMNS // 2):
                line.append(HERE, style="bold")
            elif code is None:
                line.append(NOWHERE)
            else:
                line.append(letters[code], style=colours[code])
        out.print(line)
    out.print(f"  {HERE} {what}; north is up, {ground.across_m:.0f} m from left to right")
    for code in codes:
        name = terminal.escaped(deps.index.areas[code].name)
        out.print(f"  [{colours[code]}]{letters[code]}[/] {name} {code}")


def _by_size(codes: Sequence[str | None]) -> list[str]:
    """Lists the areas that are in sight, the largest part first."""
    seen = [code for code in codes if code is not None]
    return sorted(set(seen), key=lambda code: (-seen.count(code), code))
