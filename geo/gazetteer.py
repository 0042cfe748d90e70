"""Which names does a city have, and which areas may each of them mean?

Built once from plain tuples (codes, names, levels, parents), dated aliases and landmarks; never reads a file
and knows no geometry.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Literal

from geo.address_sounds import sound_of, spelling_of
from geo.address_words import (
    COMMITTEE,
    DISTRICT_SUFFIXES,
    GENERIC_COMMUNITY,
    LONGEST_NAME,
    ROAD_END,
    STREET_SUFFIXES,
    arabic_numerals,
    normalise,
)

_SHORTEST_HEARD = 3
"""Shorter names share their sound with half the dictionary."""

_COMMON_ENDING = 0.005
"""Share of a city's communities from which a last character counts as a generic word."""

Level = Literal["district", "street", "community", "road", "landmark"]
AreaRow = tuple[str, str, str, str | None]
"""Code, name, level ("city", "district", "street", "community"; others are ignored), code of the parent."""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that a name may mean; a road or a landmark has the code "" and may touch several streets."""

    name: str
    code: str
    level: Level
    street_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of an area: abolished, colloquial or shortened. The dates are those of the name itself."""

    name: str
    code: str
    kind: str = "colloquial"
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A road or a building that the city imported, with the streets it lies in."""

    name: str
    street_codes: tuple[str, ...]
    level: Literal["road", "landmark"] = "landmark"


class Form(IntEnum):
    """How much of the official name a written form keeps; a higher one is more explicit."""

    BARE = 0  # a district or a street without its generic word
    SHORT = 1  # a community without its generic word
    ALIAS = 2
    FULL = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of a written form."""

    place: Place
    form: Form


@dataclass(frozen=True)
class Gazetteer:
    """The names of one city, ready to be looked up in a text."""

    forms: dict[str, tuple[Entry, ...]]
    lengths: dict[str, tuple[int, ...]]
    sounds: dict[str, tuple[str, ...]]
    spellings: dict[str, tuple[str, ...]]
    places: dict[str, Place]
    district_of: dict[str, str]
    endings: frozenset[str]
    """The characters that the names of this city's communities commonly end in."""
    city_names: frozenset[str] = frozenset()
    street_forms: dict[str | None, tuple[str, ...]] = field(default_factory=dict)
    community_forms: dict[str | None, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def build(
        cls, areas: Iterable[AreaRow], aliases: Iterable[Alias] = (), landmarks: Iterable[Landmark] = ()
    ) -> Gazetteer:
        """Builds the lookup from the area tree of one edition.

        Raises ValueError for a community, an alias or a landmark that points to a code not in the tree.
        """
        builder = _Builder()
        builder.add_areas(list(areas))
        for alias in aliases:
            builder.add_alias(alias)
        for landmark in landmarks:
            builder.add_landmark(landmark)
        return builder.finish()

    def readings(self, form: str) -> tuple[Entry, ...]:
        """Returns what a form, written exactly so after `normalise`, may mean."""
        return self.forms.get(form, ())


class _Builder:
    def __init__(self) -> None:
        self.forms: dict[str, dict[tuple[str, str], Entry]] = defaultdict(dict)
        self.places: dict[str, Place] = {}
        self.district_of: dict[str, str] = {}
        self.cities: set[str] = set()

    def add_areas(self, areas: list[AreaRow]) -> None:
        for code, name, level, parent in areas:
            if level == "city":
                plain = normalise(name)
                self.cities |= {plain, plain.removesuffix("市")}
            elif level == "district":
                self._add_place(Place(name, code, "district", ()))
                self.district_of[code] = code
            elif level == "street":
                self._add_place(Place(name, code, "street", (code,)))
                self.district_of[code] = parent or ""
        for code, name, level, parent in areas:
            if level == "community":
                if parent not in self.places:
                    raise ValueError(f"community {name!r} ({code}) lies in the unknown street {parent!r}")
                self._add_place(Place(name, code, "community", (parent,)))
                self.district_of[code] = self.district_of.get(parent, "")

    def add_alias(self, alias: Alias) -> None:
        place = self.places.get(alias.code)
        if place is None:
            raise ValueError(f"alias {alias.name!r} points to the unknown area {alias.code!r}")
        plain = normalise(alias.name)
        self._add_form(plain, place, Form.ALIAS)
        if place.level in ("district", "street"):
            for form, kind in _FORMS[place.level](plain):
                self._add_form(form, place, Form.ALIAS if kind is Form.FULL else kind)

    def add_landmark(self, landmark: Landmark) -> None:
        unknown = [code for code in landmark.street_codes if code not in self.places]
        if unknown:
            raise ValueError(f"landmark {landmark.name!r} points to the unknown street {unknown[0]!r}")
        self._add_place(Place(landmark.name, "", landmark.level, landmark.street_codes))

    def finish(self) -> Gazetteer:
        forms = {form: tuple(entries.values()) for form, entries in self.forms.items()}
        areas = [
            form
            for form, entries in forms.items()
            if len(form) >= _SHORTEST_HEARD and any(entry.place.code for entry in entries)
        ]
        communities = self._forms_by_district(forms, "community", frozenset({Form.SHORT}))
        return Gazetteer(
            forms=forms,
            lengths=_lengths(forms),
            sounds=_grouped(areas, sound_of),
            spellings=_grouped(areas, spelling_of),
            places=self.places,
            district_of=self.district_of,
            endings=_endings(communities.get(None, ())),
            city_names=frozenset(self.cities),
            street_forms=self._forms_by_district(forms, "street", frozenset({Form.ALIAS, Form.FULL})),
            community_forms=communities,
        )

    def _forms_by_district(
        self, forms: Mapping[str, tuple[Entry, ...]], level: Level, kinds: frozenset[Form]
    ) -> dict[str | None, tuple[str, ...]]:
        found: dict[str | None, list[str]] = defaultdict(list)
        for form, entries in forms.items():
            if len(form) < _SHORTEST_HEARD:
                continue
            for entry in entries:
                if entry.place.level == level and entry.form in kinds:
                    found[self.district_of[entry.place.code]].append(form)
                    found[None].append(form)
        return {district: tuple(dict.fromkeys(each)) for district, each in found.items()}

    def _add_place(self, place: Place) -> None:
        if place.code:
            self.places[place.code] = place
        for form, kind in _FORMS[place.level](normalise(place.name)):
            self._add_form(form, place, kind)

    def _add_form(self, form: str, place: Place, kind: Form) -> None:
        if not 2 <= len(form) <= LONGEST_NAME:
            return
        entries = self.forms[form]
        key = (place.code or place.name, place.level)
        if key not in entries or entries[key].form < kind:
            entries[key] = Entry(place, kind)


def _lengths(forms: Iterable[str]) -> dict[str, tuple[int, ...]]:
    by_head: dict[str, set[int]] = defaultdict(set)
    for form in forms:
        by_head[form[:2]].add(len(form))
    return {head: tuple(sorted(found, reverse=True)) for head, found in by_head.items()}


def _grouped(forms: Iterable[str], key: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    by_key: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        by_key[key(form)].append(form)
    return {each: tuple(found) for each, found in by_key.items()}


def _endings(names: Sequence[str]) -> frozenset[str]:
    counts = Counter(name[-1] for name in names if not ROAD_END.search(name))
    return frozenset(char for char, count in counts.items() if count >= _COMMON_ENDING * len(names))


def _district_forms(name: str) -> Iterator[tuple[str, Form]]:
    yield name, Form.FULL
    for suffix in DISTRICT_SUFFIXES:
        bare = name.removesuffix(suffix)
        if bare != name:
            yield bare, Form.BARE
            return


def _street_forms(name: str) -> Iterator[tuple[str, Form]]:
    yield name, Form.FULL
    for suffix in STREET_SUFFIXES:
        bare = name.removesuffix(suffix)
        if bare == name or len(bare) < 2:
            continue
        yield bare, Form.BARE
        if suffix.startswith(("街道", "地区")):
            yield f"{bare}街道办", Form.FULL
            yield f"{bare}街办", Form.FULL
            yield f"{bare}街道", Form.FULL
            yield f"{bare}街", Form.FULL
        return


def _community_forms(name: str) -> Iterator[tuple[str, Form]]:
    for plain in dict.fromkeys((name, arabic_numerals(name))):
        yield plain, Form.FULL
        whole = COMMITTEE.sub("", plain)
        if whole != plain:
            is_committee_of = "社区" if "居" in plain[len(whole) :] else "村"
            yield whole, Form.FULL if whole.endswith(("社区", "村")) else Form.SHORT
            if not whole.endswith(("社区", "村", "街")):
                yield whole + is_committee_of, Form.FULL
        short = GENERIC_COMMUNITY.sub("", whole)
        if short != whole:
            yield short, Form.SHORT


def _plain_forms(name: str) -> Iterator[tuple[str, Form]]:
    yield name, Form.FULL


_FORMS = {
    "district": _district_forms,
    "street": _street_forms,
    "community": _community_forms,
    "road": _plain_forms,
    "landmark": _plain_forms,
}
