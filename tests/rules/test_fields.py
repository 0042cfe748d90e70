"""What people type into a field is read as they mean it, or refused with the reason."""

from datetime import UTC, datetime
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.errors import FieldMissing, FieldOutOfRange, FieldUnreadable, Refusal, TooLong
from models.rules.fields import check, missing, read, read_figure, shown
from models.rules.kinds import Field
from models.rules.numerals import bare
from models.rules.states import Grade
from tests.rules.seeded import catalogue

NOW = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
"""10:30 on a Tuesday in Tianjin."""

FIELDS = [
    each
    for kind in ("ponding", "flood", "dangerous_house", "fire_equipment_fault", "heating")
    for each in catalogue().kinds[kind].fields
]


def field(kind: str, code: str) -> Field:
    found = catalogue().kinds[kind].field(code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("30", 30),
        ("30厘米", 30),
        ("大约30公分吧", 30),
        ("半米", 50),
        ("三十", 30),
        ("1.2米", 120),
        ("0", 0),
        ("没有", 0),
        ("３０", 30),
        ("12 cm", 12),
    ],
)
def test_a_depth_is_read_however_it_is_written(typed: str, value: float) -> None:
    assert read(field("ponding", "depth_cm"), typed) == pytest.approx(value)


@pytest.mark.parametrize("typed", ["很深", "", "30厘米和40厘米", "三十块"])
def test_a_depth_that_is_none_is_asked_again(typed: str) -> None:
    answer = read(field("ponding", "depth_cm"), typed)
    assert isinstance(answer, FieldUnreadable)
    assert answer.facts["field"] == "depth_cm"


def test_a_depth_out_of_range_names_the_range() -> None:
    answer = read(field("ponding", "depth_cm"), "80米")
    assert isinstance(answer, FieldOutOfRange)
    assert answer.facts == {"field": "depth_cm", "low": 0, "high": 500, "value": 8000}


def test_people_are_counted_whole() -> None:
    assert isinstance(read(field("three_in_one", "n_people"), "2.5"), FieldUnreadable)
    assert read(field("three_in_one", "n_people"), "俩人") == 2
    assert read(field("three_in_one", "n_people"), "两个人") == 2


@pytest.mark.parametrize("typed", ["missing", "井盖缺失", "井蓋缺失", "Missing", "1", "１"])
def test_a_choice_is_known_by_code_by_name_in_any_script_and_by_its_number(typed: str) -> None:
    assert read(field("manhole", "lid_fault"), typed) == "missing"


def test_several_choices_are_read_from_one_answer() -> None:
    equipment = field("fire_equipment_fault", "equipment")
    assert read(equipment, "灭火器、消火栓和喷淋") == ("extinguisher", "hydrant", "sprinkler")
    assert read(equipment, "1 2 1") == ("hydrant", "extinguisher")
    assert read(equipment, "应急灯、疏散标志") == ("emergency_light",)
    assert isinstance(read(equipment, "灭火器、飞船"), FieldUnreadable)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("刚才", "2026-11-24T02:30:00+00:00"),
        ("20分钟前", "2026-11-24T02:10:00+00:00"),
        ("半小时前", "2026-11-24T02:00:00+00:00"),
        ("半個小時前", "2026-11-24T02:00:00+00:00"),
        ("昨晚9点半", "2026-11-23T13:30:00+00:00"),
        ("今早六点", "2026-11-23T22:00:00+00:00"),
        ("8:05", "2026-11-24T00:05:00+00:00"),
        ("2026-11-23 08:30", "2026-11-23T00:30:00+00:00"),
        ("11月22日下午三点一刻", "2026-11-22T07:15:00+00:00"),
    ],
)
def test_a_time_is_read_as_people_say_it(typed: str, utc: str) -> None:
    assert read(field("flood", "started_at"), typed, NOW) == utc


def test_a_disaster_did_not_begin_tomorrow() -> None:
    assert isinstance(read(field("flood", "started_at"), "明天8点", NOW), FieldOutOfRange)
    assert isinstance(read(field("flood", "started_at"), "不久前", NOW), FieldUnreadable)


@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026-12-31", "2026-12-31"), ("12月31日", "2026-12-31"), ("1月5号", "2027-01-05"), ("明天", "2026-11-25")],
)
def test_a_deadline_is_a_day_to_come(typed: str, day: str) -> None:
    assert read(field("dangerous_house", "deadline"), typed, NOW) == day


def test_a_deadline_in_the_past_or_on_no_day_is_refused() -> None:
    assert isinstance(read(field("dangerous_house", "deadline"), "昨天", NOW), FieldOutOfRange)
    assert isinstance(read(field("dangerous_house", "deadline"), "2026-02-30", NOW), FieldUnreadable)


def test_a_text_has_a_longest_length() -> None:
    owner = field("dangerous_house", "owner")
    answer = read(owner, "长" * 81)
    assert isinstance(answer, TooLong)
    assert answer.facts["limit"] == 80
    assert read(owner, " 房管站 王工 ") == "房管站 王工"


def test_an_unknown_figure_is_not_zero() -> None:
    deaths = catalogue().figure("deaths")
    assert deaths is not None
    assert read_figure(deaths, "不清楚") is None
    assert read_figure(deaths, "不詳") is None
    assert read_figure(deaths, "无") == 0
    assert read_figure(deaths, "3人") == 3
    assert isinstance(read_figure(deaths, "1.5"), FieldUnreadable)
    assert isinstance(read_figure(deaths, "-1"), FieldOutOfRange)
    assert isinstance(read_figure(deaths, "好几个"), FieldUnreadable)


def test_a_filing_is_judged_as_a_whole() -> None:
    house = catalogue().kinds["dangerous_house"]
    assert check(house, Grade.GENERAL, {"house_sign": ("crack", "tilt"), "crack_mm": 12.0}) is None
    assert isinstance(check(house, Grade.GENERAL, {"house_sign": ("crack", "ghost")}), FieldUnreadable)
    assert isinstance(check(house, Grade.GENERAL, {"crack_mm": -1.0}), FieldOutOfRange)
    assert isinstance(check(house, Grade.GENERAL, {"crack_mm": "wide"}), FieldUnreadable)
    assert isinstance(check(house, Grade.GENERAL, {"colour": "red"}), FieldUnreadable)
    gap = check(house, Grade.MAJOR, {"deadline": "2026-12-31"}, NOW)
    assert isinstance(gap, FieldMissing)
    assert gap.facts["field"] == "measure"
    assert check(house, Grade.MAJOR, {"measure": "搬离", "deadline": "2026-12-31"}, NOW) is None
    assert isinstance(check(house, Grade.MAJOR, {"measure": "搬离", "deadline": "2026-01-01"}, NOW), FieldOutOfRange)


def test_what_is_missing_comes_in_the_order_of_asking() -> None:
    ponding = catalogue().kinds["ponding"]
    assert [f.code for f in missing(ponding, Grade.GENERAL, {"depth_cm": 30.0})][:2] == [
        "water_passable",
        "water_cause",
    ]


def test_stored_values_are_shown_in_the_readers_language() -> None:
    assert shown(field("ponding", "depth_cm"), 30.0, "zh_CN") == "30 厘米"
    assert shown(field("manhole", "lid_fault"), "missing", "zh_TW") == "井蓋缺失"
    assert shown(field("fire_equipment_fault", "equipment"), ("hydrant", "alarm"), "en") == "hydrant · fire alarm"
    assert shown(field("flood", "started_at"), "2026-11-24T00:05:00+00:00", "zh_CN") == "2026-11-24 08:05"


DIGITS = st.text(st.sampled_from("0123456789零一二三四五六七八九十百千万亿半点-.,"), min_size=1, max_size=400)


@settings(deadline=None)
@given(DIGITS, st.sampled_from(["", "厘米", "人", "小时前", "分钟前", "点", "号", "户", "元"]))
def test_whatever_row_of_digits_is_a_value_that_can_be_counted_or_a_refusal(digits: str, unit: str) -> None:
    for each in FIELDS:
        found = read(each, digits + unit, NOW)
        assert isinstance(found, Refusal | float | str | tuple)
        assert not isinstance(found, float) or isfinite(found)


def test_nobody_means_a_zero_below_zero() -> None:
    assert str(bare("-0")) == "0.0"
    assert bare("9" * 21) is None


@settings(deadline=None)
@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_value_or_a_refusal(typed: str) -> None:
    for each in FIELDS:
        assert isinstance(read(each, typed, NOW), Refusal | float | str | tuple)


@settings(deadline=None)
@given(st.integers(0, 99_999_999))
def test_a_number_in_characters_is_the_number(n: int) -> None:
    assert bare(in_characters(n)) == n


def in_characters(n: int) -> str:
    """Writes a number as Chinese say it, independently of the reader under test."""
    if n >= 10_000:
        rest = n % 10_000
        gap = "零" if 0 < rest < 1_000 else ""
        return in_characters(n // 10_000) + "万" + (gap + in_characters(rest) if rest else "")
    words = ""
    for unit, name in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, unit)
        if digit:
            words += "零一二三四五六七八九"[digit] + name
        elif words and n and not words.endswith("零"):
            words += "零"
    return words.rstrip("零") or "零"
