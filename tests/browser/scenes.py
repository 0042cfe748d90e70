"""Photographs of a story, drawn: the landing of an old block of flats, with cartons in the way and without them.

They are good enough to be looked at, and differ as a before and an after of one place do.
"""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = tuple[int, int, int]

WIDTH, HEIGHT = 1200, 900
#: Drawn twice as large and taken down, which smooths every edge.
FINE = 2
VANISHING: Point = (0.46, 0.36)
CARDBOARD: tuple[Colour, ...] = ((187, 146, 98), (172, 131, 86), (198, 160, 112), (160, 122, 80))
#: Left edge, foot, width and height of each carton as shares of the picture, the farthest first.
CARTONS: tuple[tuple[float, float, float, float], ...] = (
    (0.37, 0.66, 0.10, 0.12),
    (0.36, 0.54, 0.11, 0.11),
    (0.46, 0.67, 0.09, 0.10),
    (0.26, 0.76, 0.15, 0.16),
    (0.27, 0.60, 0.13, 0.14),
    (0.43, 0.78, 0.13, 0.15),
    (0.44, 0.63, 0.11, 0.10),
    (0.14, 0.92, 0.20, 0.22),
    (0.15, 0.70, 0.17, 0.17),
    (0.36, 0.95, 0.18, 0.19),
    (0.38, 0.76, 0.14, 0.12),
)


@cache
def landing(*, n_cartons: int = len(CARTONS), seed: int = 1) -> bytes:
    """Draws the landing with so many cartons as a JPEG; the seed moves the hand and the light a little."""
    chance = np.random.default_rng(seed)
    picture = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), (214, 212, 203))
    _walls(picture)
    _window(picture)
    _stairs(picture)
    _door(picture)
    for left, foot, width, height in CARTONS[:n_cartons]:
        colour = CARDBOARD[int(chance.integers(len(CARDBOARD)))]
        _carton(picture, (left, foot), width, height, colour)
    return _developed(picture, chance, brightness=1.0 + 0.1 * (seed % 2))


def _at(point: Point) -> Point:
    return point[0] * WIDTH * FINE, point[1] * HEIGHT * FINE


def _quad(picture: Image.Image, colour: Colour, *points: Point) -> None:
    ImageDraw.Draw(picture).polygon([_at(point) for point in points], fill=colour)


def _line(picture: Image.Image, colour: Colour, width: int, *points: Point) -> None:
    ImageDraw.Draw(picture).line([_at(point) for point in points], fill=colour, width=width * FINE, joint="curve")


def _shade(colour: Colour, share: float) -> Colour:
    red, green, blue = (min(255, round(part * share)) for part in colour)
    return red, green, blue


def _walls(picture: Image.Image) -> None:
    """Three walls, white above and green oil paint below, a ceiling and a terrazzo floor."""
    white, green, floor = (222, 219, 208), (137, 171, 150), (150, 148, 142)
    _quad(picture, _shade(white, 0.9), (0, 0), (1, 0), (0.72, 0.12), (0.24, 0.12))
    _quad(picture, floor, (0, 1), (1, 1), (0.72, 0.62), (0.24, 0.62))
    _quad(picture, white, (0.24, 0.12), (0.72, 0.12), (0.72, 0.62), (0.24, 0.62))
    _quad(picture, green, (0.24, 0.42), (0.72, 0.42), (0.72, 0.62), (0.24, 0.62))
    _quad(picture, _shade(white, 0.93), (0, 0), (0.24, 0.12), (0.24, 0.62), (0, 1))
    _quad(picture, _shade(green, 0.9), (0, 0.56), (0.24, 0.42), (0.24, 0.62), (0, 1))
    _quad(picture, _shade(white, 0.82), (1, 0), (0.72, 0.12), (0.72, 0.62), (1, 1))
    _quad(picture, _shade(green, 0.78), (1, 0.58), (0.72, 0.42), (0.72, 0.62), (1, 1))
    _line(picture, (70, 96, 84), 3, (0, 0.56), (0.24, 0.42), (0.72, 0.42), (1, 0.58))
    _line(picture, (104, 100, 94), 7, (0, 0.985), (0.24, 0.612), (0.72, 0.612), (1, 0.985))
    for n in range(1, 7):
        across = 0.24 + 0.08 * (n - 1)
        _line(picture, (136, 134, 128), 1, (across, 0.62), ((across - VANISHING[0]) * 2.3 + VANISHING[0], 1))
    for down in (0.66, 0.73, 0.84):
        _line(picture, (138, 136, 130), 1, (0, down), (1, down))
    # The floor ends at the walls: what was drawn beyond them is painted over.
    _quad(picture, _shade(green, 0.9), (0, 0.64), (0.24, 0.5), (0.24, 0.605), (0, 0.97))
    _quad(picture, _shade(green, 0.78), (1, 0.64), (0.72, 0.5), (0.72, 0.605), (1, 0.97))


def _window(picture: Image.Image) -> None:
    """A steel window on the back wall, the sky too bright behind it."""
    _quad(picture, (122, 128, 126), (0.30, 0.16), (0.46, 0.16), (0.46, 0.38), (0.30, 0.38))
    for left in (0.307, 0.386):
        _quad(picture, (242, 248, 252), (left, 0.17), (left + 0.067, 0.17), (left + 0.067, 0.37), (left, 0.37))
        _quad(picture, (196, 214, 206), (left, 0.30), (left + 0.067, 0.27), (left + 0.067, 0.37), (left, 0.37))
    _quad(picture, (232, 229, 220), (0.29, 0.38), (0.47, 0.38), (0.475, 0.395), (0.285, 0.395))


def _stairs(picture: Image.Image) -> None:
    """Eleven steps up to the right, with an iron rail."""
    n_steps = 11
    for n in reversed(range(n_steps)):
        near, rise = n / n_steps, 0.036
        left, foot = 0.55 + 0.02 * near, 0.66 - n * rise
        right = 0.80 - 0.05 * near
        top = foot - rise
        _quad(picture, _shade((158, 156, 150), 1 - 0.25 * near), (left, top), (right, top), (right, foot), (left, foot))
        _quad(
            picture,
            _shade((190, 188, 180), 1 - 0.2 * near),
            (left, top),
            (right, top),
            (right, top + 0.011),
            (left, top + 0.011),
        )
    _quad(picture, (120, 142, 130), (0.80, 0.66), (0.75, 0.265), (0.76, 0.25), (0.84, 0.72))
    for n in range(n_steps):
        foot = 0.655 - n * 0.036
        _line(picture, (52, 58, 60), 3, (0.553 + 0.0018 * n, foot), (0.553 + 0.0018 * n, foot - 0.17))
    _line(picture, (112, 66, 42), 9, (0.548, 0.49), (0.578, 0.11))


def _door(picture: Image.Image) -> None:
    """A steel door of a flat on the left wall, with a red 福 hung upside down, as one does, and a meter box."""
    _quad(picture, (88, 62, 48), (0.05, 0.30), (0.165, 0.27), (0.165, 0.735), (0.05, 0.915))
    _quad(picture, (112, 80, 60), (0.06, 0.325), (0.157, 0.297), (0.157, 0.72), (0.06, 0.875))
    for top, foot in ((0.35, 0.52), (0.60, 0.78)):
        _quad(picture, (98, 69, 52), (0.073, top), (0.145, top - 0.02), (0.145, foot - 0.035), (0.073, foot))
    _quad(picture, (196, 44, 36), (0.109, 0.38), (0.134, 0.428), (0.109, 0.492), (0.084, 0.436))
    _quad(picture, (228, 182, 92), (0.109, 0.415), (0.119, 0.432), (0.109, 0.457), (0.099, 0.438))
    _quad(picture, (206, 198, 172), (0.149, 0.50), (0.155, 0.499), (0.155, 0.545), (0.149, 0.548))
    _quad(picture, (172, 176, 174), (0.55, 0.19), (0.535, 0.19), (0.535, 0.27), (0.55, 0.27))
    _quad(picture, (186, 190, 188), (0.485, 0.19), (0.535, 0.19), (0.535, 0.27), (0.485, 0.27))


def _carton(picture: Image.Image, corner: Point, width: float, height: float, colour: Colour) -> None:
    """A carton whose front stands at the corner, with its top and right side going to the vanishing point."""
    left, foot = corner
    right, top, depth = left + width, foot - height, 0.17

    def back(point: Point) -> Point:
        return point[0] + (VANISHING[0] - point[0]) * depth, point[1] + (VANISHING[1] - point[1]) * depth

    _shadow(picture, left, right, foot)
    _quad(picture, _shade(colour, 0.62), (right, top), back((right, top)), back((right, foot)), (right, foot))
    _quad(picture, _shade(colour, 0.62), (left, top), back((left, top)), back((left, foot)), (left, foot))
    _quad(picture, _shade(colour, 1.16), (left, top), (right, top), back((right, top)), back((left, top)))
    _quad(picture, colour, (left, top), (right, top), (right, foot), (left, foot))
    middle = left + width * 0.5
    tape = _shade(colour, 1.22)
    _quad(
        picture,
        _shade(tape, 1.05),
        (middle - 0.01, top),
        (middle + 0.01, top),
        back((middle + 0.01, top)),
        back((middle - 0.01, top)),
    )
    _quad(
        picture,
        tape,
        (middle - 0.01, top),
        (middle + 0.01, top),
        (middle + 0.01, top + height * 0.24),
        (middle - 0.01, top + height * 0.24),
    )
    _line(picture, _shade(colour, 0.72), 1, (left, top), (right, top), (right, foot), (left, foot), (left, top))
    ink = _shade(colour, 0.55)
    for n, share in enumerate((0.5, 0.34, 0.42)):
        down = foot - height * (0.34 - 0.09 * n)
        _line(picture, ink, 3, (left + width * 0.12, down), (left + width * (0.12 + share * 0.6), down))
    _line(picture, ink, 3, (right - width * 0.22, foot - height * 0.12), (right - width * 0.22, foot - height * 0.36))
    _line(
        picture,
        ink,
        3,
        (right - width * 0.27, foot - height * 0.28),
        (right - width * 0.22, foot - height * 0.37),
        (right - width * 0.17, foot - height * 0.28),
    )


def _shadow(picture: Image.Image, left: float, right: float, foot: float) -> None:
    """Darkens the floor around the foot of a carton."""
    x_0, y_0 = map(round, _at((max(0.0, left - 0.08), foot - 0.12)))
    x_1, y_1 = map(round, _at((min(1.0, right + 0.1), min(1.0, foot + 0.08))))
    dark = Image.new("L", (x_1 - x_0, y_1 - y_0), 255)
    corners = (
        (left - 0.02, foot + 0.012),
        (right + 0.035, foot + 0.012),
        (right + 0.03, foot - 0.06),
        (left, foot - 0.06),
    )
    ImageDraw.Draw(dark).polygon([(x - x_0, y - y_0) for x, y in map(_at, corners)], fill=150)
    soft = dark.filter(ImageFilter.GaussianBlur(14 * FINE))
    floor = picture.crop((x_0, y_0, x_1, y_1))
    picture.paste(ImageChops.multiply(floor, Image.merge("RGB", (soft, soft, soft))), (x_0, y_0))


def _developed(picture: Image.Image, chance: np.random.Generator, *, brightness: float) -> bytes:
    """Makes a photograph of a drawing: light from the window, a dark rim, grain, a hand that is not quite still."""
    small = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    turned = small.rotate(float(chance.uniform(-1.2, 1.2)), Image.Resampling.BICUBIC, expand=False)
    inset = 30
    framed = turned.crop((inset, inset, WIDTH - inset, HEIGHT - inset)).resize(
        (WIDTH, HEIGHT), Image.Resampling.BICUBIC
    )
    light = np.asarray(framed.filter(ImageFilter.GaussianBlur(0.8)), dtype=np.float32)
    down, across = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    glow = np.exp(-(((across - 0.38) / 0.28) ** 2 + ((down - 0.28) / 0.42) ** 2))
    rim = 1 - 0.42 * np.clip(np.hypot(across - 0.5, down - 0.5) - 0.25, 0, 1)
    light = light * (0.80 + 0.34 * glow)[..., None] * rim[..., None] * brightness
    light *= np.array([1.02, 1.0, 0.95], dtype=np.float32)
    mottle = chance.normal(0, 1, (HEIGHT // 6, WIDTH // 6)).astype(np.float32)
    coarse = np.asarray(Image.fromarray(mottle).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    light += coarse[..., None] * 1.6 + chance.normal(0, 3.2, (HEIGHT, WIDTH, 1))
    out = io.BytesIO()
    Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=84)
    return out.getvalue()
