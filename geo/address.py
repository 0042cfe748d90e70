"""Which street does a text state? Answers with reasons, and says so when nothing is stated.

A wrong street is worse than none: what is only likely is listed, never asserted. The worker's own street
orders a list and asserts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from geo.address_evidence import Evidence, Firmness, community_evidence, stated_districts, street_evidence
from geo.address_scan import Mention, mentions, outside, roads
from geo.address_typos import guesses, resembling, with_district_corrected
from geo.address_words import normalise
from geo.gazetteer import Gazetteer, Place


class Verdict(StrEnum):
    """How much a text says about the street."""

    stated = "stated"  # one street is asserted
    several = "several"  # the true one is in the list, none is asserted
    unknown = "unknown"  # nothing is stated; candidates, if any, are mere suggestions


@dataclass(frozen=True, slots=True)
class AddressCandidate:
    """One area that a text may mean; `score` is the share of its kind that was right when measured."""

    code: str
    street_code: str | None
    community_code: str | None
    name: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class AddressAnswer:
    """What a text says about its place: `candidates` best first, `reason` a code, never a sentence."""

    verdict: Verdict
    candidates: tuple[AddressCandidate, ...]
    roads: tuple[str, ...]
    district_code: str | None
    reason: str

    @property
    def road(self) -> str | None:
        """The first road that is named."""
        return self.roads[0] if self.roads else None


SCORES: Final = {
    "street_named": 0.99,
    "street_alias": 0.95,
    "street_spelt": 0.95,
    "street_typo": 0.9,
    "street_guess": 0.6,
    "street_with_estate": 0.85,
    "town_short": 0.9,
    "community_in_street": 0.98,
    "community_in_district": 0.98,
    "community_named": 0.95,
    "community_alias": 0.9,
    "community_spelt": 0.85,
    "community_typo": 0.6,
    "street_elsewhere": 0.6,
    "road_community": 0.5,
    "community_unsure": 0.6,
    "community_after_unit": 0.4,
    "street_short": 0.3,
    "community_doubtful": 0.3,
    "community_similar": 0.3,
    "community_elsewhere": 0.1,
    "landmark": 0.8,
    "road": 0.6,
    "home": 0.2,
}
"""Measured by `bench/address.py`; a list shares the score of its kind among its streets."""

REASONS: Final = frozenset(SCORES) | {
    "streets_named",
    "name_shared",
    "nothing_stated",
    "road_only",
    "district_only",
    "outside_area",
}
"""Every reason that an answer may give."""

_MOST_SUGGESTIONS = 8


def find(gazetteer: Gazetteer, text: str, home_street_code: str | None = None) -> AddressAnswer:
    """Returns the street that a text states, or a list, or that it states none."""
    plain = normalise(text)
    found = mentions(gazetteer, plain)
    districts = stated_districts(found)
    if not districts and (corrected := with_district_corrected(gazetteer, plain)) != plain:
        plain = corrected
        found = mentions(gazetteer, plain)
        districts = stated_districts(found)
    road_names = roads(plain, found)
    if outside(gazetteer, plain, found):
        answer = _nothing("outside_area")
    else:
        answer = _judge(gazetteer, plain, found, districts)
    if answer.reason == "nothing_stated" and (road_names or districts):
        answer = replace(answer, reason="road_only" if road_names else "district_only")
    answer = replace(answer, roads=tuple(road_names), district_code=districts[0] if len(districts) == 1 else None)
    return _with_home(gazetteer, answer, home_street_code)


def _judge(gazetteer: Gazetteer, text: str, found: list[Mention], districts: list[str]) -> AddressAnswer:
    streets = street_evidence(gazetteer, text, found, districts)
    communities = community_evidence(gazetteer, found, districts)
    landmarks = _from_landmarks(gazetteer, found, districts)
    answer = _decide(gazetteer, streets, communities, districts)
    if answer is not None:
        return _widened(answer, landmarks) if answer.reason == "road_community" else answer
    guessed = guesses(gazetteer, text, found, districts)
    guessed_streets = street_evidence(gazetteer, text, guessed, districts)
    guessed_communities = community_evidence(gazetteer, guessed, districts)
    answer = _decide(gazetteer, guessed_streets, guessed_communities, districts) or landmarks
    if answer is not None:
        return answer
    similar = [
        Evidence(place, "community_similar", len(text), len(text), Firmness.DOUBTFUL)
        for place in resembling(gazetteer, text, found, districts)
    ]
    return _suggest(gazetteer, communities + streets + guessed_streets + guessed_communities + similar)


def _decide(
    gazetteer: Gazetteer, streets: list[Evidence], communities: list[Evidence], districts: list[str]
) -> AddressAnswer | None:
    named = [item for item in streets if item.is_full_name]
    if named:
        return _by_street(gazetteer, named, communities)
    here = [item for item in streets if not districts or gazetteer.district_of[item.street_code] in districts]
    return _by_community(gazetteer, communities, here)


def _by_street(gazetteer: Gazetteer, named: list[Evidence], communities: list[Evidence]) -> AddressAnswer:
    firm = [item for item in named if item.firm is Firmness.FIRM]
    chosen = firm or named
    codes = _unique(item.street_code for item in chosen)
    if len(codes) > 1:
        inside = _unique(item.street_code for item in communities if item.street_code in codes)
        codes = inside if len(inside) == 1 else codes
    candidates = []
    for code in codes:
        why = next(item.why for item in chosen if item.street_code == code)
        inside = _unique(item.place.code for item in communities if item.street_code == code)
        place = gazetteer.places[inside[0] if len(inside) == 1 else code]
        candidates.append(_candidate(place, why, len(codes)))
    if len(codes) == 1 and firm:
        return _answer(Verdict.stated, candidates, candidates[0].why)
    return _answer(Verdict.several, candidates, "streets_named" if firm else chosen[0].why)


def _by_community(gazetteer: Gazetteer, communities: list[Evidence], streets: list[Evidence]) -> AddressAnswer | None:
    firm = _right_after_street(communities, streets) or [item for item in communities if item.firm is Firmness.FIRM]
    towns = [item for item in streets if item.firm is Firmness.FIRM]
    listed = [item for item in communities if item.firm is Firmness.LISTED]
    chosen = firm or towns or listed
    if not chosen:
        return None
    chosen = _with_namesakes(_nearest(chosen, streets), streets)
    street_codes = _unique(item.street_code for item in chosen)
    why = chosen[0].why
    if len(street_codes) == 1 and chosen[0].firm is Firmness.FIRM:
        codes = _unique(item.place.code for item in chosen)
        place = gazetteer.places[codes[0] if len(codes) == 1 else street_codes[0]]
        return _answer(Verdict.stated, [_candidate(place, why)], why)
    candidates = [_candidate(item.place, item.why, len(street_codes)) for item in _once(chosen)]
    return _answer(Verdict.several, candidates, why if chosen[0].firm is Firmness.LISTED else "name_shared")


def _right_after_street(communities: list[Evidence], streets: list[Evidence]) -> list[Evidence]:
    # "Yangliuqing Thirteenth": the street's short name vouches for what stands right after it and lies in it.
    return [
        replace(item, firm=Firmness.FIRM, why="community_in_street")
        for item in communities
        if any(hint.street_code == item.street_code and hint.end == item.start for hint in streets)
    ]


def _nearest(chosen: list[Evidence], streets: list[Evidence]) -> list[Evidence]:
    # "Street's short name + a name that several streets share": the one in that street is meant.
    near = [
        item
        for item in chosen
        if any(hint.street_code == item.street_code and hint.start < item.start for hint in streets)
    ]
    return near if len(_unique(item.street_code for item in near)) == 1 else chosen


def _with_namesakes(chosen: list[Evidence], streets: list[Evidence]) -> list[Evidence]:
    # A village and the office of another street may both be called "Zhangguizhuang" for short.
    spans = {(item.start, item.end) for item in chosen if item.place.level == "community"}
    told = {item.street_code for item in chosen}
    return chosen + [hint for hint in streets if (hint.start, hint.end) in spans and hint.street_code not in told]


def _from_landmarks(gazetteer: Gazetteer, found: list[Mention], districts: list[str]) -> AddressAnswer | None:
    places = [
        entry.place
        for mention in found
        for entry in mention.entries
        if entry.place.level in ("landmark", "road") and mention.clean
    ]
    buildings = [place for place in places if place.level == "landmark"]
    chosen = buildings or places
    if not chosen:
        return None
    # Two roads that cross do so in a street that both of them touch.
    common = set.intersection(*(set(place.street_codes) for place in chosen))
    codes = sorted(common) or _unique(code for place in chosen for code in place.street_codes)
    here = [code for code in codes if not districts or gazetteer.district_of[code] in districts]
    why = chosen[0].level
    candidates = [_candidate(gazetteer.places[code], why, len(here or codes)) for code in here or codes]
    asserted = bool(buildings) and len(here) == 1
    return _answer(Verdict.stated if asserted else Verdict.several, candidates, why)


def _widened(answer: AddressAnswer, landmarks: AddressAnswer | None) -> AddressAnswer:
    # A community may bear the name of a road that runs through other streets as well.
    if landmarks is None:
        return answer
    listed = {candidate.street_code for candidate in answer.candidates}
    more = tuple(item for item in landmarks.candidates if item.street_code not in listed)
    return replace(answer, verdict=Verdict.several, candidates=answer.candidates + more)


def _suggest(gazetteer: Gazetteer, evidence: list[Evidence]) -> AddressAnswer:
    candidates = [_candidate(item.place, item.why) for item in _once(evidence)]
    candidates.sort(key=lambda candidate: -candidate.score)
    return replace(_nothing("nothing_stated"), candidates=tuple(candidates[:_MOST_SUGGESTIONS]))


def _with_home(gazetteer: Gazetteer, answer: AddressAnswer, home: str | None) -> AddressAnswer:
    place = gazetteer.places.get(home or "")
    if place is None or answer.verdict is Verdict.stated:
        return answer
    ranked = sorted(answer.candidates, key=lambda candidate: candidate.street_code != home)
    at_home = any(candidate.street_code == home for candidate in ranked)
    if answer.verdict is Verdict.unknown and not at_home and answer.reason != "outside_area":
        ranked.append(_candidate(place, "home"))
    return replace(answer, candidates=tuple(ranked))


def _candidate(place: Place, why: str, shared_by: int = 1) -> AddressCandidate:
    community = place.code if place.level == "community" else None
    score = round(SCORES[why] / shared_by, 3)
    return AddressCandidate(place.code, place.street_codes[0], community, place.name, score, why)


def _answer(verdict: Verdict, candidates: Iterable[AddressCandidate], reason: str) -> AddressAnswer:
    return AddressAnswer(verdict, tuple(candidates), (), None, reason)


def _nothing(reason: str) -> AddressAnswer:
    return _answer(Verdict.unknown, (), reason)


def _once(evidence: list[Evidence]) -> list[Evidence]:
    return list({item.place.code: item for item in reversed(evidence)}.values())[::-1]


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
