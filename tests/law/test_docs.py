"""The pages that follow from the code are what the code says, and no link of the README leads nowhere."""

import re
from pathlib import Path

import pytest

from scripts.write_docs import DOCS, PAGES

ROOT = DOCS.parent
READ = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run `python -m scripts.write_docs`"


@pytest.mark.parametrize("page", READ, ids=lambda page: page.name)
def test_every_link_to_a_file_finds_it(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    named = re.findall(r"`((?:tests|scripts|config|docs|bench)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    missing += [path for path in named if not (ROOT / path).exists()]

    assert not missing
