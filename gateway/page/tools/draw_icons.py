"""Draws the PNG icons that phones want beside icon.svg. Run it once after the drawing changed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

ICONS = Path(__file__).resolve().parent.parent / "icons"
#: Drawn this much larger and then reduced: Pillow does not smooth edges itself.
OVERSAMPLING = 4
UNITS = 512
TOP, BOTTOM = (22, 160, 119), (10, 106, 85)
WHITE, HOLE, AMBER = (255, 255, 255), (11, 114, 89), (255, 194, 74)


def _ground(size: int) -> Image.Image:
    column = Image.new("RGB", (1, size))
    for y in range(size):
        share = y / (size - 1)
        column.putpixel((0, y), tuple(round(a + (b - a) * share) for a, b in zip(TOP, BOTTOM, strict=True)))
    return column.resize((size, size))


def _whistle(picture: Image.Image, scale: float, inset: float) -> None:
    pen = ImageDraw.Draw(picture)

    def at(*numbers: float) -> list[float]:
        return [inset + number * scale for number in numbers]

    def disc(x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        pen.ellipse(at(x - radius, y - radius, x + radius, y + radius), fill=colour)

    disc(206, 304, 108, WHITE)
    pen.rectangle(at(206, 196, 300, 282), fill=WHITE)
    pen.rounded_rectangle(at(260, 196, 392, 282), radius=20 * scale, fill=WHITE)
    disc(206, 304, 50, HOLE)
    disc(226, 322, 24, AMBER)
    for start_x, start_y, end_x, end_y in ((318, 146, 332, 102), (382, 158, 414, 124), (424, 208, 468, 194)):
        pen.line(at(start_x, start_y, end_x, end_y), fill=AMBER, width=round(22 * scale))
        disc(start_x, start_y, 11, AMBER)
        disc(end_x, end_y, 11, AMBER)


def draw(size: int, *, maskable: bool) -> Image.Image:
    """Returns the icon; a maskable one fills the square and keeps the drawing inside the safe circle."""
    large = size * OVERSAMPLING
    picture = _ground(large)
    share = 0.78 if maskable else 1.0
    _whistle(picture, large / UNITS * share, large * (1 - share) / 2)
    if not maskable:
        mask = Image.new("L", (large, large), 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, large - 1, large - 1), radius=large * 116 / UNITS, fill=255)
        picture.putalpha(mask)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    draw(192, maskable=False).save(ICONS / "icon-192.png", optimize=True)
    draw(512, maskable=False).save(ICONS / "icon-512.png", optimize=True)
    draw(512, maskable=True).save(ICONS / "icon-maskable-512.png", optimize=True)
    # Phones that round the corners themselves want a full square.
    draw(180, maskable=True).convert("RGB").save(ICONS / "icon-180.png", optimize=True)
