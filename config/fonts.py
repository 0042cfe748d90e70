"""Which font of this machine has Chinese signs: one answer for pictures, printed pages and the doctor."""

from functools import cache
from typing import NamedTuple

from PIL import ImageFont

NAMES = ("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "wqy-microhei.ttc", "msyh.ttc")
"""Files that are looked for, in this order, where the system keeps its fonts."""
FACES = {"zh_CN": "Noto Sans CJK SC", "zh_TW": "Noto Sans CJK TC", "en": "Noto Sans CJK SC"}
"""Which face of a collection draws the signs as the language's readers know them."""
MOST_FACES = 12


class NoFontError(Exception):
    """No font of this machine has Chinese signs; the message says what to install."""

    def __init__(self) -> None:
        super().__init__("no font with Chinese signs is installed; on Debian: apt install fonts-noto-cjk")


class Face(NamedTuple):
    """A font file, and which face of it."""

    path: str
    number: int


@cache
def path() -> str | None:
    """Finds the file of a font with Chinese signs, or none."""
    for name in NAMES:
        try:
            return str(ImageFont.truetype(name, 12).path)
        except OSError:
            continue
    return None


@cache
def face(language: str) -> Face:
    """Finds the face of that font for a language; raises `NoFontError`."""
    file = path()
    if file is None:
        raise NoFontError
    wanted = FACES.get(language, "")
    for number in range(MOST_FACES):
        try:
            family = ImageFont.truetype(file, 12, index=number).getname()[0]
        except OSError:
            break
        if family == wanted:
            return Face(file, number)
    return Face(file, 0)
