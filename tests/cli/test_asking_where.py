"""The operator asks where something is and gets the whole answer with its reasons."""

from pathlib import Path

from console.places import SAID, SAID_OF_WORDS
from geo.address import REASONS as ADDRESS_REASONS
from geo.locate import REASONS
from tests.cli.conftest import Desk
from tests.cli.small_folder import write_city
from tests.fakes.small_city import AT_BORDER, EDITION, IN_SOUTH, OUTSIDE


def asked(desk: Desk, at: tuple[float, float], *more: str) -> str:
    """Asks for a point, longitude first."""
    return desk("where", str(at[1]), str(at[0]), *more)


def test_a_point_in_the_middle_is_inside_with_its_distance_to_the_border(desk: Desk) -> None:
    said = asked(desk, IN_SOUTH)

    assert said.startswith("inside: inside_by_margin")
    assert "尖山街道 120103009 › 光明里社区 120103009013" in said
    assert "nearest border" in said
    assert EDITION not in said


def test_a_point_near_the_border_lists_what_would_be_asked(desk: Desk) -> None:
    said = asked(desk, AT_BORDER)

    assert said.startswith("near_border")
    assert said.count("尖山街道") == 1
    assert said.count("梅江街道") >= 1


def test_a_point_outside_names_the_nearest_area(desk: Desk) -> None:
    said = asked(desk, OUTSIDE)

    assert said.startswith("outside: outside_city")
    assert "nearest area" in said


def test_the_datum_moves_the_point(desk: Desk) -> None:
    given = "longitude 117.210000, latitude 39.085000"
    plain, shifted = asked(desk, IN_SOUTH), asked(desk, IN_SOUTH, "--datum", "gcj02")

    assert [line.split()[0] for line in plain.splitlines() if given in line] == ["WGS-84"]
    assert [line.split()[:3] for line in shifted.splitlines() if given in line] == [["given", "in", "gcj02"]]
    assert "there is no datum 'mars'" in desk("where", "39", "117", "--datum", "mars", code=1)


def test_words_are_read_as_the_bot_reads_them(desk: Desk) -> None:
    assert desk("where", "尖山街道光明里社区门口").startswith("stated")
    assert desk("where", "红星里社区").startswith("stated")
    assert desk("where", "这里没有地名").startswith("unknown")


def test_an_index_of_an_older_program_is_built_anew(desk: Desk) -> None:
    (held,) = (desk.data / "index").glob("*.index")
    held.write_bytes(held.read_bytes().replace(b'"format": 3', b'"format": 1'))

    assert asked(desk, IN_SOUTH).startswith("inside: inside_by_margin")
    assert b'"format": 3' in held.read_bytes()


def test_both_orders_are_read_and_the_unusual_one_is_said(desk: Desk) -> None:
    usual = desk("where", "117.21", "39.085")
    turned = desk("where", "39.085", "117.21")
    joined = desk("where", "117.21,39.085")

    assert "read as latitude, longitude" not in usual + joined
    assert "read as latitude, longitude" in turned
    assert usual == joined
    assert "光明里社区" in turned


def test_a_point_west_of_greenwich_is_no_option(desk: Desk) -> None:
    assert desk("where", "-77.03", "38.9").startswith("outside: outside_city")
    assert "there is no option --nap" in desk("where", "--nap", "尖山街道", code=1)


def test_the_map_shows_the_place_the_border_and_whose_side_is_whose(desk: Desk) -> None:
    said = asked(desk, AT_BORDER, "--map")

    middle = next(line for line in said.splitlines() if "●" in line)
    left, right = middle.strip().split("●")
    assert set(left) == {"a", "b"}
    assert set(right) == {"a"}
    assert "a 梅江街道 120103013" in said
    assert "b 尖山街道 120103009" in said
    assert "600 m from left to right" in said


def test_words_are_shown_on_the_map_too(desk: Desk) -> None:
    said = desk("where", "尖山街道光明里社区门口", "--map")

    assert "●" in said
    assert "尖山街道 120103009" in said.split("●")[-1]
    assert "●" not in desk("where", "这里没有地名", "--map")


def test_words_are_answered_with_the_reason_and_all_roads(desk: Desk) -> None:
    said = desk("where", "尖山街道光明里社区门口，碧水路与梅林道交口")

    assert "street_named (the street is named)" in said
    assert "roads: 碧水路, 梅林道" in said
    assert "road_only (only a road is named" in desk("where", "碧水路与梅林道交口")


def test_roads_and_buildings_that_the_city_brought_lead_to_their_streets(desk: Desk, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "city")
    rows = ["钟楼,landmark,,117.21,39.085", "碧水路,road,120103009,,", "碧水路,road,120103013,,", "远楼,landmark,,1,2"]
    (folder / "landmarks.csv").write_text("\n".join(["name,level,street_code,lon,lat", *rows]), encoding="utf-8")
    city = {"WHISTLE_CITY_FOLDER": str(folder)}

    assert "尖山街道 120103009" in desk("where", "钟楼北侧井盖丢失", **city)
    road = desk("where", "碧水路路灯不亮", **city)
    assert "several: road (a road that was brought in)" in road
    assert "梅江街道" in road
    assert "尖山街道" in road
    assert desk("where", "远楼北侧井盖丢失", **city).startswith("unknown")


def test_a_faulty_landmark_is_one_sentence_with_its_line(desk: Desk, tmp_path: Path) -> None:
    folder = write_city(tmp_path / "city")
    (folder / "landmarks.csv").write_text("name,level,street_code,lon,lat\n钟楼,tower,,1,2\n", encoding="utf-8")

    said = desk("where", "钟楼", code=1, WHISTLE_CITY_FOLDER=str(folder))

    assert "landmarks.csv, line 2: a name and a level, road or landmark, are needed" in said


def test_every_reason_is_told_in_words() -> None:
    assert set(SAID) == set(REASONS)
    assert set(SAID_OF_WORDS) == ADDRESS_REASONS | {"no_boundaries"}
