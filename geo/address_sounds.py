"""How does a name sound, and how is it spelt in Latin letters? Used to see through typing errors."""

from __future__ import annotations

import unicodedata
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

_LIKE_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_LIKE_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


@cache
def syllable(char: str) -> str:
    """Returns the commonest reading of a character without its tone, or the character if it has none."""
    readings = pinyin_dict.get(ord(char))
    if not readings:
        return char
    first = readings.split(",")[0].replace("ü", "v")
    decomposed = unicodedata.normalize("NFD", first)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("ü", "v")


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
    return " ".join(heard(char) for char in name)


def spelling_of(name: str) -> str:
    """Returns a name in Latin letters without tones or spaces, as people type it."""
    return "".join(syllable(char) for char in name)
