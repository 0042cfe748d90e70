"""A case goes to the unit of its place and kind, and the choice says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.facts import AreaCodes
from models.rules.routing import Duty, Rule, Why, on_post, route
from models.rules.states import Grade
from tests.rules.seeded import catalogue

LOCAL = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 24, 12, tzinfo=LOCAL)
HOME = AreaCodes("120000", "120103", "120103009", "120103009013")
ANYWHERE = Rule(rule_no=1, area_code="120000", kind="*", grade="*", unit_code="ALL")


def chosen(*rules: Rule, kind: str = "gas", grade: Grade = Grade.GENERAL, at: datetime = NOON) -> int | None:
    choice = route(HOME, kind, grade, at, rules)
    return choice.rule.rule_no if choice.rule else None


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("ponding", "DR-120103"),
        ("manhole", "DR-120103"),
        ("corridor_clutter", "ST-120103009"),
        ("gas", "GS-120103"),
        ("heating", "HT-120103"),
        ("flood", "EM-120103"),
    ],
)
def test_the_demonstration_city_knows_whose_duty_a_kind_is(kind: str, unit: str) -> None:
    choice = route(HOME, kind, Grade.GENERAL, NOON, catalogue().routing)
    assert choice.unit_code == unit
    assert choice.why is Why.CHOSEN
    assert choice.facts["kind"] == kind


def test_every_kind_but_the_unnamed_one_has_a_unit_by_day_and_night() -> None:
    for hour in (3, 12, 23):
        at = NOON.replace(hour=hour)
        choices = {k: route(HOME, k, Grade.GENERAL, at, catalogue().routing) for k in catalogue().kinds}
        assert [k for k, choice in choices.items() if choice.unit_code is None] == ["other_hazard"]
        assert choices["other_hazard"].why is Why.NO_RULE


def test_the_rule_for_the_kind_beats_the_smaller_area() -> None:
    by_kind = replace(ANYWHERE, rule_no=2, kind="gas")
    by_street = replace(ANYWHERE, rule_no=3, area_code="120103009")
    assert chosen(ANYWHERE, by_kind, by_street) == 2
    assert chosen(ANYWHERE, by_street) == 3


def test_among_rules_for_the_kind_the_smaller_area_then_grade_then_hours_win() -> None:
    city = replace(ANYWHERE, rule_no=2, kind="gas", grade="general", hour_from=0, hour_to=24)
    district = replace(ANYWHERE, rule_no=3, kind="gas", area_code="120103")
    graded = replace(district, rule_no=4, grade="general")
    hourly = replace(graded, rule_no=5, hour_from=8, hour_to=20)
    assert chosen(city, district) == 3
    assert chosen(city, district, graded) == 4
    assert chosen(city, district, graded, hourly) == 5
    assert chosen(hourly, graded, at=NOON.replace(hour=20)) == 4, "the last hour is excluded"


def test_hours_may_pass_midnight() -> None:
    night = replace(ANYWHERE, rule_no=2, hour_from=22, hour_to=6)
    hours = {h for h in range(24) if chosen(ANYWHERE, night, at=NOON.replace(hour=h)) == 2}
    assert hours == {22, 23, 0, 1, 2, 3, 4, 5}


def test_a_rule_is_in_force_from_its_first_day_to_the_day_before_its_last() -> None:
    start = datetime(2026, 12, 1, tzinfo=LOCAL)
    winter = replace(ANYWHERE, rule_no=2, valid_from=start, valid_to=start + timedelta(days=90))
    assert chosen(ANYWHERE, winter) == 1
    assert chosen(ANYWHERE, winter, at=start) == 2
    assert chosen(ANYWHERE, winter, at=start + timedelta(days=90)) == 1


def test_of_two_alike_the_younger_and_then_the_lower_number_decides() -> None:
    old = replace(ANYWHERE, rule_no=5, valid_from=NOON - timedelta(days=9))
    young = replace(ANYWHERE, rule_no=7, valid_from=NOON - timedelta(days=1))
    assert chosen(old, young) == 7
    assert chosen(replace(young, rule_no=8), young) == 7


def test_every_rule_that_was_looked_at_says_what_kept_it_out() -> None:
    rules = [
        ANYWHERE,
        replace(ANYWHERE, rule_no=2, kind="ponding"),
        replace(ANYWHERE, rule_no=3, area_code="120104"),
        replace(ANYWHERE, rule_no=4, grade="major"),
        replace(ANYWHERE, rule_no=5, hour_from=0, hour_to=6),
        replace(ANYWHERE, rule_no=6, valid_from=NOON + timedelta(days=1)),
        replace(ANYWHERE, rule_no=7, kind="gas"),
    ]
    choice = route(HOME, "gas", Grade.GENERAL, NOON, rules)
    assert {c.rule.rule_no: c.why for c in choice.considered} == {
        1: Why.LESS_PARTICULAR,
        2: Why.OTHER_KIND,
        3: Why.OTHER_AREA,
        4: Why.OTHER_GRADE,
        5: Why.OTHER_HOUR,
        6: Why.NOT_IN_FORCE,
        7: Why.CHOSEN,
    }


def test_a_place_known_only_to_the_district_is_not_given_to_a_street() -> None:
    coarse = AreaCodes("120000", "120103")
    choice = route(coarse, "corridor_clutter", Grade.GENERAL, NOON, catalogue().routing)
    assert choice.unit_code is None
    assert Why.PLACE_TOO_COARSE in {c.why for c in choice.considered}


def test_what_nobody_placed_waits_for_the_dispatcher() -> None:
    somewhere = AreaCodes("120000", "120103", "120103009", placed=False)
    assert route(somewhere, "gas", Grade.GENERAL, NOON, catalogue().routing).why is Why.NOT_PLACED


def test_the_deputy_stands_in_when_the_first_is_away_and_nobody_when_both_are() -> None:
    zhao, feng = Duty(person_id=1), Duty(person_id=2, shift="B")
    assert on_post([feng, zhao], NOON) == zhao
    assert on_post([feng, replace(zhao, away=True)], NOON) == feng
    assert on_post([replace(feng, away=True), replace(zhao, away=True)], NOON) is None
    assert on_post([], NOON) is None


def test_a_post_that_ended_or_has_not_begun_is_not_held() -> None:
    now = NOON.astimezone(UTC)
    gone = Duty(person_id=1, valid_to=now)
    coming = Duty(person_id=2, valid_from=now + timedelta(hours=1))
    here = Duty(person_id=3, shift="B", valid_from=now)
    assert on_post([gone, coming, here], now) == here


@settings(deadline=None)
@given(st.permutations(catalogue().routing[:20]))
def test_the_order_of_the_table_does_not_matter(rules: list[Rule]) -> None:
    there = route(HOME, "ponding", Grade.GENERAL, NOON, rules)
    here = route(HOME, "ponding", Grade.GENERAL, NOON, catalogue().routing[:20])
    assert (there.rule, there.unit_code) == (here.rule, here.unit_code)
