"""The operator asks who would get a case, changes the table, and sees what a change would do."""

from pathlib import Path

from tests.cli.conftest import Desk
from tests.fakes.small_city import IN_SOUTH, OUTSIDE, STREET

SOUTH = tuple(str(number) for number in IN_SOUTH)


def test_who_would_get_it_is_told_for_an_area_a_point_and_words(desk: Desk) -> None:
    for place in ((STREET,), SOUTH, (",".join(SOUTH),), ("尖山街道光明里社区3号楼",)):
        said = desk("route", "try", "ponding", *place)

        assert "→ 河西区排水管理所, 赵强: rule 15" in said
        assert "尖山街道" in said


def test_a_kind_is_known_by_code_name_and_words(desk: Desk) -> None:
    for kind in ("ponding", "积水内涝", "地道里积水很深"):
        assert "(ponding)" in desk("route", "try", kind, STREET)
    assert "there is no kind 'xyzzy'" in desk("route", "try", "xyzzy", STREET, code=1)


def test_a_kind_without_a_rule_goes_to_the_dispatcher(desk: Desk) -> None:
    assert "→ the dispatcher's queue: no_rule" in desk("route", "try", "other_hazard", STREET)


def test_places_that_no_case_could_have_are_one_sentence(desk: Desk) -> None:
    far = tuple(str(number) for number in OUTSIDE)

    assert "outside the city" in desk("route", "try", "ponding", *far, code=1)
    assert "no place can be made out of this" in desk("route", "try", "ponding", "qwerty", code=1)


def test_a_rule_for_the_night_wins_at_night_only(desk: Desk) -> None:
    night = ("--hours", "18-8", "--since", "2026-01-01", "--source", "the duty order of a test")
    desk("route", "set", "--area", STREET, "--kind", "ponding", "--unit", "ST-{street}", *night)

    evening = desk("route", "try", "ponding", STREET, "--at", "2026-12-05 22:00")
    noon = desk("route", "try", "ponding", STREET, "--at", "2026-12-05 12:00")

    assert "→ 尖山街道办事处, 周明: rule 43, the duty order of a test" in evening
    assert "less_particular" in evening
    assert "→ 河西区排水管理所" in noon
    assert "other_hour" in noon


def test_a_rule_is_overwritten_by_its_number_and_dropped(desk: Desk) -> None:
    said = desk("route", "set", "--area", STREET, "--kind", "ponding", "--unit", "ST-{street}", "--number", "15")

    assert "was" in said
    assert "rule 15" in desk("route", "try", "ponding", STREET)
    assert "Rule 15 is gone" in desk("route", "drop", "15")
    assert "no_rule" in desk("route", "try", "ponding", STREET)
    assert "there is no rule '15'" in desk("route", "drop", "15", code=1)


def test_a_rule_that_names_nothing_known_is_refused(desk: Desk) -> None:
    said = desk("route", "set", "--area", STREET, "--kind", "xyzzy", "--unit", "nobody", code=1)

    assert "kind 'xyzzy' is defined nowhere; unit_code 'nobody' is defined nowhere" in said
    assert "there is no area '999'" in desk("route", "set", "--area", "999", "--unit", "ST-{street}", code=1)


def test_the_table_goes_out_and_comes_in_again_unchanged(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "routing.csv"

    desk("route", "export", str(file))

    assert "nothing changes" in desk("route", "import", str(file))
    assert desk("route", "export").splitlines()[1].startswith("1,120000,corridor_clutter,*")


def test_a_changed_table_is_shown_and_then_put_in_force_whole(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "routing.csv"
    desk("route", "export", str(file))
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    kept = [line.replace("DR-{district}", "ST-{street}") for line in lines if not line.startswith("1,")]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")

    dry = desk("route", "import", str(file), "--dry-run")
    desk("route", "import", str(file), typed="y\n")

    assert "gone" in dry
    assert "was" in dry
    assert "尖山街道办事处" in desk("route", "try", "ponding", STREET)
    assert "no_rule" in desk("route", "try", "corridor_clutter", STREET)


def test_faults_of_a_table_are_named_by_line(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "routing.csv"
    desk("route", "export", str(file))
    file.write_text(file.read_text(encoding="utf-8-sig").replace("ponding", "xyzzy"), encoding="utf-8")

    assert "routing.csv:16: kind 'xyzzy' is defined nowhere" in desk("route", "import", str(file), code=1)
