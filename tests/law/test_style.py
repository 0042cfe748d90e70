"""What the house agreed on and a linter does not see: few broad handlers, small files, no notes to oneself."""

import ast
import re
from pathlib import Path

import pytest

from tests.law.test_house import MODULES, ROOT, tree

DOORS = {
    "bot/processor.py": "an update that fails is kept and told by its number",
    "web/errors.py": "a caller gets a number instead of a stack trace",
    "workers/jobs/__init__.py": "a job that fails is tried again and then set aside",
    "workers/schedule.py": "one bad round must not end the others",
}
"""Where any exception at all is caught, and what becomes of it; every other handler names what it foresaw."""
LONGEST_LINES = 450
NOTES = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def broad(module: ast.Module) -> list[int]:
    """Finds handlers that catch everything and do not raise it again, by line."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]


def test_everything_is_caught_at_the_doors_only() -> None:
    found = {str(path.relative_to(ROOT)) for path in MODULES if broad(tree(path))}

    assert found == set(DOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_has_one_subject_and_leaves_no_note_to_its_writer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.count("\n") <= LONGEST_LINES
    assert not NOTES.search(text)
