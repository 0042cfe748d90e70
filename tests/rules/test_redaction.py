"""What strangers read of a report: the hazard, and nobody's number or name."""

import pytest

from models.rules.redaction import MASK, redacted


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请打13920123456", f"请打{MASK}"),
        ("电话 +86 139 2012 3456。", f"电话 {MASK}。"),
        ("手机139-2012-3456急", f"手机{MASK}急"),
        ("值班022-28123456转801", f"值班{MASK}"),
        ("身份证120103199001011234", f"身份证{MASK}"),
        ("身份证12010319900101123X", f"身份证{MASK}"),
        ("写信 a.b@example.com", f"写信 {MASK}"),
        ("微信:whistle_01", f"微信:{MASK}"),
        ("联系人:张三丰", f"联系人:{MASK}"),
        ("找王师傅", f"找{MASK}师傅"),
        ("打１３８００１３８０００", f"打{MASK}"),
        ("打幺三八〇〇幺三八〇〇〇，急", f"打{MASK}，急"),
        ("打一三八 零零一三 八零零零", f"打{MASK}"),
        ("刘建国先生家", f"{MASK}先生家"),
    ],
)
def test_what_reaches_a_person_is_masked(said: str, shown: str) -> None:
    assert redacted(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "积水约30厘米",
        "尖山路12号楼3门501",
        "一二三四五六七",
        "两户进水，三人被困",
        "2026年11月24日 08:30 起",
        "坐标 39.085123, 117.210456",
        "受灾1200人, 面积3500平方米",
    ],
)
def test_what_describes_the_hazard_stays(said: str) -> None:
    assert redacted(said) == said


def test_names_that_are_known_are_masked() -> None:
    assert redacted("李建国说井盖丢了", ["李建国"]) == f"{MASK}说井盖丢了"
