"""Which street does a text state? Answers with reasons, and says so when nothing is stated.

A wrong street is worse than none: what is only likely is listed, never asserted. The worker's own street
orders a list and asserts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from geo.address_scan import Firmness, Mention, firmness, mentions, roads, street_is_named
from geo.address_words import Follow, normalise
from geo.gazetteer import Entry, Form, Gazetteer


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
    road: str | None
    district_code: str | None
    reason: str


SCORES = {
    "street_named": 0.99,
    "street_alias": 0.95,
    "community_in_street": 0.99,
    "community_named": 0.97,
    "community_alias": 0.93,
    "town_short": 0.9,
    "street_elsewhere": 0.6,
    "road_community": 0.5,
    "name_shared": 0.9,
    "street_short": 0.3,
    "community_doubtful": 0.3,
    "community_elsewhere": 0.2,
    "home": 0.2,
}
_MOST_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class _Evidence:
    entry: Entry
    why: str
    start: int
    firm: Firmness


def find(gazetteer: Gazetteer, text: str, home_street_code: str | None = None) -> AddressAnswer:
    """Returns the street that a text states, or a list, or that it states none."""
    plain = normalise(text)
    found = mentions(gazetteer, plain)
    districts = _districts(gazetteer, found, plain)
    road_names = roads(plain, found)
    road = road_names[0] if road_names else None
    district = next(iter(districts)) if len(districts) == 1 else None
    streets = _streets(gazetteer, found, plain, districts)
    communities = _communities(gazetteer, found, districts)
    answer = (
        _by_street(gazetteer, streets, communities)
        or _by_community(gazetteer, communities, streets)
        or _suggestions(gazetteer, communities + streets)
    )
    answer = replace(answer, road=road, district_code=district)
    return _with_home(gazetteer, answer, home_street_code)


def _districts(gazetteer: Gazetteer, found: list[Mention], text: str) -> list[str]:
    codes: list[str] = []
    starts = {mention.start for mention in found}
    for mention in found:
        for entry in mention.readings("district"):
            if entry.form is Form.FULL:
                accepted = True
            elif entry.form is Form.ALIAS:
                accepted = mention.clean and mention.follow not in (Follow.ROAD, Follow.LANDMARK)
            else:
                accepted = mention.clean and mention.end in starts
            if accepted and entry.place.code not in codes:
                codes.append(entry.place.code)
    return codes


def _streets(gazetteer: Gazetteer, found: list[Mention], text: str, districts: list[str]) -> list[_Evidence]:
    evidence = []
    for mention in found:
        for entry in mention.readings("street"):
            here = not districts or gazetteer.district_of[entry.place.code] in districts
            if entry.form is Form.BARE:
                town = not gazetteer.places[entry.place.code].name.endswith(("街道", "地区"))
                whole = mention.clean and mention.follow in (Follow.PLACE, Follow.FACT)
                sure = town and whole and here and (len(mention.form) >= 3 or bool(districts))
                why = "town_short" if sure else "street_short"
                evidence.append(
                    _Evidence(entry, why, mention.start, Firmness.FIRM if sure else Firmness.DOUBTFUL)
                )
            elif street_is_named(mention, text):
                why = "street_named" if entry.form is Form.FULL else "street_alias"
                firm = Firmness.FIRM if here else Firmness.LISTED
                evidence.append(_Evidence(entry, why if here else "street_elsewhere", mention.start, firm))
            else:
                evidence.append(_Evidence(entry, "street_short", mention.start, Firmness.DOUBTFUL))
    return evidence


def _communities(gazetteer: Gazetteer, found: list[Mention], districts: list[str]) -> list[_Evidence]:
    evidence = []
    for mention in found:
        for entry in mention.readings("community"):
            firm = firmness(mention, entry)
            why = {
                Firmness.FIRM: "community_alias" if entry.form is Form.ALIAS else "community_named",
                Firmness.LISTED: "road_community",
                Firmness.DOUBTFUL: "community_doubtful",
            }[firm]
            if districts and gazetteer.district_of[entry.place.code] not in districts:
                firm, why = Firmness.DOUBTFUL, "community_elsewhere"
            evidence.append(_Evidence(entry, why, mention.start, firm))
    return evidence


def _by_street(
    gazetteer: Gazetteer, streets: list[_Evidence], communities: list[_Evidence]
) -> AddressAnswer | None:
    named = [item for item in streets if item.why in ("street_named", "street_alias", "street_elsewhere")]
    here = [item for item in named if item.firm is Firmness.FIRM]
    if not named:
        return None
    chosen = here or named
    codes = _unique(item.entry.place.code for item in chosen)
    if len(codes) > 1:
        inside = _unique(
            item.entry.place.street_codes[0]
            for item in communities
            if item.entry.place.street_codes[0] in codes
        )
        codes = inside if len(inside) == 1 else codes
    candidates = tuple(_street_candidate(gazetteer, code, chosen, communities, len(codes)) for code in codes)
    if len(codes) == 1 and here:
        return AddressAnswer(Verdict.stated, candidates, None, None, candidates[0].why)
    reason = "streets_named" if here else "street_elsewhere"
    return AddressAnswer(Verdict.several, candidates, None, None, reason)


def _street_candidate(
    gazetteer: Gazetteer, code: str, streets: list[_Evidence], communities: list[_Evidence], share: int
) -> AddressCandidate:
    place = gazetteer.places[code]
    why = next(item.why for item in streets if item.entry.place.code == code)
    inside = _unique(
        item.entry.place.code for item in communities if item.entry.place.street_codes[0] == code
    )
    score = SCORES[why] / share
    if len(inside) == 1:
        return AddressCandidate(inside[0], code, inside[0], gazetteer.places[inside[0]].name, score, why)
    return AddressCandidate(code, code, None, place.name, score, why)


def _by_community(
    gazetteer: Gazetteer, communities: list[_Evidence], streets: list[_Evidence]
) -> AddressAnswer | None:
    towns = [item for item in streets if item.why == "town_short"]
    firm = [item for item in communities if item.firm is Firmness.FIRM]
    listed = [item for item in communities if item.firm is Firmness.LISTED]
    chosen = firm or towns or listed
    if not chosen:
        return None
    hinted = {(item.entry.place.code, item.start) for item in streets}
    near = [
        item
        for item in chosen
        if any(code == item.entry.place.street_codes[0] and at < item.start for code, at in hinted)
    ]
    if near and len(_unique(item.entry.place.street_codes[0] for item in near)) == 1:
        chosen = near
    codes = _unique(item.entry.place.code for item in chosen)
    street_codes = _unique(item.entry.place.street_codes[0] for item in chosen)
    why = chosen[0].why
    if len(street_codes) == 1 and why != "road_community":
        place = gazetteer.places[codes[0]]
        community = place.code if place.level == "community" and len(codes) == 1 else None
        code = community or street_codes[0]
        name = gazetteer.places[code].name
        candidate = AddressCandidate(code, street_codes[0], community, name, SCORES[why], why)
        return AddressAnswer(Verdict.stated, (candidate,), None, None, why)
    reason = why if why == "road_community" else "name_shared"
    candidates = tuple(
        AddressCandidate(
            code,
            gazetteer.places[code].street_codes[0],
            code if gazetteer.places[code].level == "community" else None,
            gazetteer.places[code].name,
            SCORES[reason] / len(street_codes),
            reason,
        )
        for code in codes
    )
    return AddressAnswer(Verdict.several, candidates, None, None, reason)


def _suggestions(gazetteer: Gazetteer, evidence: list[_Evidence]) -> AddressAnswer:
    candidates = []
    for item in evidence[:_MOST_CANDIDATES]:
        place = item.entry.place
        community = place.code if place.level == "community" else None
        candidates.append(
            AddressCandidate(
                place.code, place.street_codes[0], community, place.name, SCORES[item.why], item.why
            )
        )
    candidates.sort(key=lambda candidate: -candidate.score)
    return AddressAnswer(Verdict.unknown, tuple(candidates), None, None, "nothing_stated")


def _with_home(gazetteer: Gazetteer, answer: AddressAnswer, home: str | None) -> AddressAnswer:
    if home is None or home not in gazetteer.places or answer.verdict is Verdict.stated:
        return answer
    ranked = sorted(answer.candidates, key=lambda candidate: candidate.street_code != home)
    if answer.verdict is Verdict.unknown and not any(item.street_code == home for item in ranked):
        place = gazetteer.places[home]
        ranked.append(AddressCandidate(home, home, None, place.name, SCORES["home"], "home"))
    return replace(answer, candidates=tuple(ranked))


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
