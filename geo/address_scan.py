"""Which names stand in a text, and where?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from geo.address_context import (
    Follow,
    follow,
    has_gate,
    has_short_tail,
    road_names,
    starts_clean,
    unit_before,
)
from geo.address_lexicon import head_of_an_area
from geo.address_sounds import spelt_names
from geo.address_words import ROAD_END
from geo.gazetteer import Entry, Form, Gazetteer

_SIDES = "东南西北"
_EACH_NAME_COSTS = 0.9
_EXPLICIT_GAINS = 0.5
_EACH_LETTER_GAINS = 0.01
_LONG_ENOUGH = 3


class How(Enum):
    """How a name was recognised."""

    EXACT = "exact"
    SPELT = "spelt"  # in Latin letters
    TYPO = "typo"  # through a typing error
    GUESS = "guess"  # through a typing error in a name too short to be sure


@dataclass(frozen=True, slots=True)
class Mention:
    """One name found in a text, with all its readings and what stands around it."""

    start: int
    end: int
    form: str
    entries: tuple[Entry, ...]
    clean: bool
    after_unit: bool
    follow: Follow
    short_tail: bool
    adjoins: bool
    gated: bool
    how: How = How.EXACT

    @property
    def is_area(self) -> bool:
        """Tells whether it is a city, a district or a street, which a road's name may follow at once."""
        return not self.entries or self.entries[0].place.level in ("district", "street")

    def readings(self, level: str) -> tuple[Entry, ...]:
        """Returns the readings of one level."""
        return tuple(entry for entry in self.entries if entry.place.level == level)


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    form: str
    entries: tuple[Entry, ...]
    how: How

    @property
    def gain(self) -> float:
        explicit = not self.entries or any(entry.form is Form.FULL for entry in self.entries)
        # Of two readings of the same letters the one that leaves fewer of them over.
        letters = (self.end - self.start) * _EACH_LETTER_GAINS
        return len(self.form) - _EACH_NAME_COSTS + (_EXPLICIT_GAINS if explicit else 0) + letters


def mentions(gazetteer: Gazetteer, text: str) -> list[Mention]:
    """Returns the names in a normalised text in order, chosen so that they explain most of it."""
    found: list[Mention] = []
    for span in _best_cover(sorted(_spans(gazetteer, text), key=lambda span: span.end)):
        adjoins = bool(found) and found[-1].end == span.start and _ushers_in(found[-1], span)
        found.append(_mention(gazetteer, text, span, adjoins=adjoins))
    return found


def mention_of(gazetteer: Gazetteer, text: str, start: int, end: int, form: str, how: How) -> Mention:
    """Returns the mention of a form that a mistyped stretch of the text stands for."""
    span = _Span(start, end, form, gazetteer.readings(form), how)
    return _mention(gazetteer, text, span, adjoins=True)


def roads(text: str, found: list[Mention]) -> list[str]:
    """Returns the names that read like roads, in order, without the areas written before them."""
    offices = {
        mention.form for mention in found if any(entry.form > Form.SHORT for entry in mention.readings("street"))
    }
    known = [mention.form for mention in found if mention.clean and ROAD_END.search(mention.form)]
    named = road_names(text, [mention.end for mention in found if mention.is_area]) or known
    return [name for name in dict.fromkeys(named) if name not in offices]


def outside(gazetteer: Gazetteer, text: str, found: list[Mention]) -> bool:
    """Tells whether the text begins with a city or a district that this gazetteer does not know."""
    head = head_of_an_area(text) if gazetteer.city_names else 0
    return head > 0 and all(mention.start >= head for mention in found)


def _spans(gazetteer: Gazetteer, text: str) -> Iterator[_Span]:
    for start in range(len(text) - 1):
        for length in gazetteer.lengths.get(text[start : start + 2], ()):
            end = start + length
            form = text[start:end]
            if end > len(text) or form not in gazetteer.forms or _ends_in_a_side(text, end):
                continue
            if not (_cuts_a_number(text, start, end) or _ends_in_a_lamp(gazetteer, text, end)):
                yield _Span(start, end, form, gazetteer.forms[form], How.EXACT)
    for city in gazetteer.city_names:
        start = text.find(city)
        if start >= 0:
            yield _Span(start, start + len(city), city, (), How.EXACT)
    for start, end, forms in spelt_names(text, gazetteer.spellings):
        entries = tuple(entry for form in forms for entry in gazetteer.forms[form])
        yield _Span(start, end, forms[0], entries, How.SPELT)


def _ends_in_a_side(text: str, end: int) -> bool:
    # "X east" before "side": the east belongs to the side, not to the name.
    if text[end - 1] not in _SIDES or end >= len(text):
        return False
    return text[end] in "侧边面" or (text[end] == "门" and text[end + 1 : end + 2] not in ("口", "前"))


def _cuts_a_number(text: str, start: int, end: int) -> bool:
    starts_inside = start > 0 and text[start - 1 : start + 1].isdigit()
    ends_inside = end < len(text) and text[end - 1 : end + 1].isdigit()
    return starts_inside or ends_inside


def _ends_in_a_lamp(gazetteer: Gazetteer, text: str, end: int) -> bool:
    # 花园路灯 is a garden's 路灯 (lamp), not the lamp of 花园路, where the garden has a name.
    if text[end - 1] != "路" or text[end : end + 1] not in ("灯", "面"):
        return False
    return any(text[start : end - 1] in gazetteer.forms for start in range(max(0, end - 9), end - 2))


def _best_cover(spans: list[_Span]) -> list[_Span]:
    # Weighted interval scheduling: the longest name at each place is not always the one that was meant.
    ends = [span.end for span in spans]
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for index, span in enumerate(spans):
        before = best[bisect_right(ends, span.start, 0, index)]
        taken = (before[0] + span.gain, (*before[1], index))
        best.append(max(best[-1], taken, key=lambda option: option[0]))
    return [spans[index] for index in best[-1][1]]


def _ushers_in(before: Mention, span: _Span) -> bool:
    """Tells whether a name right before another one leaves no doubt that the other begins there."""
    if not before.clean:
        return False
    if not before.entries or before.readings("district"):
        return True
    if any(entry.form > Form.SHORT for entry in (*before.entries, *span.entries)):
        return True
    # "Water Park" + "West Gate", a street's short name and a far village, is the gate of the park.
    streets = {code for entry in before.entries for code in entry.place.street_codes}
    return len(span.form) >= _LONG_ENOUGH and any(
        streets.intersection(entry.place.street_codes) for entry in span.entries
    )


def _mention(gazetteer: Gazetteer, text: str, span: _Span, *, adjoins: bool) -> Mention:
    ends_generic = len(span.form) >= _LONG_ENOUGH and span.form[-1] in gazetteer.endings
    after = follow(text, span.end, ends_generic=ends_generic)
    return Mention(
        span.start,
        span.end,
        span.form,
        span.entries,
        adjoins or span.how is How.SPELT or starts_clean(text, span.start),
        not adjoins and unit_before(text, span.start),
        after,
        after is Follow.OPEN and has_short_tail(text, span.end),
        adjoins,
        has_gate(text, span.end),
        span.how,
    )
