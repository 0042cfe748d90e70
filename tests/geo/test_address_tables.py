"""A city brings its old names and its landmarks as tables, and hears of the line that is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from bench.address import CITY, city_areas
from geo.address_aliases import BadAliases, read_aliases
from geo.address_landmarks import BadLandmarks, read_landmarks
from geo.gazetteer import Gazetteer

ALIASES = "name,code,kind,valid_from,valid_to,source"
LANDMARKS = "name,level,street_code,lon,lat"


def test_a_name_keeps_the_time_in_which_it_was_official() -> None:
    (alias,) = read_aliases([ALIASES, "旧城街道,360101,abolished,1993,2005-02,gazette"])

    assert (alias.valid_from, alias.valid_to) == (date(1993, 1, 1), date(2005, 2, 28))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("旧城街道,360101,old,,,gazette", "kind"),
        ("旧城街道,360101,abolished,,,", "source"),
        (",360101,abolished,,,gazette", "name"),
        ("旧城街道,360101,abolished,2005-13,,gazette", "date"),
        ("旧城街道,360101,abolished,2005,1993,gazette", "before"),
    ],
)
def test_a_faulty_alias_is_told_with_its_line(row: str, fault: str) -> None:
    with pytest.raises(BadAliases, match=fault) as caught:
        read_aliases([ALIASES, "好街道,1,abolished,,,gazette", row])

    assert caught.value.line == 3


def test_a_table_with_other_columns_is_refused() -> None:
    with pytest.raises(BadAliases):
        read_aliases(["name,code"])
    with pytest.raises(BadLandmarks):
        read_landmarks(["name,lon,lat"], lambda lon, lat: None)


def test_the_demo_citys_aliases_all_point_to_areas_that_exist() -> None:
    with (CITY / "aliases.csv").open(encoding="utf-8", newline="") as lines:
        aliases = read_aliases(lines)

    assert aliases
    Gazetteer.build(city_areas(), aliases)


def test_a_road_gathers_the_streets_of_all_its_rows_and_points() -> None:
    rows = [LANDMARKS, "长堤路,road,360101,,", "长堤路,road,,117.2,39.1", "钟楼,landmark,,117.2,39.1"]

    road, tower = read_landmarks(rows, lambda lon, lat: "360102" if lon == 117.2 else None)

    assert (road.level, road.street_codes) == ("road", ("360101", "360102"))
    assert (tower.level, tower.street_codes) == ("landmark", ("360102",))


@pytest.mark.parametrize("row", ["长堤路,road,,,", "长堤路,path,360101,,", "钟楼,landmark,,1.0,2.0"])
def test_a_faulty_landmark_is_told_with_its_line(row: str) -> None:
    with pytest.raises(BadLandmarks) as caught:
        read_landmarks([LANDMARKS, row], lambda lon, lat: None)

    assert caught.value.line == 2
