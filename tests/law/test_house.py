"""The law of the house: imports point inward, names are the trade's, sentences stand in catalogues."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
PACKAGES = ("actions", "bot", "config", "console", "gateway", "geo", "models", "web", "workers")
MODULES = sorted([path for package in PACKAGES for path in (ROOT / package).rglob("*.py")] + list(ROOT.glob("*.py")))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "core", "base"}
CHINESE = re.compile("[一-鿿]")
SPEAKING = ("bot", "web", "workers", "actions", "gateway")
WORDS_IN_CODE = {
    "bot/intake/reading.py": "words that workers type as answers, to be recognised and never shown",
    "bot/casework/dates.py": "words that people type for days and hours, to be recognised and never shown",
    "bot/outgoing/maps.py": "the name of a font",
    "gateway/__main__.py": "the bot's own name",
    "web/languages.py": "each language's name in itself",
    "web/board/pages.py": "each language's name in itself",
    "bot/commands.py": "each language's name in itself",
    "bot/outgoing/pictures.py": "the name of a font",
}
"""Files that hold Chinese for a reason; nobody is spoken to from them."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def literals(module: ast.Module) -> Iterator[str]:
    """Yields the strings of a module that are no docstrings."""
    told = {
        id(statement.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for statement in node.body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_imports_point_inward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(config_filename=".importlinter", no_cache=True) == 0


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_for_and_has_a_name_of_the_trade(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "no docstring"
    assert not {path.stem, *path.relative_to(ROOT).parts} & FORBIDDEN_NAMES


@pytest.mark.parametrize("package", SPEAKING)
def test_no_sentence_stands_outside_the_catalogues(package: str) -> None:
    found = {
        str(path.relative_to(ROOT)): text
        for path in (ROOT / package).rglob("*.py")
        for text in literals(tree(path))
        if CHINESE.search(text)
    }

    assert set(found) - set(WORDS_IN_CODE) == set(), found


def test_every_command_that_is_promised_can_be_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for entry in project["scripts"].values():
        module, _, name = entry.partition(":")
        assert callable(getattr(import_module(module), name))


def test_the_locked_requirements_name_no_host() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
