"""Workers write as they speak, and are understood: the kind, the danger, the numbers."""

import json
from pathlib import Path

import pytest

from models.rules.words import danger, decided, figure_numbers, numbers, recognise
from tests.rules.seeded import catalogue

DATA = Path(__file__).parents[1] / "data"
MEANT = {
    "manhole": {"manhole"},
    "fire_equipment": {"fire_equipment_fault"},
    "flood": {"ponding", "flood"},
    "flash_flood": {"flood"},
    "sewage": {"ponding"},
    "fire_lane": {"corridor_clutter", "fire_lane_blocked"},
    "fire_hazard": {"ebike_charging", "illegal_wiring"},
    "road_collapse": {"road_collapse"},
    "road": {"road_collapse", "worksite"},
    "tree": {"fallen_tree_pole"},
    "lighting": {"fallen_tree_pole", "other_hazard"},
    "facade": {"facade_fall"},
    "building": {"dangerous_house", "facade_fall"},
    "dust": {"worksite"},
    "glass": {"facade_fall", "illegal_wiring", "other_hazard"},
    "rubbish": {"other_hazard"},
    "greening": {"other_hazard"},
    "ice": {"other_hazard", "ponding"},
    "leak": {"other_hazard"},
    "obstruction": {"other_hazard"},
    "elevator": {"other_hazard"},
}
"""Labels of the reports in `tests/data` and the kinds of the catalogue that answer them; fires have no kind."""


def kinds_of(text: str) -> list[str]:
    return [guess.kind for guess in recognise(text, catalogue())]


def test_reports_after_the_news_are_recognised_among_the_best_three() -> None:
    lines = (DATA / "tianjin_hazard_texts.jsonl").read_text(encoding="utf-8").splitlines()
    reports = [r for r in map(json.loads, lines) if r["hazard"] in MEANT]
    missed = [r["text"] for r in reports if not MEANT[r["hazard"]] & set(kinds_of(r["text"]))]
    first = [r for r in reports if MEANT[r["hazard"]] & set(kinds_of(r["text"])[:1])]

    assert missed == []
    assert len(first) >= 0.95 * len(reports)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("三楼楼道里堆满了旧家具", "corridor_clutter"),
        ("楼门口马葫芦盖子没了", "manhole"),
        ("有个电驴子在楼道充电", "ebike_charging"),
        ("底商晚上有人住人,上下一体", "three_in_one"),
        ("大树杈子折了砸车上", "fallen_tree_pole"),
        ("消火栓没水", "fire_equipment_fault"),
        ("下水井往外冒水,路都淹了", "ponding"),
        ("外檐往下掉水泥块", "facade_fall"),
        ("屋里暖气不热,才14度", "heating"),
        ("楼顶天台门锁着打不开", "roof_locked"),
        ("装修把承重墙砸了", "structure_altered"),
        ("山体滑坡把路堵了", "landslide"),
        ("下雹子把大棚砸坏了", "wind_hail"),
        ("刚才楼晃了一下有震感", "quake_felt"),
        ("樓道堆滿雜物", "corridor_clutter"),
        ("井蓋不見了,井蓋丟了", "manhole"),
        ("瓦斯味很重,可能漏氣", "gas"),
        ("manhole cover is missing", "manhole"),
    ],
)
def test_a_worker_who_speaks_plainly_is_understood_first_time(text: str, kind: str) -> None:
    assert kinds_of(text)[0] == kind


def test_nothing_is_guessed_from_words_that_say_nothing() -> None:
    assert recognise("你好", catalogue()) == ()
    assert recognise("", catalogue()) == ()
    assert decided(()) is None


def test_a_clear_case_needs_no_question_and_an_unclear_one_does() -> None:
    assert decided(recognise("井盖丢了", catalogue())) == "manhole"
    assert decided(recognise("工地挖断了燃气管道", catalogue())) is None


@pytest.mark.parametrize(
    "text",
    [
        "电梯里有人被困",
        "有人触电了",
        "平房坍塌",
        "二楼爆炸了",
        "有伤亡",
        "有没有人被困还不知道",
        "不知道有无人员伤亡",
        "没人管,有人被困",
        "没有停电,有人触电",
        "门打不开没人来救被困的人",
        "伤亡情况不明",
        "车被水淹没困在里面",
        "怕是着火了",
        "可能着火了",
        "一楼着火,无人员伤亡",
        "房子随时可能坍塌",
        "闻到煤气味很大",
        "孩子掉进井里了",
        "被困人员已救出两人,还有一人",
        "樓道起火有人受困",
        "two people trapped in the lift",
        "10伤亡",
        "死亡0.5小时后被发现",
        "死亡05人",
        "死亡0人,受伤3人,有人被困",
        "消防栓没有水,楼上着火",
    ],
)
def test_words_for_life_in_danger_are_heard(text: str) -> None:
    assert danger(text, catalogue())


@pytest.mark.parametrize(
    "text",
    [
        "无人被困",
        "没有伤亡",
        "没有人员伤亡",
        "暂无人员被困和伤亡",
        "未造成人员伤亡",
        "没有造成人员死亡或受伤",
        "零伤亡",
        "0伤亡",
        "洪涝灾害,死亡0人",
        "因灾死亡人数:0,失踪0人",
        "死亡零人",
        "楼道堆物有火灾隐患",
        "飞线充电容易引发火灾",
        "万一着火就麻烦了",
        "电梯老坏怕困人",
        "明天社区火灾演练",
        "垃圾掉进井里把管道堵死",
        "防溺水宣传牌倒了",
        "路面塌陷",
        "消防栓没水",
        "nobody is injured",
    ],
)
def test_denied_supposed_and_harmless_words_are_no_danger(text: str) -> None:
    assert danger(text, catalogue()) == ()


def test_danger_is_told_in_the_order_of_the_words_and_once() -> None:
    assert danger("着火了,有人被困,被困两人", catalogue()) == ("着火", "被困")


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("积水约30厘米", "ponding", {"depth_cm": 30}),
        ("積水約三十公分", "ponding", {"depth_cm": 30}),
        ("积水半米深", "ponding", {"depth_cm": 50}),
        ("水有一米二深", "ponding", {"depth_cm": 120}),
        ("水深一米半", "ponding", {"depth_cm": 150}),
        ("积水１．２米", "ponding", {"depth_cm": 120}),
        ("积水三四十公分", "ponding", {"depth_cm": 40}),
        ("积水20到30厘米", "ponding", {"depth_cm": 30}),
        ("水二尺深", "ponding", {"depth_cm": 66.6666}),
        ("往东50米积水30厘米", "ponding", {"depth_cm": 30}),
        ("积水100米长,深40公分", "ponding", {"depth_cm": 40, "length_m": 100}),
        ("积水几十厘米", "ponding", {}),
        ("5min后积水更多", "ponding", {}),
        ("积水99米", "ponding", {}),
        ("坑深一米半,长3米宽两米", "road_collapse", {"depth_cm": 150, "length_m": 3, "width_m": 2}),
        ("四个井没盖,最深一米多", "manhole", {"n_lids": 4, "depth_cm": 100}),
        ("灯杆斜了45度", "fallen_tree_pole", {"lean_degrees": 45}),
        ("屋里只有14度,影响两户", "heating", {"indoor_c": 14, "n_households": 2}),
        ("隔出5间房,住了十二个人", "rental", {"n_rooms": 5, "n_tenants": 12}),
        ("最低零下12度", "cold", {"lowest_c": -12}),
        ("过火面积15亩", "wildfire", {"burnt_ha": 1}),
        ("第3户门口裂缝宽2厘米", "dangerous_house", {"crack_mm": 20}),
        ("存了两吨柴油", "hazchem", {"amount_kg": 2000}),
    ],
)
def test_numbers_with_units_are_taken_out_of_the_words(text: str, kind: str, expected: dict[str, float]) -> None:
    assert numbers(text, catalogue().kinds[kind]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1人死亡2人失踪", {"deaths": 1, "missing": 2}),
        ("死亡2人失踪1人", {"deaths": 2, "missing": 1}),
        ("重伤3人受伤5人", {"seriously_injured": 3, "injured": 5}),
        ("受灾群众1,200人,转移三百二十人", {"affected_population": 1200, "emergency_resettled": 320}),
        ("倒塌房屋3间", {"collapsed_rooms": 3}),
        ("农作物受灾2.5公顷,绝收15亩", {"crop_affected_ha": 2.5, "crop_lost_ha": 1}),
        ("直接经济损失50万元", {"direct_loss_wan": 50}),
        ("经济损失1.2亿元", {"direct_loss_wan": 12000}),
        ("无人死亡,情况还不清楚", {}),
    ],
)
def test_disaster_figures_are_taken_out_of_the_words(text: str, expected: dict[str, float]) -> None:
    assert figure_numbers(text, catalogue()) == pytest.approx(expected)
