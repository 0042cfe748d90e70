"""No telephone number and no identity number leaves to the public, however it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.masking import DIGITS, masked


@pytest.mark.parametrize(
    "number",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "8613800138000",
        "１３８００１３８０００",
        "一三八零零一三八零零零",
        "幺三八〇〇幺三八〇〇〇",
        "022-27285678",
        "(022)27285678",
        "0316 2728567",
        "12010119900307123X",
        "120101199003071238",
    ],
)
def test_a_number_of_a_person_is_hidden(number: str) -> None:
    text = masked(f"请联系{number}，在桥下。")

    assert text.startswith("请联系")
    assert text.endswith("，在桥下。")
    assert not any(sign.isdigit() for sign in text.translate(DIGITS).removeprefix("请联系")[: len(number)])


@pytest.mark.parametrize(
    "text",
    [
        "积水约30厘米，两户进水",
        "TJ-2026-000123",
        "R2026-0000123",
        "请打110或12345",
        "39.123456,117.123456",
        "2026-11-24 10:30",
        "解放路138号院3号楼",
        "一二三四五六七",
        "停电13800138000123户",
        "",
    ],
)
def test_what_is_no_number_of_a_person_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text())
def test_only_signs_of_numbers_change(text: str) -> None:
    hidden = masked(text)

    assert len(hidden) == len(text)
    assert all(one == other or one == "*" for one, other in zip(hidden, text, strict=True))
