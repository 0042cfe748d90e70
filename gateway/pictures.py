"""Is this a picture, and in which sizes do bots and phones get it?

A JPEG that is not over-large is kept as it came, so that a bot can still read the time and place the
camera wrote into it; what that bot shows to others is the bot's affair. Real Telegram strips them.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

PHOTO_LIMIT_BYTES = 10 << 20
# Telegram refuses a photo whose sides add up to more; its own apps shrink what a camera gives them first.
BOT_SIDES_LIMIT_PX = 10_000
PHONE_SIDES_LIMIT_PX = 20_000
_ASPECT_LIMIT = 20
_LARGEST_SIDE_PX = 2560
_SMALLER_SIDES_PX = (320, 800)
_READABLE = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
# Only JPEG can be decoded at a fraction of its size; anything else is unpacked whole into memory.
_WHOLE_LIMIT_PX = 25_000_000
_ORIENTATION = 0x0112
_TURNED = (5, 6, 7, 8)


class NotAPicture(Exception):
    """The bytes are no picture that can be decoded."""


class WrongDimensions(Exception):
    """The picture is too large or too narrow to be a photo."""


@dataclass(frozen=True, slots=True)
class Size:
    """One rendering of a photo."""

    content: bytes
    width: int
    height: int


def sizes_of(content: bytes, sides_limit_px: int = BOT_SIDES_LIMIT_PX) -> list[Size]:
    """Makes the JPEG renderings of a photo, the smallest first; blocks, so call it in a thread.

    Raises NotAPicture or WrongDimensions (width and height together above `sides_limit_px`).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_READABLE) as picture:
                _check_dimensions(picture, sides_limit_px)
                return _render(picture, content)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture from error


def _is_jpeg(picture: Image.Image) -> bool:
    return picture.format in {"JPEG", "MPO"}


def _check_dimensions(picture: Image.Image, sides_limit_px: int) -> None:
    width, height = picture.size
    if width + height > sides_limit_px or max(width, height) > _ASPECT_LIMIT * min(width, height):
        raise WrongDimensions
    if not _is_jpeg(picture) and width * height > _WHOLE_LIMIT_PX:
        raise WrongDimensions


def _render(picture: Image.Image, content: bytes) -> list[Size]:
    exif = picture.getexif()
    size = picture.size[::-1] if exif.get(_ORIENTATION) in _TURNED else picture.size
    longest_px = max(size)
    kept = _is_jpeg(picture) and longest_px <= _LARGEST_SIDE_PX
    needed_px = min(longest_px, _SMALLER_SIDES_PX[-1] if kept else _LARGEST_SIDE_PX)
    picture.draft("RGB", (needed_px, needed_px))
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    sizes = [_scaled(upright, side_px) for side_px in _SMALLER_SIDES_PX if side_px < longest_px]
    if kept:
        return [*sizes, Size(content, *size)]
    exif.pop(_ORIENTATION, None)
    return [*sizes, _scaled(upright, needed_px, quality=87, exif=exif if _is_jpeg(picture) else None)]


def _scaled(upright: Image.Image, side_px: int, quality: int = 80, exif: Image.Exif | None = None) -> Size:
    scaled = ImageOps.contain(upright, (side_px, side_px))
    out = io.BytesIO()
    scaled.save(out, "JPEG", quality=quality, exif=exif if exif is not None else Image.Exif())
    return Size(out.getvalue(), *scaled.size)
