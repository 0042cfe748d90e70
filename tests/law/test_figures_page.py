"""The page of the figures says what the rules count: every code, every name, every formula."""

import re
from dataclasses import fields
from pathlib import Path
from random import Random

from config.texts import Texts
from models.rules.measures import COUNTS, MEASURES, TIMES, Counts
from web.api.index import STANDING

ROOT = Path(__file__).resolve().parents[2]
TEXTS = Texts.load([ROOT / "web" / "locales"])
ENGLISH, CHINESE = TEXTS.of("en"), TEXTS.of("zh_CN")


def table(heading: str) -> dict[str, list[str]]:
    """Reads the table under a heading: its cells by the code in the first column."""
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:1] == "|"]
    return {cells[0]: cells[1:] for cells in rows[2:]}


def worded(key: str) -> list[str]:
    """Gives what the page must say of a figure."""
    return [CHINESE(key), ENGLISH(key), ENGLISH(f"{key}.definition")]


def test_the_page_defines_every_count_as_the_board_does() -> None:
    assert table("Counts of a period") == {code: worded(f"count.{code}") for code in (*COUNTS, "cleared_in_period")}
    assert table("At this moment") == {code: worded(f"now.{code}") for code in STANDING}


def test_the_formula_of_every_rate_is_the_one_that_is_computed() -> None:
    rows = table("Rates of a period")
    assert list(rows) == [measure.code for measure in MEASURES]
    chance = Random(0)
    for _ in range(20):
        counts = Counts(**{field.name: chance.randrange(1000) for field in fields(Counts)})
        for measure in MEASURES:
            *words, formula = rows[measure.code]
            x, y = (computed(part, counts) for part in formula.strip("`").split(" / "))
            assert formula == f"`{measure.formula}`"
            assert words == worded(measure.name_key)
            assert (measure.over(counts).x, measure.over(counts).y) == (x, y), measure.code


def test_the_page_names_both_moments_of_every_time() -> None:
    expected = {code: [*worded(f"spread.{code}"), f"`{start}`", f"`{end}`"] for code, (start, end) in TIMES.items()}
    assert table("Times of a period") == expected


def computed(sums: str, counts: Counts) -> int:
    """Works out a sum of counts."""
    total, sign = 0, 1
    for part in re.findall(r"[a-z_]+|[-+]", sums):
        if part in "-+":
            sign = -1 if part == "-" else 1
        else:
            total += sign * int(getattr(counts, part))
    return total
