"""Composes the one picture of a card: photos and map side by side, or before and after. No words in it.

What the halves are is said in the caption, in the reader's language; the rims only help: amber is before, green
is after.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageOps

TILE_PX: Final = 480
_GAP_PX: Final = 8
_RIM_PX: Final = 6
_PAPER: Final = "#ffffff"
BEFORE: Final = "#f5a524"
AFTER: Final = "#17a34a"


def tile(data: bytes, rim: str | None = None) -> Image.Image:
    """Fits a stored picture into a square tile, whole and never cut: the edge may be the evidence."""
    with Image.open(io.BytesIO(data)) as opened:
        photo = ImageOps.contain(opened.convert("RGB"), (TILE_PX - 2 * _RIM_PX, TILE_PX - 2 * _RIM_PX))
    sheet = Image.new("RGB", (TILE_PX, TILE_PX), "#e9e7e1")
    sheet.paste(photo, ((TILE_PX - photo.width) // 2, (TILE_PX - photo.height) // 2))
    if rim is not None:
        ImageDraw.Draw(sheet).rectangle((0, 0, TILE_PX - 1, TILE_PX - 1), outline=rim, width=_RIM_PX)
    return sheet


def beside(tiles: Sequence[Image.Image]) -> bytes:
    """Puts up to four tiles beside each other, two a row, and gives a JPEG."""
    shown = list(tiles[:4])
    columns = min(len(shown), 2)
    lines = (len(shown) + 1) // 2
    sheet = Image.new(
        "RGB",
        (columns * TILE_PX + (columns - 1) * _GAP_PX, lines * TILE_PX + (lines - 1) * _GAP_PX),
        _PAPER,
    )
    for i, one in enumerate(shown):
        sheet.paste(one, ((i % 2) * (TILE_PX + _GAP_PX), (i // 2) * (TILE_PX + _GAP_PX)))
    kept = io.BytesIO()
    sheet.save(kept, "JPEG", quality=82, optimize=True)
    return kept.getvalue()
