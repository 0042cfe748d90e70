"""The short forms of the benches run, and what they check of the service holds: nothing lost, no 429."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.servers
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "asked",
    [
        ("bench.intake", "--short"),
        ("bench.courier", "--seconds", "15"),
        ("bench.pipeline", "--reports", "600"),
    ],
    ids=lambda asked: asked[0],
)
def test_a_bench_ends_well(asked: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *asked], cwd=ROOT, capture_output=True, text=True, timeout=540)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
