"""Figures that contradict each other are asked about; the unknown accuses nobody."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.rules.disaster import CheckType, check, needs_immediate_report, unknown
from tests.rules.seeded import catalogue


def faults(figures: dict[str, float | None], previous: dict[str, float | None] | None = None) -> list[str]:
    return [f.check.code for f in check(figures, catalogue().figure_checks, previous)]


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"crop_lost_ha": 3, "crop_damaged_ha": 2, "crop_affected_ha": 5}, "lost_of_damaged"),
        ({"crop_damaged_ha": 6, "crop_affected_ha": 5}, "damaged_of_affected"),
        ({"crop_lost_ha": 6, "crop_affected_ha": 5}, "lost_of_affected"),
        ({"seriously_injured": 4, "injured": 3}, "serious_of_injured"),
        ({"emergency_resettled_now": 9, "emergency_resettled": 8}, "now_of_resettled"),
        ({"deaths": 2, "missing": 2, "affected_population": 3}, "casualties_of_affected"),
        ({"collapsed_households": 5, "collapsed_rooms": 4}, "collapsed_rooms_of_households"),
        ({"direct_loss_wan": 10, "loss_agriculture_wan": 6, "loss_household_wan": 5}, "loss_parts"),
    ],
)
def test_a_part_greater_than_its_whole_is_asked_about(figures: dict[str, float | None], code: str) -> None:
    assert faults(figures) == [code]


def test_the_question_names_the_figures_and_their_values() -> None:
    (fault,) = check({"crop_lost_ha": 3, "crop_damaged_ha": 2}, catalogue().figure_checks)
    assert fault.facts == {"part": "crop_lost_ha", "total": "crop_damaged_ha", "part_value": 3, "total_value": 2}
    assert fault.check.label.zh_CN.endswith("？")


def test_equal_figures_and_unknown_ones_agree() -> None:
    assert faults({"crop_lost_ha": 2, "crop_damaged_ha": 2, "crop_affected_ha": 2}) == []
    assert faults({"crop_lost_ha": 2, "crop_damaged_ha": None, "crop_affected_ha": None}) == []
    assert faults({"injured": 0, "seriously_injured": None}) == []


def test_the_dead_and_missing_never_fall_without_a_reason() -> None:
    before: dict[str, float | None] = {"deaths": 1, "missing": 3}
    assert faults({"deaths": 2, "missing": 1}, before) == ["dead_missing_never_fall"]
    assert faults({"deaths": 3, "missing": 1}, before) == []
    assert faults({"deaths": 1, "missing": None}, before) == [], "a figure that is unknown now did not fall"


def test_ten_dead_or_missing_are_reported_upward_at_once() -> None:
    rows = catalogue().figure_checks
    assert [r.code for r in needs_immediate_report({"deaths": 4, "missing": 6}, rows)] == ["ten_dead_or_missing"]
    assert [r.code for r in needs_immediate_report({"deaths": 10, "missing": None}, rows)] == ["ten_dead_or_missing"]
    assert needs_immediate_report({"deaths": 9, "missing": None}, rows) == ()
    assert needs_immediate_report({}, rows) == ()
    assert [r.code for r in needs_immediate_report({"collapsed_rooms": 500}, rows)] == ["mass_collapse"]


def test_what_nobody_knows_is_listed_and_zero_is_known() -> None:
    known: dict[str, float | None] = {f.code: 0 for f in catalogue().figures}
    known["missing"] = None
    assert [f.code for f in unknown(known, catalogue().figures)] == ["missing"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([f.code for f in catalogue().figures]), st.none() | st.floats(0, 1e6)))
def test_forgetting_a_figure_never_makes_a_contradiction(figures: dict[str, float | None]) -> None:
    before = set(faults(figures))
    for code in figures:
        assert set(faults({**figures, code: None})) <= before


def test_every_check_can_fail_or_demand_something() -> None:
    for row in catalogue().figure_checks:
        low: dict[str, float | None] = dict.fromkeys(row.parts, 200.0)
        if row.total:
            low[row.total] = 1.0
        if row.type is CheckType.IMMEDIATE:
            assert row in needs_immediate_report(low, catalogue().figure_checks)
        else:
            assert row.code in faults(low, dict.fromkeys(row.parts, 300.0))
