"""How long does a roster of 48,000 people take, and invite cards for 1,000? `python -m bench.roster [--people N]`.

Runs the commands as an operator does, on SQLite in a folder of its own; prints one line a step.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter

from config.seed.read import FOLDER, read_file

SURNAMES, GIVEN = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林郑", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂"
HEADINGS = ("工号", "姓名", "手机号", "角色", "网格编码", "班次")


def people(n: int, areas: list[str]) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Invents grid workers, an A and a B for each area in turn."""
    dice = random.Random(1)
    for number in range(n):
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
        area = areas[number // 2 % len(areas)]
        phone = f"13{dice.randrange(10**9):09d}"
        yield f"TJ{number:06d}", name, phone, "网格员", area, "AB"[number % 2]


def whistle(folder: Path, *words: str) -> float:
    """Runs a command to its end and gives its seconds."""
    environment = os.environ | {"WHISTLE_DATA_FOLDER": str(folder)}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "cli", *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def main() -> None:
    """Measures and prints."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=48_000)
    asked.add_argument("--cards", type=int, default=1_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whistle(folder, "migrate")
        whistle(folder, "import", "city", str(FOLDER / "city"), "--yes")
        areas = sorted({row.values["area_code"] for row in read_file(FOLDER / "roster.csv")})
        table, few = folder / "roster.xlsx", folder / "few.xlsx"
        for path, n in ((table, given.people), (few, given.cards)):
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet()
                for at, row in enumerate((HEADINGS, *people(n, areas))):
                    sheet.write_row(at, 0, row)
        n = given.people
        print(f"{n} people, XLSX of {table.stat().st_size / 1e6:.1f} MB, load {os.getloadavg()[0]:.1f}")
        print(f"dry run              {whistle(folder, 'import', 'roster', str(table), '--dry-run'):6.1f} s")
        print(f"import               {whistle(folder, 'import', 'roster', str(table), '--yes'):6.1f} s")
        codes = str(folder / "codes.csv")
        print(f"again, with codes    {whistle(folder, 'import', 'roster', str(table), '--codes', codes):6.1f} s")
        cards = ("roster", "cards", str(folder / "cards.pdf"), "--limit", str(given.cards), "--yes")
        print(f"cards for {given.cards:6}     {whistle(folder, *cards):6.1f} s", end="")
        print(f", PDF of {(folder / 'cards.pdf').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
