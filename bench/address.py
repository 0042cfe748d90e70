"""How right and how fast is `geo.address`? Prints one table; jionlp stands beside it where it is installed.

python bench/address.py                          all the texts that the repository carries
python bench/address.py --wrong                  also every text that was not answered as its label says
python bench/address.py --texts F.jsonl          other texts of the same kind
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from geo.address import AddressAnswer, Verdict, find  # noqa: E402
from geo.address_aliases import read_aliases  # noqa: E402
from geo.gazetteer import AreaRow, Gazetteer  # noqa: E402

CITY = ROOT / "config" / "seed" / "city"
TEXTS = ROOT / "tests" / "data"
OWN = (
    "tianjin_hazard_texts",
    "tianjin_phrased_texts_SYNTHETIC",
    "tianjin_templated_texts_SYNTHETIC",
    "tianjin_varied_texts_SYNTHETIC",
)
_ELSEWHERE = "stated_elsewhere_in_source"
_RIGHT = frozenset({"right", "right list"})


class Text(NamedTuple):
    """One labelled text; an empty street says that it states none."""

    text: str
    kind: str
    street_code: str


def city_areas(folder: Path = CITY) -> list[AreaRow]:
    """Reads the area tree of the demo city from its code tables."""
    rows: dict[str, AreaRow] = {"120000": ("120000", "天津市", "city", None)}
    for row in _table(folder / "streets_codes.csv"):
        if row["is_official"] != "1":
            continue
        district = row["district_code"]
        rows[district] = (district, row["district_name"], "district", "120000")
        rows[row["code9"]] = (row["code9"], row["name"], "street", district)
    for row in _table(folder / "communities_codes.csv"):
        if row["is_official_street"] == "1":
            rows[row["code12"]] = (row["code12"], row["name"], "community", row["street_code"])
    return list(rows.values())


def listed_areas(file: Path) -> list[AreaRow]:
    """Reads an area tree that is one table: code, name, level, parent_code."""
    return [(row["code"], row["name"], row["level"], row["parent_code"] or None) for row in _table(file)]


def city_gazetteer(folder: Path = CITY) -> Gazetteer:
    """Builds the demo city's gazetteer with its aliases."""
    with (folder / "aliases.csv").open(encoding="utf-8", newline="") as lines:
        return Gazetteer.build(city_areas(folder), read_aliases(lines))


def texts(file: Path) -> list[Text]:
    """Reads labelled texts; a street that only the source names, and not the text, is not stated."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [_text(row) for row in rows]


def _text(row: dict[str, Any]) -> Text:
    kind = row.get("label_basis") or row.get("variant") or row["kind"]
    return Text(row["text"], kind, "" if kind == _ELSEWHERE else row["street_code"])


def judge(label: Text, answer: AddressAnswer) -> str:
    """Returns "right", "right list" (the true street is in it, none is asserted), "missed" or "wrong"."""
    if not label.street_code:
        if answer.verdict is Verdict.stated:
            return "wrong"
        unsaid = answer.verdict is Verdict.unknown
        return "right" if unsaid else "right list" if answer.road else "missed"
    if answer.verdict is Verdict.stated:
        return "right" if answer.candidates[0].street_code == label.street_code else "wrong"
    listed = {candidate.street_code for candidate in answer.candidates}
    if answer.verdict is Verdict.several and label.street_code in listed:
        return "right list"
    return "missed"


def _table(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _print_accuracy(name: str, labels: list[Text], answers: list[AddressAnswer], *, wrong: bool) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for label, answer in zip(labels, answers, strict=True):
        verdict = judge(label, answer)
        counts[label.kind][verdict] += 1
        if wrong and verdict not in _RIGHT:
            offered = ", ".join(f"{item.street_code} {item.name}" for item in answer.candidates[:3])
            print(f"    {verdict:7} {label.text}  [{label.street_code or 'none'}] {answer.reason}: {offered}")
    print(f"\n{name}\n  {'kind':30}{'texts':>7}{'right':>8}{'list':>7}{'missed':>8}{'wrong':>7}")
    for kind, count in counts.items():
        cells = [count["right"], count["right list"], count["missed"], count["wrong"]]
        print(f"  {kind:30}{count.total():7}{cells[0]:8}{cells[1]:7}{cells[2]:8}{cells[3]:7}")


def _print_calibration(pairs: list[tuple[Text, AddressAnswer]]) -> None:
    told: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    for label, answer in pairs:
        for candidate in answer.candidates if label.street_code else ():
            right = candidate.street_code == label.street_code
            told[answer.verdict.value, candidate.why].append((candidate.score, right))
    print(f"\nscores\n  {'verdict':9}{'why':26}{'candidates':>11}{'mean score':>12}{'right':>8}")
    for (verdict, why), pairs_of in sorted(told.items()):
        mean = sum(score for score, _ in pairs_of) / len(pairs_of)
        share = sum(right for _, right in pairs_of) / len(pairs_of)
        print(f"  {verdict:9}{why:26}{len(pairs_of):11}{mean:12.2f}{share:8.2f}")


def _microseconds(answer: Callable[[str], object], labels: list[Text], rounds: int = 7) -> list[float]:
    """Returns the median of each text's times, so that a neighbour's noise does not count."""
    times: list[list[float]] = [[] for _ in labels]
    for _ in range(rounds):
        for index, label in enumerate(labels):
            start = time.perf_counter()
            answer(label.text)
            times[index].append((time.perf_counter() - start) * 1e6)
    return sorted(sorted(each)[rounds // 2] for each in times)


def _print_speed(who: str, micros: list[float]) -> None:
    mean = sum(micros) / len(micros)
    print(f"  {who:10}{mean:10.0f}{micros[len(micros) // 2]:10.0f}{micros[int(len(micros) * 0.99)]:10.0f}")


def _jionlp_streets(areas: list[AreaRow], labels: list[Text]) -> tuple[Callable[[str], Any], str]:
    jionlp = importlib.import_module("jionlp")
    codes: dict[tuple[str, str], set[str]] = defaultdict(set)
    names = {code: name for code, name, _, _ in areas}
    for code, name, level, parent in areas:
        if level == "street":
            codes[names[parent or ""], name].add(code)
    stated = [label for label in labels if label.street_code]
    right = wrong = 0
    for label in labels:
        found = jionlp.parse_location(label.text, town_village=True)
        told = codes.get((found.get("county") or "", found.get("town") or ""), set())
        right += told == {label.street_code}
        wrong += bool(told) and told != {label.street_code}
    note = f"jionlp: {right} of the {len(stated)} streets stated are right, {wrong} texts get a wrong one"
    return lambda text: jionlp.parse_location(text, town_village=True), note


def main() -> None:
    """Prints the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--wrong", action="store_true", help="print every text that was not answered right")
    options.add_argument("--texts", type=Path, action="append", help="a JSONL file with text and street_code")
    chosen = options.parse_args()

    start = time.perf_counter()
    gazetteer = city_gazetteer()
    built = time.perf_counter() - start
    print(f"gazetteer: {len(gazetteer.places)} areas, {len(gazetteer.forms)} forms, built in {built:.2f} s")

    files = chosen.texts or [TEXTS / f"{name}.jsonl" for name in OWN]
    judged: list[tuple[Text, AddressAnswer]] = []
    for file in files:
        labels = texts(file)
        answers = [find(gazetteer, label.text) for label in labels]
        _print_accuracy(file.name, labels, answers, wrong=chosen.wrong)
        judged += zip(labels, answers, strict=True)
    _print_calibration(judged)

    labels = texts(files[0])
    print(f"\nspeed on {files[0].name}, µs a text\n  {'':10}{'mean':>10}{'median':>10}{'99 %':>10}")
    _print_speed("ours", _microseconds(lambda text: find(gazetteer, text), labels))
    if importlib.util.find_spec("jionlp") is None:
        print("  jionlp is not installed (pip install jionlp to see it beside ours)")
        return
    peer, note = _jionlp_streets(city_areas(), labels)
    _print_speed("jionlp", _microseconds(peer, labels, rounds=3))
    print(f"  {note}")


if __name__ == "__main__":
    main()
