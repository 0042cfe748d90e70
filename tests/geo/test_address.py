"""A worker writes where it is, in the words that people use."""

from __future__ import annotations

import pytest

from geo.address import Verdict, find
from geo.gazetteer import Alias, Gazetteer, Landmark

AREAS = [
    ("36", "临江市", "city", None),
    ("3601", "东湖区", "district", "36"),
    ("3602", "西山区", "district", "36"),
    ("360101", "柳荫街道", "street", "3601"),
    ("360102", "石桥头街道", "street", "3601"),
    ("360103", "白沙街道", "street", "3601"),
    ("360201", "白沙街道", "street", "3602"),
    ("360202", "青龙镇", "street", "3602"),
    ("360101001", "春晓里社区居委会", "community", "360101"),
    ("360101002", "平湖路社区居委会", "community", "360101"),
    ("360102001", "永安里社区居委会", "community", "360102"),
    ("360201001", "永安里社区居委会", "community", "360201"),
    ("360202001", "前河沿村委会", "community", "360202"),
    ("360202002", "第三社区居委会", "community", "360202"),
]
ALIASES = [Alias("老街口街", "360102", kind="abolished")]
LANDMARKS = [
    Landmark("钟楼", ("360101",)),
    Landmark("长堤路", ("360101", "360102"), "road"),
    Landmark("云山道", ("360102", "360103"), "road"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.build(AREAS, ALIASES, LANDMARKS)


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("东湖区柳荫街道门口积水", "360101"),
        ("柳荫街春晓里3号楼飞线充电", "360101"),
        ("西山区青龙镇前河沿村路灯不亮", "360202"),
        ("春晓里小区污水外溢", "360101"),
        ("西山区永安里楼道堆物", "360201"),
        ("東湖區柳蔭街道井蓋丟了", "360101"),
    ],
)
def test_a_street_that_the_text_states_is_asserted(gazetteer: Gazetteer, text: str, street: str) -> None:
    answer = find(gazetteer, text)

    assert answer.verdict is Verdict.stated
    assert answer.candidates[0].street_code == street


@pytest.mark.parametrize("text", ["楼道堆满杂物", "平安大厦外墙脱落", "临江市东湖区路灯不亮", "今天下大雨"])
def test_a_text_without_a_street_gets_none(gazetteer: Gazetteer, text: str) -> None:
    assert find(gazetteer, text).verdict is Verdict.unknown


def test_a_name_that_two_streets_share_is_listed_and_not_asserted(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "永安里积水")

    assert answer.verdict is Verdict.several
    assert {candidate.street_code for candidate in answer.candidates} == {"360102", "360201"}


def test_the_workers_own_street_comes_first_but_is_not_asserted(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "永安里积水", home_street_code="360201")

    assert answer.verdict is Verdict.several
    assert answer.candidates[0].street_code == "360201"


def test_an_abolished_name_still_leads_to_its_street(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "东湖区老街口街污水外溢")

    assert (answer.verdict, answer.candidates[0].street_code) == (Verdict.stated, "360102")
    assert answer.reason == "street_alias"
