"""How does a name sound, and how is it spelt in Latin letters? Used to read through typing errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

_LIKE_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_LIKE_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
_LATIN_RUN = re.compile(r"[a-z']{5,}")
_LONGEST_SYLLABLE = 6
_DIAERESIS = "\u0308"


def plain_letters(text: str) -> str:
    """Returns Latin letters without tone marks, and ü as v, the way a keyboard has it."""
    decomposed = unicodedata.normalize("NFD", text).replace("u" + _DIAERESIS, "v")
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@cache
def syllable(char: str) -> str:
    """Returns the commonest reading of a character without its tone, or the character if it has none."""
    readings = pinyin_dict.get(ord(char))
    return plain_letters(readings.split(",")[0]) if readings else char


@cache
def heard(char: str) -> str:
    """Returns the syllable with the pairs merged that an input method's "fuzzy sounds" merge."""
    sound = syllable(char)
    for written, merged in _LIKE_INITIALS:
        if sound.startswith(written):
            sound = merged + sound[len(written) :]
            break
    for written, merged in _LIKE_FINALS:
        if sound.endswith(written):
            return sound[: -len(written)] + merged
    return sound


def sound_of(name: str) -> str:
    """Returns the key that names share when they sound alike."""
    return " ".join(map(heard, name))


def spelling_of(name: str) -> str:
    """Returns a name in Latin letters without tones or spaces, as people type it."""
    return "".join(map(syllable, name))


def spelt_names(text: str, spellings: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Yields start, end and the forms of each name that is spelt out in the text."""
    for run in _LATIN_RUN.finditer(text):
        letters = run[0]
        cuts = _syllable_cuts(letters)
        for start in cuts:
            for end in cuts:
                forms = spellings.get(letters[start:end]) if end > start else None
                if forms:
                    yield run.start() + start, run.start() + end, forms


def _syllable_cuts(letters: str) -> list[int]:
    """Returns where a run of letters may be cut so that everything before is whole syllables."""
    known = _syllables()
    cuts = {0}
    for end in range(1, len(letters) + 1):
        if any(
            start in cuts and letters[start:end].strip("'") in known
            for start in range(max(0, end - _LONGEST_SYLLABLE - 1), end)
        ):
            cuts.add(end)
    return sorted(cuts)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable(chr(point)) for point in pinyin_dict if 0x4E00 <= point <= 0x9FFF)
