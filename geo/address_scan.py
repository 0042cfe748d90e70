"""Which names stand in a text, where, and how firmly does each stand there?

Judges single names by their neighbours; what they mean together is the matter of `geo.address`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from geo.address_words import (
    ESTATE_END,
    LONGEST_NAME,
    ROAD_END,
    ROAD_NAME,
    Follow,
    follow,
    starts_clean,
)
from geo.gazetteer import Entry, Form, Gazetteer

_MODIFIERS = "东南西北中大小前后新老上下"
_FIRM_FOLLOW = frozenset({Follow.PLACE, Follow.FACT})
_OTHER_NAME = frozenset({Follow.ROAD, Follow.LANDMARK, Follow.LONGER})


class Firmness(IntEnum):
    """How far a name may be believed."""

    DOUBTFUL = 0  # part of another name as likely as not: worth a suggestion
    LISTED = 1  # meant, but it may mean a road as well: worth a list
    FIRM = 2  # it is the name that was meant


@dataclass(frozen=True, slots=True)
class Mention:
    """One name found in a text, with all its readings."""

    start: int
    end: int
    form: str
    entries: tuple[Entry, ...]
    clean: bool
    follow: Follow

    @property
    def is_area(self) -> bool:
        """Tells whether it is a city, a district or a street, which a road's name may follow at once."""
        return not self.entries or self.entries[0].place.level in ("district", "street")

    def readings(self, level: str) -> tuple[Entry, ...]:
        """Returns the readings of one level."""
        return tuple(entry for entry in self.entries if entry.place.level == level)


def mentions(gazetteer: Gazetteer, text: str) -> list[Mention]:
    """Returns the names in a normalised text in order, longest first where two overlap."""
    spans = sorted(_spans(gazetteer, text), key=lambda span: (span[0] - span[1], span[0]))
    taken: list[tuple[int, int]] = []
    for start, end in spans:
        if all(end <= other_start or start >= other_end for other_start, other_end in taken):
            taken.append((start, end))
    taken.sort()
    ends = {end for _, end in taken}
    return [_mention(gazetteer, text, start, end, start in ends) for start, end in taken]


def firmness(mention: Mention, entry: Entry) -> Firmness:
    """Judges one reading of a community's name by its form and its neighbours."""
    form = mention.form
    if entry.form is Form.FULL or entry.form is Form.ALIAS:
        if mention.follow in (Follow.ROAD, Follow.LANDMARK, Follow.LONGER) and not form.endswith("社区"):
            return Firmness.DOUBTFUL
        return Firmness.FIRM if mention.clean or len(form) >= 6 else Firmness.DOUBTFUL
    if not mention.clean or mention.follow in _OTHER_NAME:
        return Firmness.DOUBTFUL
    if ROAD_END.search(form):
        return Firmness.LISTED
    if len(form) >= 3:
        return Firmness.FIRM
    return Firmness.FIRM if mention.follow in _FIRM_FOLLOW else Firmness.DOUBTFUL


def street_is_named(mention: Mention, text: str) -> bool:
    """Tells whether a street's full name here is the name itself and not the tail of another one."""
    if mention.clean:
        return True
    if mention.form.endswith("街"):
        return False
    return text[mention.start - 1] not in _MODIFIERS


def roads(text: str, found: list[Mention]) -> list[str]:
    """Returns the names that read like roads, in order, without the areas written before them."""
    cuts = sorted(mention.end for mention in found if mention.is_area)
    names: list[str] = []
    for match in ROAD_NAME.finditer(text):
        begin = max([cut for cut in cuts if match.start() <= cut < match.end() - 1], default=match.start())
        if match.end() - begin >= 2:
            names.append(text[begin : match.end()])
    return names


def _spans(gazetteer: Gazetteer, text: str) -> Iterator[tuple[int, int]]:
    for start in range(len(text) - 1):
        for length in gazetteer.lengths.get(text[start : start + 2], ()):
            if length <= LONGEST_NAME and text[start : start + length] in gazetteer.forms:
                end = start + length
                if end <= len(text):
                    yield start, end
                    break
    for city in gazetteer.city_names:
        start = text.find(city)
        if start >= 0:
            yield start, start + len(city)


def _mention(gazetteer: Gazetteer, text: str, start: int, end: int, adjoins: bool) -> Mention:
    form = text[start:end]
    return Mention(
        start,
        end,
        form,
        gazetteer.readings(form),
        adjoins or starts_clean(text, start),
        follow(text, end, ends_like_estate=bool(ESTATE_END.search(form))),
    )
