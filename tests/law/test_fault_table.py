"""Each of the 57 faults names tests that exist."""

import ast
from functools import cache
from pathlib import Path

import pytest

from bench.faults import PAGE, TABLE, fault_table, put
from tests.faults.table import FAULTS, Fault

ROOT = Path(__file__).parents[2]


@cache
def written_in(path: str) -> frozenset[str]:
    """Lists the tests of a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_there_are_fifty_seven() -> None:
    assert [one.number for one in FAULTS] == list(range(1, 58))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.number))
def test_every_fault_is_shown_by_tests_that_exist(fault: Fault) -> None:
    assert fault.tests
    for named in fault.tests:
        path, _, name = named.partition("::")
        assert name in written_in(path), named


def test_the_page_shows_the_table() -> None:
    """Written by `python -m bench.faults --table`."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == put(page, TABLE, fault_table())
