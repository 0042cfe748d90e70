"""Every reader of typed words gives an answer or a refusal, whatever is typed: fuzzed with a fixed budget."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.rules import words
from models.rules.fields import read_figure
from tests.rules.seeded import catalogue

BOOK = catalogue()
PIECES = (
    *(
        "积水",
        "楼道",
        "约",
        "零下",
        "半",
        "米",
        "厘米",
        "万",
        "亿",
        "点",
        "到",
        "至",
        "死亡",
        "失踪",
        "无",
        "不清楚",
        "人",
        "户",
    ),
    *(
        "0",
        "9",
        "1e9",
        "-",
        "~",
        ",",
        ".",
        "٣",
        "½",
        "²",
        "①",
        "\x00",
        "\u200b",
        "\ud800",
        "\u202e",
        "😀",
        "<b>",
        "\n",
        " ",
    ),
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=60).map("".join)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(TEXTS)
def test_no_text_breaks_what_looks_for_kinds_danger_and_numbers(text: str) -> None:
    guesses = words.recognise(text, BOOK)
    words.decided(guesses)
    words.danger(text, BOOK)
    for kind in BOOK.kinds.values():
        assert all(value == value for value in words.numbers(text, kind).values())
    assert all(value == value for value in words.figure_numbers(text, BOOK).values())


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_no_text_breaks_a_figure(text: str) -> None:
    for figure in BOOK.figures:
        read_figure(figure, text)
