"""What a text looks like for comparing: simplified, half-width, lower case, without space between Chinese words.

Maps only the traditional characters that the words of the trade use, so that the rules need no library; whole
texts of any content are converted by `geo.address_words`.
"""

import re
import unicodedata

_TRADITIONAL = ""
_SIMPLIFIED = ""
_MAP = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_SPACE = re.compile(r"(?<![0-9a-z])\s+|\s+(?![0-9a-z])")


def normalise(text: str) -> str:
    """Gives the form of a text in which keywords are looked up."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(_MAP)
    return _SPACE.sub("", plain.replace("\n", ","))
