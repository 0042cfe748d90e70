"""The promises of words to places, on real and on made texts: right, and above all never a wrong street."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.address import TEXTS, Text, city_areas, city_gazetteer, judge, listed_areas, texts
from geo.address import Verdict, find
from geo.gazetteer import Gazetteer

VARIED = TEXTS / "tianjin_varied_texts_SYNTHETIC.jsonl"


@pytest.fixture(scope="module")
def tianjin() -> Gazetteer:
    return city_gazetteer()


@pytest.fixture(scope="module")
def wuhan() -> Gazetteer:
    return Gazetteer.build(listed_areas(TEXTS / "wuhan_part_areas.csv"))


def verdicts(gazetteer: Gazetteer, labels: list[Text]) -> Counter[str]:
    return Counter(judge(label, find(gazetteer, label.text)) for label in labels)


def share(counts: Counter[str], *names: str) -> float:
    return sum(counts[name] for name in names) / counts.total()


def of_kind(file: Path, *kinds: str) -> list[Text]:
    found = [label for label in texts(file) if label.kind in kinds]
    assert found, f"no text of {kinds} in {file.name}"
    return found


def test_real_texts_that_state_a_street_get_that_street(tianjin: Gazetteer) -> None:
    stated = of_kind(TEXTS / "tianjin_hazard_texts.jsonl", "stated", "gazetteer")

    counts = verdicts(tianjin, stated)

    assert share(counts, "right") >= 0.95
    assert share(counts, "wrong") <= 0.01


def test_real_texts_that_state_none_get_none_or_a_list_by_road(tianjin: Gazetteer) -> None:
    silent = of_kind(TEXTS / "tianjin_hazard_texts.jsonl", "none", "stated_elsewhere_in_source")

    counts = verdicts(tianjin, silent)

    assert share(counts, "right", "right list") >= 0.97


def test_what_callers_write_in_their_own_way_is_read_or_left_open(tianjin: Gazetteer) -> None:
    phrased = TEXTS / "tianjin_phrased_texts_SYNTHETIC.jsonl"

    stated = verdicts(tianjin, of_kind(phrased, "stated"))
    silent = verdicts(tianjin, of_kind(phrased, "none"))

    assert share(stated, "right") >= 0.97
    assert share(stated, "wrong") == 0
    assert share(silent, "right", "right list") >= 0.97


def test_the_five_ways_to_write_a_community_are_understood(tianjin: Gazetteer) -> None:
    counts = verdicts(tianjin, texts(TEXTS / "tianjin_templated_texts_SYNTHETIC.jsonl"))

    assert share(counts, "right", "right list") >= 0.98
    assert share(counts, "wrong") <= 0.005


@pytest.mark.parametrize(
    ("kinds", "answered", "wrong"),
    [
        (("street_stated",), 0.99, 0.002),
        (("community_in_district", "community_in_short_district"), 0.96, 0.005),
        (("community_alone",), 0.9, 0.02),
        (("traditional",), 0.98, 0.0),
        (("pinyin",), 0.97, 0.0),
        (("street_homophone",), 0.9, 0.0),
        (("community_homophone",), 0.9, 0.0),
    ],
)
def test_other_wordings_scripts_and_typing_errors_are_read_through(
    tianjin: Gazetteer, kinds: tuple[str, ...], answered: float, wrong: float
) -> None:
    counts = verdicts(tianjin, of_kind(VARIED, *kinds))

    assert share(counts, "right", "right list") >= answered
    assert share(counts, "wrong") <= wrong


@pytest.mark.parametrize("kind", ["unlisted_estate", "crossing", "road", "district_alone", "no_place"])
def test_what_names_no_area_of_ours_is_not_given_to_one(tianjin: Gazetteer, kind: str) -> None:
    labels = of_kind(VARIED, kind)

    counts = verdicts(tianjin, labels)

    assert share(counts, "right", "right list") >= 0.97
    assert share(counts, "wrong") <= 0.01


def test_a_homophone_in_a_communitys_name_is_listed_and_not_asserted(tianjin: Gazetteer) -> None:
    answers = [find(tianjin, label.text) for label in of_kind(VARIED, "community_homophone")]

    assert Verdict.stated not in {answer.verdict for answer in answers}


def test_another_city_needs_no_line_of_code(wuhan: Gazetteer) -> None:
    file = TEXTS / "wuhan_part_texts_SYNTHETIC.jsonl"

    stated = verdicts(wuhan, of_kind(file, "street_stated"))
    silent = verdicts(wuhan, of_kind(file, "unlisted_estate"))

    assert share(stated, "right") >= 0.98
    assert share(stated, "wrong") == 0
    assert share(silent, "right", "right list") >= 0.97


def test_a_street_that_the_list_lacks_is_not_replaced_by_a_similar_one() -> None:
    areas = city_areas()
    streets = sorted(code for code, _, level, _ in areas if level == "street")
    gone = set(streets[::7])
    rest = Gazetteer.build([row for row in areas if row[0] not in gone and row[3] not in gone])
    orphans = [
        label
        for label in of_kind(TEXTS / "tianjin_templated_texts_SYNTHETIC.jsonl", "full", "street_short")
        if label.street_code in gone
    ]

    asserted = [label for label in orphans if find(rest, label.text).verdict is Verdict.stated]

    assert len(orphans) > 50
    assert len(asserted) <= len(orphans) * 0.02
