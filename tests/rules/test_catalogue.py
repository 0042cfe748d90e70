"""The seed tables become one catalogue, and every mistake in them is named with its file and line."""

from datetime import date

import opencc
import pytest

from models.rules.catalogue import CatalogueFault, FieldType, Group, Purpose, build, read_routing
from models.rules.clocks import ClockName, Step
from models.rules.kinds import LOCALES
from models.rules.roles import Party, Role
from models.rules.roster import read_roster
from models.rules.script import normalise
from models.rules.states import Grade, Urgency
from models.rules.units import Place, expand
from tests.rules.seeded import Cell, catalogue, tables, with_cell, with_row

HAZARDS = [
    "corridor_clutter",
    "fire_equipment_fault",
    "fire_lane_blocked",
    "ebike_charging",
    "roof_locked",
    "three_in_one",
    "illegal_wiring",
    "gas",
    "rental",
    "structure_altered",
    "facade_fall",
    "dangerous_house",
    "ponding",
    "geo_hazard",
    "manhole",
    "fallen_tree_pole",
    "confined_space",
    "hazchem",
    "self_built",
    "worksite",
    "road_collapse",
    "heating",
]
DISASTERS = [
    "flood",
    "drought",
    "typhoon",
    "wind_hail",
    "cold",
    "snow",
    "dust",
    "earthquake",
    "rockfall",
    "landslide",
    "debris_flow",
    "storm_surge",
    "tsunami",
    "wildfire",
    "biological",
]
FIGURES = [
    "affected_population",
    "deaths",
    "missing",
    "injured",
    "seriously_injured",
    "emergency_evacuated",
    "emergency_resettled",
    "emergency_resettled_now",
    "need_relief",
    "collapsed_households",
    "collapsed_rooms",
    "severely_damaged_households",
    "severely_damaged_rooms",
    "slightly_damaged_households",
    "slightly_damaged_rooms",
    "crop_affected_ha",
    "crop_damaged_ha",
    "crop_lost_ha",
    "direct_loss_wan",
    "loss_agriculture_wan",
    "loss_industry_mining_wan",
    "loss_infrastructure_wan",
    "loss_public_service_wan",
    "loss_household_wan",
]


def test_every_kind_of_the_domain_sheet_can_be_reported() -> None:
    kinds = catalogue().kinds
    assert {k.code for k in catalogue().group(Group.HAZARD)} == {*HAZARDS, "other_hazard"}
    assert {k.code for k in catalogue().group(Group.DISASTER)} == set(DISASTERS)
    assert {k.code for k in catalogue().group(Group.OBSERVATION)} == {"quake_felt", "weather_obs"}
    assert kinds["ponding"].field("depth_cm") is not None


def test_every_kind_is_found_by_words_and_asks_something() -> None:
    for kind in catalogue().kinds.values():
        assert kind.keywords, kind.code
        assert kind.fields, kind.code
        assert len(kind.fields) <= 12, kind.code


def test_a_common_hazard_needs_no_answer_beyond_photo_place_and_words() -> None:
    for kind in catalogue().group(Group.HAZARD):
        assert not [f.code for f in kind.asked(Grade.GENERAL) if f.required], kind.code


def test_a_major_hazard_is_asked_for_the_five_guarantees_last() -> None:
    for kind in catalogue().kinds.values():
        five = [f.code for f in kind.asked(Grade.MAJOR) if f.only_major]
        assert five == (["measure", "owner", "fund_wan", "deadline", "contingency"] if kind.may_be_major else [])
    fund = catalogue().kinds["dangerous_house"].field("fund_wan")
    assert fund is not None
    assert fund.unit is not None
    assert fund.unit.label.zh_CN == "万元"


def test_every_figure_of_the_national_scheme_is_there_and_the_first_report_asks_fewer() -> None:
    assert [f.code for f in catalogue().figures] == FIGURES
    assert 5 <= len(catalogue().first_figures) < len(FIGURES)


def test_every_name_stands_in_every_language() -> None:
    kinds = catalogue().kinds.values()
    labels = [k.label for k in kinds] + [f.label for k in kinds for f in k.fields]
    labels += [c.label for k in kinds for f in k.fields for c in f.choices]
    labels += [f.hint for k in kinds for f in k.fields if f.hint]
    labels += [r.label for r in catalogue().reasons] + [f.label for f in catalogue().figures]
    assert all(label.in_(locale) for label in labels for locale in LOCALES)
    assert set(catalogue().roles) == set(Role)


def test_a_label_in_an_unknown_language_is_simplified_chinese() -> None:
    label = catalogue().kinds["manhole"].label
    assert label.in_("fr") == label.in_("zh_CN") == "井盖问题"
    assert label.in_("zh_TW") == "井蓋問題"


@pytest.mark.parametrize(
    ("urgency", "clock", "minutes", "working"),
    [
        (Urgency.U1, ClockName.ACKNOWLEDGE, 15, False),
        (Urgency.U2, ClockName.ACKNOWLEDGE, 30, False),
        (Urgency.U3, ClockName.ACKNOWLEDGE, 450, True),
        (Urgency.U4, ClockName.ACKNOWLEDGE, 450, True),
        (Urgency.U1, ClockName.ON_SCENE, 30, False),
        (Urgency.U2, ClockName.ON_SCENE, 120, False),
        (Urgency.U1, ClockName.DONE, 120, False),
        (Urgency.U2, ClockName.DONE, 1440, False),
        (Urgency.U3, ClockName.DONE, 2250, True),
        (Urgency.U4, ClockName.DONE, 2250, True),
    ],
)
def test_a_case_starts_with_the_limits_of_the_domain_sheet(
    urgency: Urgency, clock: ClockName, minutes: int, working: bool
) -> None:
    limit = catalogue().limits_for("hazchem", urgency).of(clock)
    assert limit is not None
    assert (limit.minutes, limit.working) == (minutes, working)


def test_only_urgent_cases_have_a_clock_for_the_scene() -> None:
    for urgency in (Urgency.U3, Urgency.U4):
        assert catalogue().limits_for("rental", urgency).of(ClockName.ON_SCENE) is None


def test_a_kind_may_have_its_own_limit_and_keeps_the_others() -> None:
    bike, plain = (catalogue().limits_for(kind, Urgency.U3) for kind in ("ebike_charging", "rental"))
    assert bike.of(ClockName.DONE) != plain.of(ClockName.DONE)
    assert bike.of(ClockName.ACKNOWLEDGE) == plain.of(ClockName.ACKNOWLEDGE)


def test_an_unsigned_life_danger_goes_to_the_street_and_then_to_the_district() -> None:
    limit = catalogue().limits_for("gas", Urgency.U1).of(ClockName.ACKNOWLEDGE)
    assert limit is not None
    steps = {step.percent: step for step in limit.ladder}
    assert {Party.SUPERVISOR, Party.DISPATCHER} <= set(steps[100].tell)
    assert Party.DISTRICT in steps[200].tell


def test_the_ladder_of_the_holder_reminds_urges_is_overdue_and_supervised() -> None:
    limit = catalogue().limits_for("rental", Urgency.U3).of(ClockName.DONE)
    assert limit is not None
    assert [(s.percent, s.step) for s in limit.ladder] == [
        (50, Step.REMIND),
        (80, Step.URGE),
        (100, Step.OVERDUE),
        (150, Step.SUPERVISE),
    ]
    assert Party.DISTRICT in limit.ladder[-1].tell


def test_the_end_of_the_return_window_disturbs_nobody_and_makes_nothing_overdue() -> None:
    for urgency in Urgency:
        window = catalogue().limits_for("rental", urgency).of(ClockName.RETURNING)
        assert window is not None
        assert window.ladder == ()


def test_every_reason_of_the_loop_can_be_given() -> None:
    codes = {p: [r.code for r in catalogue().reasons_for(p)] for p in Purpose}
    assert codes[Purpose.RETURN] == ["wrong_area", "wrong_duty", "duplicate", "no_fact", "other"]
    assert codes[Purpose.SUSPEND] == ["season", "engineering", "ownership", "court"]
    assert all(codes.values())
    assert catalogue().reason(Purpose.RETURN, "season") is None


@pytest.mark.parametrize(
    ("kind", "grade", "danger", "urgency"),
    [
        ("rental", Grade.GENERAL, False, Urgency.U3),
        ("dangerous_house", Grade.MAJOR, False, Urgency.U4),
        ("gas", Grade.MAJOR, False, Urgency.U2),
        ("corridor_clutter", Grade.GENERAL, True, Urgency.U1),
        ("dangerous_house", Grade.MAJOR, True, Urgency.U1),
    ],
)
def test_danger_and_grade_raise_the_urgency_of_a_kind(kind: str, grade: Grade, danger: bool, urgency: Urgency) -> None:
    assert catalogue().kinds[kind].urgency_at(grade, danger) is urgency


def test_every_traditional_form_of_a_word_of_the_catalogue_is_understood() -> None:
    """Whatever city adds a word with a new character is told to add its traditional form to script.py."""
    converter = opencc.OpenCC("t2s")
    lexicon = catalogue().danger_words
    words = {w for k in catalogue().kinds.values() for w, _ in k.keywords} | set(lexicon.words)
    words |= {*lexicon.denials, *lexicon.suppositions, *lexicon.fillers, *lexicon.innocent, *lexicon.doubts}
    numeric = [f for k in catalogue().kinds.values() for f in k.fields] + list(catalogue().figures)
    words |= {w for f in numeric for w in (*f.cues.before, *f.cues.after, *f.cues.alone)}
    used = set("".join(words))
    lost = [
        (old, new)
        for old in map(chr, range(0x4E00, 0xA000))
        if (new := converter.convert(old)) != old and new in used and normalise(old) != new
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (Cell("kinds", 0, {"urgency": "U9"}), "urgency is 'U9'; known are U1, U2, U3, U4"),
        (Cell("kinds", 0, {"label_en": " "}), "label_en is empty"),
        (Cell("kinds", 0, {"source": ""}), "source is empty"),
        (Cell("kinds", 0, {"valid_from": "soon"}), "valid_from is 'soon', which is no date"),
        (Cell("kinds", 0, {"duplicate_radius_m": "-1"}), "duplicate_radius_m needs a number from 0"),
        (Cell("kinds", 0, {"may_be_major": "perhaps"}), "only yes and no are known"),
        (Cell("fields", 0, {"kind": "volcano"}), "kind 'volcano' is defined nowhere"),
        (Cell("fields", 0, {"choices": "nothing"}), "choices 'nothing' is defined nowhere"),
        (Cell("fields", 2, {"unit": "furlong"}), "unit 'furlong' is defined nowhere"),
        (Cell("fields", 2, {"low": "9", "high": "1"}), "low is greater than high"),
        (Cell("fields", -1, {"type": "text", "unit": "", "high": ""}), "a text needs high"),
        (Cell("keywords", 0, {"kind": "volcano"}), "kind 'volcano' is defined nowhere"),
        (Cell("quantities", 0, {"words": "厘米"}), "words has '厘米'"),
        (Cell("clocks", 0, {"length": "0"}), "a clock needs a length"),
        (Cell("clocks", 0, {"ladder": "stairs"}), "ladder 'stairs' is defined nowhere"),
        (Cell("ladder", 0, {"tell": "holder|mayor"}), "tell has mayor, which is no party"),
        (Cell("holidays", 0, {"day": "2026-13-01"}), "day is '2026-13-01'"),
        (Cell("work_windows", 0, {"ends": "08:00"}), "a window ends after it starts"),
        (Cell("policy", 0, {"code": "n_returns"}), "the policy n_returns_to_district is missing"),
        (Cell("figure_checks", 0, {"total": "crop_eaten"}), "the figure 'crop_eaten' is defined nowhere"),
        (Cell("figure_checks", 0, {"total": ""}), "has a total only if it compares"),
        (Cell("units", 0, {"code": "ST"}), "has {street} in its code"),
        (Cell("routing", 0, {"unit_code": "XX"}), "unit_code 'XX' is defined nowhere"),
        (Cell("routing", 0, {"hour_from": "22"}), "both empty or both from 0 to 24"),
        (Cell("routing", 1, {"rule_no": "1"}), "rule_no needs a number of its own"),
        (Cell("danger_words", 0, {"sense": "maybe"}), "sense 'maybe' is not known"),
        (Cell("reasons", 0, {"purpose": "joke"}), "purpose is 'joke'"),
    ],
    ids=lambda value: f"{value.file}-{next(iter(value.values))}" if isinstance(value, Cell) else "",
)
def test_a_mistake_in_a_table_is_named_with_its_file_and_line(change: Cell, what: str) -> None:
    with pytest.raises(CatalogueFault) as caught:
        build(with_cell(change))

    assert what in str(caught.value)
    fault = next(f for f in caught.value.faults if what in f.what)
    assert fault.file == f"{change.file}.csv"
    assert fault.line >= 2


def test_all_mistakes_are_told_at_once() -> None:
    broken = {**with_cell(Cell("kinds", 0, {"urgency": "U9"})), **{"reasons": []}}
    del broken["roles"]
    with pytest.raises(CatalogueFault) as caught:
        build(broken)

    files = {fault.file for fault in caught.value.faults}
    assert {"kinds.csv", "roles.csv"} <= files


def test_a_missing_and_a_misspelt_column_are_told_once_for_the_table() -> None:
    rows = [
        row._replace(values={("lable" if k == "list" else k): v for k, v in row.values.items()})
        for row in tables()["choices"]
    ]
    with pytest.raises(CatalogueFault) as caught:
        build({**tables(), "choices": rows})

    told = [str(f) for f in caught.value.faults if f.file == "choices.csv"]
    assert told == ["choices.csv:1: the column lable is not known", "choices.csv:1: the column list is missing"]


def test_the_same_row_twice_is_a_mistake_but_a_younger_one_replaces_it() -> None:
    with pytest.raises(CatalogueFault, match="the same as line 2"):
        build(with_row("kinds", 0, {}))

    later = with_row("kinds", 0, {"valid_from": "2027-01-01", "urgency": "U2"})
    code = tables()["kinds"][0].values["code"]
    assert build(later, date(2026, 12, 31)).kinds[code].urgency is Urgency.U3
    assert build(later, date(2027, 1, 1)).kinds[code].urgency is Urgency.U2


def test_a_city_adds_a_kind_with_two_rows() -> None:
    rows = with_row("kinds", 0, {"code": "broken_swing", "label_zh_CN": "秋千损坏", "list_order": "999"})
    rows = {**rows, "keywords": with_row("keywords", 0, {"kind": "broken_swing", "word": "秋千"})["keywords"]}
    kind = build(rows).kinds["broken_swing"]
    assert kind.keywords[0][0] == "秋千"
    assert kind.fields == ()


def test_numbers_have_units_and_choices_have_answers() -> None:
    for kind in catalogue().kinds.values():
        for field in kind.fields:
            assert (field.unit is not None) is (field.type is FieldType.NUMBER), (kind.code, field.code)
            assert bool(field.choices) is (field.type in (FieldType.CHOICE, FieldType.MULTI))


def test_the_demonstration_people_stand_in_known_places_and_units() -> None:
    areas = {"120000", "120103", "120103009", "120103013", "120103009012", "120103009013"}
    places = [Place("120103", "district", "河西区"), Place("120103009", "street", "尖山街道")]
    units = expand(catalogue().units, [*places, Place("120103013", "street", "梅江街道")])
    people = {p.key: p for p in read_roster(tables()["roster"], {u.code for u in units}, areas)}

    assert people["li"].invite_code == "DEMO-LI"
    assert len(people["li"].posts) == 2
    assert people["zhao"].posts[0].unit_code == "DR-120103"
    assert people["chen"].posts[0].area_code == "120103013"
    assert {p.name for p in people.values()} >= {"李建国", "王敏", "周明", "赵强", "孙丽", "陈静", "钱卫东"}
    assert {post.role for p in people.values() for post in p.posts} == set(Role) - {Role.SYSTEM}


def test_every_street_and_district_gets_its_units() -> None:
    places = [Place("1", "district", "甲区"), Place("11", "street", "一街道"), Place("12", "street", "二街道")]
    units = {u.code: u for u in expand(catalogue().units, places)}
    assert {"ST-11", "ST-12", "DR-1", "GS-1", "FR-1", "HS-1", "UM-1", "PW-1", "HT-1", "EM-1"} == set(units)
    assert units["ST-11"].label.zh_CN == "一街道办事处"
    assert units["ST-11"].area_code == "11"


def test_an_operator_imports_a_routing_table_of_the_citys_own_units() -> None:
    own = [row._replace(values={**row.values, "unit_code": "OWN-7"}) for row in tables()["routing"][:2]]
    assert [r.unit_code for r in read_routing(own, catalogue(), {"OWN-7"})] == ["OWN-7", "OWN-7"]
    with pytest.raises(CatalogueFault, match=r"routing\.csv:2: unit_code 'OWN-7' is defined nowhere"):
        read_routing(own, catalogue())


def test_a_roster_names_unknown_units_and_shared_codes() -> None:
    rows = list(tables()["roster"])
    rows[0] = rows[0]._replace(values={**rows[0].values, "unit_code": "XX-1"})
    rows[-1] = rows[-1]._replace(values={**rows[-1].values, "invite_code": "DEMO-SUN"})
    with pytest.raises(CatalogueFault) as caught:
        read_roster(rows, {"DR-120103", "ST-120103009", "ST-120103013", "GS-120103"})

    assert "the unit 'XX-1' is defined nowhere" in str(caught.value)
    assert "the invite code of admin belongs to sun" in str(caught.value)
