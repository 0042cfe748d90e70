"""Which amounts with a unit stand in a Chinese text, in digits or in characters (30厘米, 半米, 三十多公分, 3万元).

Knows the grammar of numbers and nothing of fields: `words` and `fields` say what an amount is about.
"""

import re
from dataclasses import dataclass
from functools import cache

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "俩": 2, "仨": 3}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[百千万亿]?"
_HAN = r"[零〇一二两俩三仨四五六七八九十百千万亿半]+(?:点[零〇一二三四五六七八九]+)?"
_NUMBER = rf"(?:{_ARABIC}|{_HAN})"
_ORDINAL_OR_VAGUE = r"(?<![0-9.零〇一二两俩三仨四五六七八九十百千万亿半点几数第])"
_RANGE = r"(?:-|~|–|—|到|至)"
_MORE = r"(?:多|来|余|几)?"
_NOT_A_TAIL = r"(?![楼号层个户间道处级排门单栋点十百千厘公毫平方立\d])"
_NEAR_TENS = re.compile(r"[一二两三四五六七八](?=[二三四五六七八九])")
_SPOKEN_METRE = "米"
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount in a text, counted in its quantity; `word` is the unit as written."""

    start: int
    end: int
    value: float
    word: str


def amounts(text: str, words: tuple[tuple[str, float], ...]) -> tuple[Amount, ...]:
    """Finds the amounts whose unit is one of the words; of a range (20到30厘米) the greater end counts."""
    found = []
    for match in _pattern(tuple(word for word, _ in words)).finditer(text):
        if _endless(match["a"]) or _endless(match["b"] or ""):
            continue
        word = match["unit"]
        value = max(parse(match["a"]), parse(match["b"])) if match["b"] else parse(match["a"])
        if match["tail"] and word == _SPOKEN_METRE:
            value += 0.5 if match["tail"] == "半" else parse(match["tail"]) / 10
        end = match.end("tail") if match["tail"] and word == _SPOKEN_METRE else match.end("unit")
        sign = -1 if match["minus"] else 1
        found.append(Amount(match.start(), end, round(sign * value * dict(words)[word], 4), word))
    return tuple(found)


def bare(text: str) -> float | None:
    """Reads a text that is a number and nothing else; None when it is not."""
    match = re.fullmatch(rf"(?P<minus>零下|负|-)?(?P<a>{_NUMBER})", text)
    if match is None or _endless(match["a"]):
        return None
    # Nobody means a zero below zero.
    return (-1 if match["minus"] else 1) * parse(match["a"]) + 0.0


def _endless(number: str) -> bool:
    """Tells whether a row of digits is too long to count anything, and to be a number for a computer."""
    return len(number) > _LONGEST


def parse(number: str) -> float:
    """Gives the value of a number in digits or characters; 三四十 (thirty or forty) reads as the greater.

    ValueError when it is none, or has more digits than anything that is counted.
    """
    if _endless(number):
        raise ValueError("too many digits")
    try:
        return _value(number)
    except KeyError:
        raise ValueError("digits and characters in one number") from None


def _value(number: str) -> float:
    plain = number.replace(",", "")
    if plain[0].isdigit():
        multiple = (_TENS | _MYRIADS).get(plain[-1])
        return float(plain[:-1]) * multiple if multiple else float(plain)
    whole, _, decimals = plain.partition("点")
    value = _han(_NEAR_TENS.sub(_drop_lesser, whole))
    if decimals:
        value += float("0." + "".join(str(_DIGITS[c]) for c in decimals))
    return value


def _drop_lesser(match: re.Match[str]) -> str:
    """Keeps the second of two neighbouring digits when it is one more (两三户, 三四十厘米)."""
    following = match.string[match.end()]
    return "" if _DIGITS[following] == _DIGITS[match[0]] + 1 else match[0]


def _han(number: str) -> float:
    total, section, digit = 0.0, 0.0, None
    for char in number:
        if char == "半":
            section += 0.5
        elif char in _DIGITS:
            digit = _DIGITS[char] if digit is None else digit * 10 + _DIGITS[char]
        elif char in _TENS:
            section += (1 if digit is None else digit) * _TENS[char]
            digit = None
        else:
            total = (total + section + (digit or 0)) * _MYRIADS[char] if total + section + (digit or 0) else 0
            section, digit = 0.0, None
    return total + section + (digit or 0)


@cache
def _pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    # A Latin unit ends where the word ends: 5min is no length.
    ends = (re.escape(word) + ("(?![a-z0-9])" if word[-1].isascii() else "") for word in units)
    alternatives = "|".join(sorted(ends, key=len, reverse=True))
    return re.compile(
        rf"(?P<minus>零下|负|(?<![\d到至~])-)?{_ORDINAL_OR_VAGUE}(?P<a>{_NUMBER})"
        rf"(?:(?:{alternatives})?{_RANGE}(?P<b>{_NUMBER}))?"
        rf"{_MORE}\s*(?P<unit>{alternatives})(?P<tail>(?:半|[一二三四五六七八九]){_NOT_A_TAIL})?"
    )
