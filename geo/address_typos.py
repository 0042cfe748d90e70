"""Which name did somebody mean who hit the wrong key or the wrong homophone?

Looked at only when no name stands in the text as it is written.
"""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geo.address_context import WHOLE, follow, starts_clean
from geo.address_scan import How, Mention, mention_of
from geo.address_sounds import sound_of, spelling_of
from geo.address_words import ROAD_END
from geo.gazetteer import Gazetteer, Place

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_STREET_WINDOW = re.compile(r"([\u4e00-\u9fff]{2,6}?)(街道办事处|街道办|街道|镇|乡|街(?!道|边|面|口|上|头))")
_DISTRICT_WINDOW = re.compile(r"(?:[\u4e00-\u9fff]{2,3}市)?([\u4e00-\u9fff]{2,4}?(?:新区|区|县))")
_TELLS_PLACES_APART = frozenset("东南西北中前后上下大小新老内外一二三四五六七八九十")
_LONGEST_WINDOW = 8
_SHORTEST_TYPO = 3
_LONG_NAME = 4
_FEW = 5


def guesses(gazetteer: Gazetteer, text: str, found: list[Mention], districts: list[str]) -> list[Mention]:
    """Returns the names that mistyped stretches of the text most likely stand for."""
    for start in _places_to_look(text, found):
        guessed = _streets_at(gazetteer, text, start, districts) or _communities_at(gazetteer, text, start, districts)
        if guessed:
            return guessed
    return []


def _places_to_look(text: str, found: list[Mention]) -> list[int]:
    after_areas = [mention.end for mention in found if mention.is_area]
    clean = [start for start in range(len(text)) if starts_clean(text, start)]
    inside = {place for mention in found if mention.is_area for place in range(mention.start, mention.end)}
    return [start for start in dict.fromkeys(after_areas + clean) if start not in inside and _HAN.match(text, start)]


def _streets_at(gazetteer: Gazetteer, text: str, start: int, districts: list[str]) -> list[Mention]:
    window = _STREET_WINDOW.match(text, start)
    if window is None:
        return []
    typed = window[0]
    slips: list[str] = []
    within: list[str | None] = [*districts] or [None]
    for district in within:
        forms = gazetteer.street_forms.get(district, ())
        near = process.extract(typed, forms, scorer=OSA.distance, score_cutoff=1, limit=None)
        slips += [form for form, _, _ in near if _is_slip(typed, form, trusted=bool(districts))]
    sure = [form for form in slips if _tells_enough(typed, form, len(window[1]), in_district=bool(districts))]
    how = How.TYPO if sure else How.GUESS
    return [mention_of(gazetteer, text, start, window.end(), form, how) for form in sure or slips]


def _tells_enough(typed: str, form: str, own_characters: int, *, in_district: bool) -> bool:
    """Tells whether a mistyped street's own characters suffice to assert it.

    Towns of one district are often called alike but for one character, so that only a sound or a swap tells
    a slip of three characters from another town.
    """
    if spelling_of(typed) == spelling_of(form):
        return in_district or own_characters >= _SHORTEST_TYPO
    alike = sound_of(typed) == sound_of(form) or sorted(typed) == sorted(form)
    return own_characters >= (_SHORTEST_TYPO if in_district and alike else _LONG_NAME)


def _communities_at(gazetteer: Gazetteer, text: str, start: int, districts: list[str]) -> list[Mention]:
    for end in _likely_ends(gazetteer, text, start):
        typed = text[start:end]
        guessed = [
            form
            for form in gazetteer.sounds.get(sound_of(typed), ())
            if not ROAD_END.search(form) and _is_slip(typed, form, trusted=bool(districts))
        ]
        if guessed:
            return [mention_of(gazetteer, text, start, end, form, How.TYPO) for form in guessed]
    return []


def _likely_ends(gazetteer: Gazetteer, text: str, start: int) -> list[int]:
    """Returns where an unknown name that starts here may end, the longest first."""
    stretch = _HAN.match(text, start)
    if stretch is None:
        return []
    longest = min(start + _LONGEST_WINDOW, stretch.end())
    return [
        end
        for end in range(longest, start + _SHORTEST_TYPO - 1, -1)
        if text[end - 1] in gazetteer.endings or follow(text, end) in WHOLE
    ]


def resembling(gazetteer: Gazetteer, text: str, found: list[Mention], districts: list[str]) -> list[Place]:
    """Returns communities of the stated districts whose names are one slip away, to be suggested only."""
    places: list[Place] = []
    for start in _places_to_look(text, found)[:1]:
        for end in _likely_ends(gazetteer, text, start):
            for district in districts:
                forms = gazetteer.community_forms.get(district, ())
                near = process.extract(text[start:end], forms, scorer=OSA.distance, score_cutoff=1, limit=_FEW)
                places += [
                    entry.place
                    for form, _, _ in near
                    for entry in gazetteer.readings(form)
                    if gazetteer.district_of[entry.place.code] == district and entry.place.level == "community"
                ]
    return places


def with_district_corrected(gazetteer: Gazetteer, text: str) -> str:
    """Returns the text with the district that it begins with set right, if only a homophone was wrong."""
    head = _DISTRICT_WINDOW.match(text)
    if head is None:
        return text
    for form in gazetteer.sounds.get(sound_of(head[1]), ()):
        if any(entry.place.level == "district" for entry in gazetteer.readings(form)):
            return text[: head.start(1)] + form + text[head.end(1) :]
    return text


def _is_slip(typed: str, form: str, *, trusted: bool) -> bool:
    """Tells whether one word is the other with a slip, and not simply another place's name."""
    if typed == form:
        return False
    if len(typed) == len(form):
        changed = [(old, new) for old, new in zip(typed, form, strict=True) if old != new]
        if sound_of(typed) == sound_of(form):
            return len(changed) == 1 or (len(form) >= _LONG_NAME and len(changed) * 2 <= len(form))
        if sorted(typed) == sorted(form):
            return len(form) >= _LONG_NAME
        if any(_TELLS_PLACES_APART & {old, new} for old, new in changed):
            return False
        return trusted and len(form) >= _LONG_NAME
    longer, shorter = (typed, form) if len(typed) > len(form) else (form, typed)
    extra = set(longer) - set(shorter)
    return trusted and len(form) > _LONG_NAME and not _TELLS_PLACES_APART & extra
