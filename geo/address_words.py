"""Which words do the names of areas end in, and how is a text brought to one script and one width?

Only words of the language live here. A name of any place is data and never belongs in this file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

from geo.address_sounds import plain_letters

LONGEST_NAME = 24
"""Characters; nothing longer is looked up, and the few longer official names have shorter forms."""

STREET_SUFFIXES = ("街道办事处", "地区办事处", "民族乡", "街道", "地区", "镇", "乡")
DISTRICT_SUFFIXES = ("自治县", "新区", "区", "县", "市", "旗")
COMMITTEE = re.compile(
    r"(?:农工商联合公司)?[（(]?"
    r"(?:村委会|社区居民委员会|社区居委会|村民委员会|居民委员会|居委会|(?<=[街村])委员会)[)）]?$"
)
GENERIC_COMMUNITY = re.compile(r"(?:虚拟社区|虚拟生活区|生活区|社区|小区|村)$")
ROAD_END = re.compile(r"(?:[路道街巷桥线]|胡同|大堤)$")

_CHINESE_NUMERAL = re.compile(r"[一二三四五六七八九十]+")
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", start=1)}
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FFF
_SPACE = re.compile(r"\s+")
_MARKED_LATIN = re.compile(r"[\u00c0-\u024f]")


@cache
def _simplified() -> dict[int, str]:
    # One converted alphabet and str.translate cost 1 µs a text; OpenCC's own convert costs 85 µs.
    alphabet = [chr(point) for point in range(_FIRST_HAN, _LAST_HAN + 1)]
    converted = opencc.OpenCC("t2s").convert("\n".join(alphabet)).split("\n")
    return {ord(old): new for old, new in zip(alphabet, converted, strict=True) if old != new}


def normalise(text: str) -> str:
    """Returns text in simplified script, half-width, lower case, without spaces and tone marks."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if _MARKED_LATIN.search(plain):
        plain = plain_letters(plain)
    return _SPACE.sub("", plain.translate(_simplified()))


def arabic_numerals(name: str) -> str:
    """Returns a name with its Chinese numerals (below 100) written as digits."""
    return _CHINESE_NUMERAL.sub(lambda found: str(_number(found[0])), name)


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
