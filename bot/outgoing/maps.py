"""Draws a small plain map around a case: the areas' outlines, the streets' names, the pin, a scale.

Pillow and not a chart library: one picture takes some milliseconds and no second process. Knows no boundaries:
the outlines come in WGS-84 degrees, longitude first.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from PIL import Image, ImageDraw, ImageFont

from config import fonts

Ring = Sequence[tuple[float, float]]


class Outline(Protocol):
    """An area as it is drawn."""

    @property
    def name(self) -> str:
        """Gives the area's name."""

    @property
    def level(self) -> str:
        """Gives the area's level: only streets are named and drawn strongly."""

    @property
    def rings(self) -> Sequence[Ring]:
        """Gives the closed lines of its border."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the ground a picture shows."""

    latitude: float
    longitude: float
    half_m: float
    pixels: int

    @property
    def metre_px(self) -> float:
        """Gives how many pixels a metre is."""
        return self.pixels / (2 * self.half_m)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Turns degrees into pixels; over a few kilometres the earth is flat."""
        east = (longitude - self.longitude) * _DEGREE_M * math.cos(math.radians(self.latitude))
        north = (latitude - self.latitude) * _DEGREE_M
        middle = self.pixels / 2
        return middle + east * self.metre_px, middle - north * self.metre_px


HALF_M: Final = 900.0
"""Half the side of what a map shows: far enough to recognise the neighbourhood."""
_DEGREE_M: Final = 111_195.0
_SCALE: Final = 2
"""Drawn at this multiple and shrunk, since Pillow's lines have hard edges."""
_GROUND, _STREET, _COMMUNITY = "#f4f1ea", "#8a8f98", "#d5d2ca"
_HERE, _NAME, _PIN, _RIM, _SHADE = "#fbe7c6", "#5b6068", "#d92d20", "#ffffff", "#cfc0a0"
_ROUND_M: Final = (100, 200, 250, 500, 1000, 2000)


def draw(
    latitude: float,
    longitude: float,
    outlines: Sequence[Outline],
    *,
    pixels: int = 480,
    half_m: float = HALF_M,
    note: str = "",
) -> Image.Image:
    """Draws the map; without outlines only the pin and the scale remain. `note` says what the borders are not."""
    frame = Frame(latitude, longitude, half_m, pixels * _SCALE)
    image = Image.new("RGB", (frame.pixels, frame.pixels), _GROUND)
    pen = ImageDraw.Draw(image)
    streets = [o for o in outlines if o.level == "street"]
    finer = [o for o in outlines if o.level in ("community", "grid")]
    for street in streets:
        if any(_inside(longitude, latitude, ring) for ring in street.rings):
            _fill(pen, frame, street)
    for area in finer:
        _trace(pen, frame, area, _COMMUNITY, 2)
    for street in streets:
        _trace(pen, frame, street, _STREET, 4)
    for street in streets:
        _name(pen, frame, street)
    _pin(pen, frame)
    _rule(pen, frame)
    _note(pen, frame, note)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def png(image: Image.Image) -> bytes:
    """Gives the bytes of a PNG."""
    kept = io.BytesIO()
    image.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _line(frame: Frame, ring: Ring) -> list[tuple[float, float]]:
    return [frame.at(longitude, latitude) for longitude, latitude in ring]


def _fill(pen: ImageDraw.ImageDraw, frame: Frame, area: Outline) -> None:
    for ring in area.rings:
        if len(ring) > 2:
            pen.polygon(_line(frame, ring), fill=_HERE)


def _trace(pen: ImageDraw.ImageDraw, frame: Frame, area: Outline, colour: str, width: int) -> None:
    for ring in area.rings:
        if len(ring) > 1:
            pen.line(_line(frame, ring), fill=colour, width=width, joint="curve")


def _name(pen: ImageDraw.ImageDraw, frame: Frame, area: Outline) -> None:
    """Writes a street's name within what is seen of it; without a font the map stays mute."""
    font = font_of(13 * _SCALE)
    seen = [spot for ring in area.rings for spot in _spots(frame, _line(frame, ring))]
    if font is None or not seen:
        return
    middle_x = sum(x for x, _ in seen) / len(seen)
    middle_y = sum(y for _, y in seen) / len(seen)
    x, y = min(seen, key=lambda spot: math.hypot(spot[0] - middle_x, spot[1] - middle_y))
    half, room = font.getlength(area.name) / 2, 8 * _SCALE
    x = min(max(x, half + room), frame.pixels - half - room)
    if abs(x - frame.pixels / 2) < half + 2 * room and abs(y - frame.pixels / 2 + 3 * room) < 4 * room:
        y = frame.pixels / 2 + 4 * room
    pen.text((x, y), area.name, fill=_NAME, font=font, anchor="mm", stroke_width=3, stroke_fill=_GROUND)


def _spots(frame: Frame, line: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Lists points of a coarse lattice that lie within a ring and not at the very edge of the picture."""
    step = frame.pixels / 14
    lattice = ((step * (i + 1), step * (j + 1)) for i in range(13) for j in range(12))
    return [(x, y) for x, y in lattice if _inside(x, y, line)]


def _pin(pen: ImageDraw.ImageDraw, frame: Frame) -> None:
    """Draws a drop whose tip is the place."""
    x = y = frame.pixels / 2
    r = 13 * _SCALE
    top = y - 2.4 * r
    pen.ellipse((x - r / 2, y - r / 6, x + r / 2, y + r / 6), fill=_SHADE)
    pen.polygon([(x - 0.86 * r, top + 0.5 * r), (x + 0.86 * r, top + 0.5 * r), (x, y)], fill=_PIN)
    pen.ellipse((x - r, top - r, x + r, top + r), fill=_PIN)
    pen.ellipse((x - 0.4 * r, top - 0.4 * r, x + 0.4 * r, top + 0.4 * r), fill=_RIM)


def _rule(pen: ImageDraw.ImageDraw, frame: Frame) -> None:
    """Draws a scale of a round length, about a quarter of the picture."""
    length_m = max((m for m in _ROUND_M if m <= frame.half_m / 2), default=_ROUND_M[0])
    width = length_m * frame.metre_px
    x, y = 12 * _SCALE, frame.pixels - 14 * _SCALE
    tick = 4 * _SCALE
    pen.line([(x, y - tick), (x, y), (x + width, y), (x + width, y - tick)], fill=_NAME, width=_SCALE)
    font = font_of(11 * _SCALE)
    if font is not None:
        said = f"{length_m} m" if length_m < 1000 else f"{length_m // 1000} km"
        pen.text((x + width / 2, y - 2), said, fill=_NAME, font=font, anchor="mb")


def _note(pen: ImageDraw.ImageDraw, frame: Frame, said: str) -> None:
    """Writes a note into the lower right corner; signs that no font has are left out with it."""
    font = font_of(10 * _SCALE)
    if said and font is not None:
        at = (frame.pixels - 10 * _SCALE, frame.pixels - 10 * _SCALE)
        pen.text(at, said, fill=_NAME, font=font, anchor="rs", stroke_width=3, stroke_fill=_GROUND)


@cache
def font_of(size: int) -> ImageFont.FreeTypeFont | None:
    """Finds a font of the system that has Chinese signs, or none."""
    file = fonts.path()
    return ImageFont.truetype(file, size) if file is not None else None


def _inside(x: float, y: float, ring: Ring) -> bool:
    """Tells whether a point lies within a ring, by counting the sides to its right."""
    odd = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd
