"""Is this a picture, and in which sizes do bots and phones get it?

A JPEG that is not over-large is kept as it came, so that a bot can still read the time and place the
camera wrote into it; what that bot shows to others is the bot's affair. Real Telegram strips them.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

PHOTO_LIMIT_BYTES = 10 << 20
_SIDES_LIMIT_PX = 10_000
_ASPECT_LIMIT = 20
_LARGEST_SIDE_PX = 2560
_SMALLER_SIDES_PX = (320, 800)
_READABLE = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


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


def sizes_of(content: bytes) -> list[Size]:
    """Makes the JPEG renderings of a photo, the smallest first; blocks, so call it in a thread."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_READABLE) as picture:
                _check_dimensions(picture)
                return _render(picture, content)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture from error


def _check_dimensions(picture: Image.Image) -> None:
    width, height = picture.size
    if width + height > _SIDES_LIMIT_PX or max(width, height) > _ASPECT_LIMIT * min(width, height):
        raise WrongDimensions


def _render(picture: Image.Image, content: bytes) -> list[Size]:
    is_jpeg = picture.format == "JPEG"
    exif = picture.getexif().tobytes() if is_jpeg else b""
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    longest = max(upright.size)
    sizes = [_scaled(upright, side) for side in _SMALLER_SIDES_PX if side < longest]
    if is_jpeg and longest <= _LARGEST_SIDE_PX:
        sizes.append(Size(content, *upright.size))
    else:
        sizes.append(_scaled(upright, min(longest, _LARGEST_SIDE_PX), quality=87, exif=_upright(exif)))
    return sizes


def _scaled(upright: Image.Image, side_px: int, quality: int = 80, exif: bytes = b"") -> Size:
    copy = upright.copy()
    copy.thumbnail((side_px, side_px))
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=quality, exif=exif)
    return Size(out.getvalue(), *copy.size)


def _upright(exif: bytes) -> bytes:
    """Keeps what the camera wrote but for the orientation, which has been applied to the pixels."""
    if not exif:
        return b""
    tags = Image.Exif()
    tags.load(exif)
    tags.pop(0x0112, None)
    return tags.tobytes()
