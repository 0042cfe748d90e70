"""Pictures that tests send: small real JPEGs, each scene different from the others."""

from io import BytesIO

import numpy as np
from PIL import Image


def jpeg(scene: int = 1, size: tuple[int, int] = (320, 240)) -> bytes:
    """Draws a scene; the same number is the same picture, byte for byte."""
    blocks = np.random.default_rng(scene).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    image = Image.fromarray(blocks).resize(size, Image.Resampling.BILINEAR)
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
