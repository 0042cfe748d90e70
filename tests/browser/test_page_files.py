"""The page's files agree with each other: the kept shell is complete, the languages say the same things."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "gateway" / "page"
TEXTS = {path.stem: json.loads(path.read_text()) for path in (PAGE / "texts").glob("*.json")}
SCRIPTS = [path for path in PAGE.rglob("*.js") if path.name != "shell.js"]


def test_the_kept_shell_is_what_the_folder_holds() -> None:
    """Run gateway/page/tools/stamp_shell.py after changing the page."""
    stamp = runpy.run_path(str(PAGE / "tools" / "stamp_shell.py"))

    assert (PAGE / "shell.js").read_text() == stamp["shell_script"](PAGE)


def test_every_language_has_every_sentence_with_the_same_places() -> None:
    first = TEXTS["zh-CN"]
    for tag in ("zh-TW", "en"):
        assert TEXTS[tag].keys() == first.keys()
        for key, sentence in first.items():
            assert set(re.findall(r"\{\w+\}", TEXTS[tag][key])) == set(re.findall(r"\{\w+\}", sentence)), key


def test_every_sentence_asked_for_exists() -> None:
    asked = {key for path in SCRIPTS for key in re.findall(r"\bt\(\s*\"([\w.]+)\"", path.read_text())}

    assert asked
    assert asked <= TEXTS["zh-CN"].keys()


def test_no_sentence_stands_in_code() -> None:
    spoken = {path.name: re.findall(r"[\u4e00-\u9fff]+", path.read_text()) for path in SCRIPTS}

    assert not {name: words for name, words in spoken.items() if words}


def test_nothing_inline_and_nothing_parsed_as_markup() -> None:
    for path in PAGE.glob("*.html"):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", path.read_text()), path.name
    for path in SCRIPTS:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text())
