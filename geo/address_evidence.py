"""How firmly does each name in a text speak for a district, a street or a community?

Judges name by name; what they say together is decided in `geo.address`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from geo.address_context import OTHER_NAME, WHOLE, Follow, names_an_estate, starts_clean
from geo.address_lexicon import is_institution, is_notion, is_numbered, is_thing
from geo.address_scan import How, Mention
from geo.address_words import ROAD_END
from geo.gazetteer import Entry, Form, Gazetteer, Place

_MODIFIERS = "东南西北中大小前后新老上下"
_SHORT_NAME = 3
_STREET_OFFICE = ("街道", "地区", "街道办", "街道办事处")
_PARTS_OF_A_NAME = OTHER_NAME - {Follow.UNIT}
_UNMISTAKABLE = (*_STREET_OFFICE, "镇", "乡")


class Firmness(IntEnum):
    """How far a name may be believed."""

    DOUBTFUL = 0  # as likely as not a part of another name: worth a suggestion
    LISTED = 1  # meant, but it may mean something else as well: worth a list
    FIRM = 2  # the place that was meant


@dataclass(frozen=True, slots=True)
class Evidence:
    """One area that one name speaks for."""

    place: Place
    why: str
    start: int
    end: int
    firm: Firmness
    is_full_name: bool = False

    @property
    def street_code(self) -> str:
        """The street that is spoken for."""
        return self.place.street_codes[0]


def stated_districts(found: list[Mention]) -> list[str]:
    """Returns the codes of the districts that a text names, in order."""
    starts = {mention.start for mention in found}
    codes: list[str] = []
    for mention in found:
        for entry in mention.readings("district"):
            accepted = entry.form is Form.FULL or (mention.clean and mention.follow not in _PARTS_OF_A_NAME)
            if entry.form is Form.BARE:
                # "Heping" alone is a road or an estate as often as a district.
                accepted = mention.clean and mention.end in starts
            if accepted and entry.place.code not in codes:
                codes.append(entry.place.code)
    return codes


def street_evidence(gazetteer: Gazetteer, text: str, found: list[Mention], districts: list[str]) -> list[Evidence]:
    """Returns what the names of streets and towns say."""
    ends = {mention.end for mention in found if mention.is_area}
    return [
        _street(gazetteer, text, mention, entry, districts, whole=_is_whole_street(mention, text, ends))
        for mention in found
        for entry in mention.readings("street")
    ]


def _street(
    gazetteer: Gazetteer, text: str, mention: Mention, entry: Entry, districts: list[str], *, whole: bool
) -> Evidence:
    here = not districts or gazetteer.district_of[entry.place.code] in districts
    if entry.form is Form.BARE:
        why = _short_street(text, mention, entry, here=here, in_district=bool(districts))
        firm = Firmness.DOUBTFUL if why == "street_short" else Firmness.FIRM
        return Evidence(entry.place, why, mention.start, mention.end, firm)
    if not whole:
        return Evidence(entry.place, "street_short", mention.start, mention.end, Firmness.DOUBTFUL)
    if not here:
        return Evidence(entry.place, "street_elsewhere", mention.start, mention.end, Firmness.LISTED, is_full_name=True)
    if entry.form is Form.ALIAS:
        # "Victory Street", short for an abolished office, is a road in every other town.
        sure = bool(districts) or mention.form.endswith(_UNMISTAKABLE)
        firm = Firmness.FIRM if sure else Firmness.LISTED
        return Evidence(entry.place, "street_alias", mention.start, mention.end, firm, is_full_name=True)
    firm = Firmness.LISTED if mention.how is How.GUESS else Firmness.FIRM
    return Evidence(entry.place, _STREET_BY[mention.how], mention.start, mention.end, firm, is_full_name=True)


def _short_street(text: str, mention: Mention, entry: Entry, *, here: bool, in_district: bool) -> str:
    if not (here and mention.clean) or mention.how is not How.EXACT:
        return "street_short"
    is_town = not entry.place.name.endswith(_STREET_OFFICE)
    if is_town and mention.follow in WHOLE and (len(mention.form) >= _SHORT_NAME or in_district):
        return "town_short"
    is_road = bool(ROAD_END.search(mention.form)) and not mention.form.endswith("桥")
    if in_district and len(mention.form) >= _SHORT_NAME and not is_road and names_an_estate(text, mention.end):
        return "street_with_estate"
    return "street_short"


def _is_whole_street(mention: Mention, text: str, ends: set[int]) -> bool:
    if mention.clean:
        return True
    if not mention.form.endswith(_UNMISTAKABLE) or text[mention.start - 1] in _MODIFIERS:
        return False
    # One or two unknown characters at the beginning of an address are the head of a longer name.
    heads = [mention.start - back for back in (1, 2) if mention.start >= back]
    return not any(head in ends or starts_clean(text, head) for head in heads)


def community_evidence(gazetteer: Gazetteer, found: list[Mention], districts: list[str]) -> list[Evidence]:
    """Returns what the names of communities and villages say."""
    evidence = []
    for mention in found:
        for entry in mention.readings("community"):
            if districts and gazetteer.district_of[entry.place.code] not in districts:
                firm, why = Firmness.DOUBTFUL, "community_elsewhere"
            else:
                firm, why = _community(gazetteer, mention, entry, in_district=bool(districts))
            evidence.append(Evidence(entry.place, why, mention.start, mention.end, firm))
    return evidence


def _community(gazetteer: Gazetteer, mention: Mention, entry: Entry, *, in_district: bool) -> tuple[Firmness, str]:
    firm = _believed(gazetteer, mention, entry, in_district=in_district)
    if firm is Firmness.DOUBTFUL and in_district and _may_end_here(mention, entry):
        return Firmness.LISTED, "community_unsure"
    if firm is Firmness.DOUBTFUL:
        return firm, "community_doubtful"
    if mention.how in (How.TYPO, How.GUESS):
        if in_district or len(mention.form) > _SHORT_NAME:
            return Firmness.LISTED, "community_typo"
        return Firmness.DOUBTFUL, "community_similar"
    if firm is Firmness.LISTED:
        return firm, "community_unsure" if is_institution(mention.form) else "road_community"
    if mention.after_unit:
        return Firmness.LISTED, "community_after_unit"
    if entry.form is Form.ALIAS:
        return firm, "community_alias"
    if mention.how is How.EXACT and in_district:
        return firm, "community_in_district"
    return firm, "community_spelt" if mention.how is How.SPELT else "community_named"


def _may_end_here(mention: Mention, entry: Entry) -> bool:
    if entry.form is not Form.SHORT or mention.how is not How.EXACT or mention.after_unit:
        return False
    if is_thing(mention.form) or is_notion(mention.form) or is_numbered(mention.form):
        # Right after the district even "Garden" is more likely the place of that name.
        return mention.adjoins and mention.follow not in OTHER_NAME
    ends = mention.follow in (Follow.OPEN, Follow.SOFT_END) and not mention.short_tail
    return mention.clean and ends


def _believed(gazetteer: Gazetteer, mention: Mention, entry: Entry, *, in_district: bool) -> Firmness:
    form = mention.form
    if mention.follow in OTHER_NAME and not form.endswith("社区"):
        return Firmness.DOUBTFUL
    if is_numbered(form):
        # "Third Village" is a village's whole name in many towns, and half a name elsewhere.
        listed = mention.clean and form[-1] in "村街" and mention.follow is Follow.END
        return Firmness.LISTED if listed else Firmness.DOUBTFUL
    if is_thing(form):
        return Firmness.DOUBTFUL
    if entry.form is not Form.SHORT:
        return Firmness.FIRM if mention.clean or len(form) >= 6 else Firmness.DOUBTFUL
    if is_institution(form) and not in_district:
        return Firmness.LISTED if mention.clean and mention.follow in WHOLE else Firmness.DOUBTFUL
    if not mention.clean or (is_notion(form) and mention.follow is not Follow.END):
        return Firmness.DOUBTFUL
    if ROAD_END.search(form):
        return Firmness.FIRM if mention.gated and in_district else Firmness.LISTED
    generic = form[-1] in gazetteer.endings
    if len(form) == 2:
        # What goes on after two characters may be another name: "Huayuan" is a quarter of many estates.
        goes_on = in_district and generic and mention.follow is Follow.OPEN and not mention.short_tail
        whole = goes_on or mention.follow in (Follow.END, Follow.FACT)
        return Firmness.FIRM if whole and not mention.readings("district") else Firmness.DOUBTFUL
    if len(form) == _SHORT_NAME and not generic and mention.follow not in WHOLE:
        return Firmness.DOUBTFUL
    return Firmness.FIRM


_STREET_BY = {How.EXACT: "street_named", How.SPELT: "street_spelt", How.TYPO: "street_typo", How.GUESS: "street_guess"}
