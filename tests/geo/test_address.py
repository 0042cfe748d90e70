"""A worker writes where it is, in the words that people use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    ("text", "road"),
    [("我在长堤路与云山道交口,井盖丢了", "长堤路"), ("东湖区滨江北路积水", "滨江北路"), ("小区挖完路没铺", None)],
)
def test_the_road_that_is_named_is_told(gazetteer: Gazetteer, text: str, road: str | None) -> None:
    assert find(gazetteer, text).road == road


def test_two_imported_roads_that_cross_leave_the_street_that_both_touch(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "长堤路与云山道交口路面塌陷")

    assert answer.verdict is Verdict.several
    assert [candidate.street_code for candidate in answer.candidates] == ["360102"]


def test_one_imported_road_lists_its_streets(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "长堤路积水")

    assert answer.verdict is Verdict.several
    assert {candidate.street_code for candidate in answer.candidates} == {"360101", "360102"}


def test_an_imported_building_leads_to_its_street(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "钟楼外墙脱落")

    assert (answer.verdict, answer.candidates[0].street_code) == (Verdict.stated, "360101")


def test_a_community_called_after_a_road_is_listed_only(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "平湖路积水")

    assert answer.verdict is Verdict.several
    assert answer.reason == "road_community"


def test_what_has_a_gate_in_the_stated_district_is_a_compound_and_no_road(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "东湖区平湖路门口积水")

    assert (answer.verdict, answer.candidates[0].community_code) == (Verdict.stated, "360101002")


@pytest.mark.parametrize("text", ["春晓里花园停电", "新春晓里停电", "春晓里西里停电", "小永安里积水"])
def test_an_estate_whose_name_contains_a_known_one_is_another_place(gazetteer: Gazetteer, text: str) -> None:
    assert find(gazetteer, text).verdict is Verdict.unknown


@pytest.mark.parametrize("text", ["北京市海淀区春晓里积水", "龙泉市春晓里积水", "南山区春晓里积水"])
def test_another_city_or_district_is_not_ours(gazetteer: Gazetteer, text: str) -> None:
    answer = find(gazetteer, text, home_street_code="360101")

    assert (answer.verdict, answer.reason) == (Verdict.unknown, "outside_area")


def test_a_street_of_another_district_than_the_stated_one_is_not_asserted(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "西山区柳荫街道积水")

    assert (answer.verdict, answer.reason) == (Verdict.several, "street_elsewhere")


def test_a_mistyped_street_is_not_taken_for_one_whose_name_it_contains() -> None:
    gazetteer = Gazetteer.build([*AREAS, ("360203", "新白沙街道", "street", "3602")])

    answer = find(gazetteer, "西山区心白沙街道积水")

    assert (answer.verdict, answer.candidates[0].street_code) == (Verdict.stated, "360203")


def test_the_district_tells_two_streets_of_one_name_apart(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "西山区白沙街积水").candidates[0].street_code == "360201"
    assert find(gazetteer, "白沙街积水").verdict is Verdict.several


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("东湖区柳阴街道积水", "360101"),
        ("东湖区石头桥街道积水", "360102"),
        ("冬湖区柳荫街道积水", "360101"),
        ("dong hu qu liu yin jie dao 积水", "360101"),
        ("东湖区chunxiaoli污水外溢", "360101"),
        ("Dōnghú Qū Chūnxiǎo Lǐ 积水", "360101"),
    ],
)
def test_homophones_swapped_keys_and_pinyin_are_read_through(gazetteer: Gazetteer, text: str, street: str) -> None:
    answer = find(gazetteer, text)

    assert (answer.verdict, answer.candidates[0].street_code) == (Verdict.stated, street)


def test_a_homophone_in_a_communitys_name_is_only_listed(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "东湖区春小里门口积水")

    assert (answer.verdict, answer.candidates[0].community_code) == (Verdict.several, "360101001")


def test_a_number_is_a_name_only_in_the_town_that_is_stated(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "青龙镇第3社区积水").candidates[0].community_code == "360202002"
    assert find(gazetteer, "第三社区积水").verdict is Verdict.unknown


def test_nothing_stated_suggests_the_workers_own_street_and_asserts_nothing(gazetteer: Gazetteer) -> None:
    answer = find(gazetteer, "楼道堆满杂物", home_street_code="360102")

    assert answer.verdict is Verdict.unknown
    assert [(item.street_code, item.why) for item in answer.candidates] == [("360102", "home")]


@pytest.mark.parametrize("text", ["", " ", "!!!", "12345", "a", "😀", "\n\t"])
def test_a_text_without_words_is_no_error(gazetteer: Gazetteer, text: str) -> None:
    assert find(gazetteer, text).verdict is Verdict.unknown


def test_an_area_code_that_does_not_exist_is_refused_when_the_names_are_loaded() -> None:
    with pytest.raises(ValueError, match="999"):
        Gazetteer.build(AREAS, [Alias("老城", "999")])
    with pytest.raises(ValueError, match="999"):
        Gazetteer.build(AREAS, [], [Landmark("塔", ("999",))])
    with pytest.raises(ValueError, match="999"):
        Gazetteer.build([*AREAS, ("1", "无里社区", "community", "999")])


@given(
    st.text(alphabet=sorted({char for row in AREAS for char in row[1]} | set("第3号在路口 门,bcahinx")), max_size=40)
)
def test_whatever_is_written_an_asserted_street_is_one_and_a_list_names_real_ones(text: str) -> None:
    gazetteer = Gazetteer.build(AREAS, ALIASES, LANDMARKS)

    answer = find(gazetteer, text)

    assert all(candidate.street_code in gazetteer.places for candidate in answer.candidates)
    assert all(0 < candidate.score <= 1 for candidate in answer.candidates)
    if answer.verdict is Verdict.stated:
        assert len({candidate.street_code for candidate in answer.candidates}) == 1
    if answer.verdict is Verdict.several:
        assert answer.candidates


QUARTER = [
    *AREAS,
    ("360203", "柳园街道", "street", "3602"),
    ("360203001", "西门外村委会", "community", "360203"),
    ("360203002", "荷苑社区居委会", "community", "360203"),
    ("360203003", "公园里社区居委会", "community", "360203"),
    ("360203004", "临江大学社区居委会", "community", "360203"),
]


@pytest.mark.parametrize(
    "text",
    [
        "柳荫西门外护栏倒了",
        "荷苑碧波轩门口积水",
        "白沙公园里的木栈道烂了",
        "临江大学西南村门口路灯不亮",
        "铁路荷苑旁边有坑",
    ],
)
def test_a_villages_name_in_the_words_for_a_side_or_a_quarter_is_not_taken_for_the_village(text: str) -> None:
    assert find(Gazetteer.build(QUARTER), text).verdict is not Verdict.stated


@pytest.mark.parametrize("text", ["荷苑3号楼积水", "公园里社区路灯不亮", "归柳园街管，路灯全灭", "西山区西门外村积水"])
def test_the_same_names_are_believed_where_they_end(text: str) -> None:
    answer = find(Gazetteer.build(QUARTER), text)

    assert answer.verdict is Verdict.stated
    assert answer.candidates[0].street_code == "360203"


def test_a_university_that_a_community_is_called_after_may_have_another_campus() -> None:
    gazetteer = Gazetteer.build(QUARTER)

    assert find(gazetteer, "临江大学文昌校区减速带断了").verdict is Verdict.unknown
    assert find(gazetteer, "临江大学门口积水").verdict is Verdict.several
    assert find(gazetteer, "临江大学社区路灯不亮").verdict is Verdict.stated
    assert find(gazetteer, "西山区临江大学门口积水").verdict is Verdict.stated


def test_an_old_district_is_still_said_short_before_its_streets() -> None:
    areas = [*QUARTER, ("360101009", "老港村委会", "community", "360101")]
    gazetteer = Gazetteer.build(areas, [Alias("老港区", "3602", kind="abolished")])

    answer = find(gazetteer, "老港柳园街路灯不亮")

    assert (answer.verdict, answer.candidates[0].street_code) == (Verdict.stated, "360203")
    assert find(gazetteer, "老港积水").verdict is not Verdict.stated
    assert find(gazetteer, "老港村积水").verdict is Verdict.stated


def test_a_village_called_like_another_street_is_listed_beside_it() -> None:
    gazetteer = Gazetteer.build([*QUARTER, ("360103007", "青龙村委会", "community", "360103")])

    answer = find(gazetteer, "青龙积水")

    assert answer.verdict is Verdict.several
    assert {candidate.street_code for candidate in answer.candidates} == {"360103", "360202"}
    assert find(gazetteer, "东湖区青龙积水").verdict is Verdict.stated
