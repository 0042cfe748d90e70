"""Pictures that tests send: small real JPEGs, each scene different from the others."""

from io import BytesIO

import numpy as np
from PIL import ExifTags, Image


def jpeg(scene: int = 1, size: tuple[int, int] = (320, 240), taken_in: tuple[float, float] | None = None) -> bytes:
    """Draws a scene; the same number is the same picture, byte for byte. `taken_in` is written into its EXIF."""
    blocks = np.random.default_rng(scene).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(blocks).resize(size, Image.Resampling.BILINEAR)
    out = BytesIO()
    exif = Image.Exif()
    if taken_in is not None:
        latitude, longitude = taken_in
        gps = {1: "N", 2: _degrees(latitude), 3: "E", 4: _degrees(longitude)}
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    image.save(out, "JPEG", quality=88, exif=exif)
    return out.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    """Writes degrees as cameras do: degrees, minutes, seconds."""
    minutes = (value % 1) * 60
    return (float(int(value)), float(int(minutes)), round((minutes % 1) * 60, 4))
