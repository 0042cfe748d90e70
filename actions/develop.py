"""Turns a stranger's bytes into a picture that is safe to keep. Runs only in the darkroom's child process.

Formats are an allow-list, pixels are capped before decoding, metadata is read once and dropped.
"""

import hashlib
import io
import warnings
from datetime import UTC, datetime, timedelta, timezone

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from actions.developed import Developed
from models.rules.calendars import SHANGHAI

MAX_BYTES = 20 << 20
"""Telegram serves bots files up to this size (Bot API, getFile)."""
MAX_PIXELS = 60_000_000
LONG_EDGE_PX = 2048
THUMB_EDGE_PX = 480
FORMATS = ("JPEG", "PNG", "WEBP")
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class Unusable(Exception):
    """The bytes are no picture that is kept: too_large, too_many_pixels, broken or not_a_picture."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def develop(data: bytes) -> Developed:
    """Decodes, turns upright, shrinks to 2048 px and encodes as JPEG without metadata; raises `Unusable`."""
    if len(data) > MAX_BYTES:
        raise Unusable("too_large")
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise Unusable("too_many_pixels")
                return _print(data, opened)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError) as fault:
            raise Unusable("too_many_pixels") from fault
        except UnidentifiedImageError as fault:
            raise Unusable("not_a_picture") from fault
        except (OSError, SyntaxError, ValueError, EOFError, OverflowError) as fault:
            raise Unusable("broken") from fault


def _print(data: bytes, opened: Image.Image) -> Developed:
    taken_at, place = _metadata(opened)
    opened.draft("RGB", (LONG_EDGE_PX, LONG_EDGE_PX))
    upright = ImageOps.exif_transpose(opened)
    flat = _flat(upright)
    flat.thumbnail((LONG_EDGE_PX, LONG_EDGE_PX))
    small = flat.copy()
    small.thumbnail((THUMB_EDGE_PX, THUMB_EDGE_PX))
    return Developed(
        data=_jpeg(flat),
        thumb=_jpeg(small),
        mime="image/jpeg",
        width=flat.width,
        height=flat.height,
        sha256=hashlib.sha256(data).hexdigest(),
        phash=difference_hash(flat),
        taken_at=taken_at,
        latitude=place[0] if place else None,
        longitude=place[1] if place else None,
    )


def difference_hash(image: Image.Image) -> str:
    """Gives 512 bits in hex: for each of 16 × 16 squares, whether its right and its lower neighbour are lighter.

    The published difference hash, finer than usual: at 8 × 8 a bicycle that is gone changes fewer bits than a poor
    copy does. The `dhash` package computes it through a call that Pillow has announced to remove, and `ImageHash`
    brings SciPy along for one subtraction.
    """
    side = 16
    grey = image.convert("L").resize((side + 1, side + 1), Image.Resampling.BOX).tobytes()
    squares = [(side + 1) * row + column for row in range(side) for column in range(side)]
    bits = [grey[at + step] > grey[at] for step in (1, side + 1) for at in squares]
    return f"{sum(bit << n for n, bit in enumerate(reversed(bits))):0{len(bits) // 4}x}"


def _flat(image: Image.Image) -> Image.Image:
    """Puts transparency on white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _metadata(image: Image.Image) -> tuple[datetime | None, tuple[float, float] | None]:
    """Reads when and where the camera says it was; damaged metadata counts as none."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError):
        return None, None
    return _taken_at(detail), _place(gps)


def _taken_at(detail: dict[int, object]) -> datetime | None:
    raw = detail.get(ExifTags.Base.DateTimeOriginal)
    try:
        local = datetime.strptime(str(raw), "%Y:%m:%d %H:%M:%S").replace(
            tzinfo=_offset(detail.get(ExifTags.Base.OffsetTimeOriginal))
        )
    except ValueError:
        return None
    return local.astimezone(UTC)


def _offset(raw: object) -> timezone:
    """Reads "+08:00"; cameras that name no offset are taken to show local time."""
    try:
        sign, hours, minutes = str(raw)[0], int(str(raw)[1:3]), int(str(raw)[4:6])
    except (ValueError, IndexError):
        return SHANGHAI
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if sign == "-" else span)


def _place(gps: dict[int, object]) -> tuple[float, float] | None:
    latitude = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), 90)
    longitude = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), 180)
    return (latitude, longitude) if latitude is not None and longitude is not None else None


def _degrees(parts: object, ref: object, bound: float) -> float | None:
    """Reads degrees, minutes and seconds; None when they are not a coordinate."""
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= bound:
        return None
    return -value if str(ref).upper() in ("S", "W") else value
