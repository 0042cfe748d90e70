"""A drill may end a process at a named point or make its clock wrong; nothing else may."""

import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.drills import POINTS, read_points, wrong_clock
from config.settings import SettingsError, read_settings

ROOT = Path(__file__).parents[2]
DOORS = ("bot", "workers", "web", "actions", "models")


def passings(said: str, n: int) -> subprocess.CompletedProcess[bytes]:
    """Lets a process pass one point so many times."""
    program = (
        "import sys; from config.drills import arm, crash_point; arm(sys.argv[1], 'bot')\n"
        "for n in range(int(sys.argv[2])): crash_point('courier.sent'); print(n + 1, flush=True)"
    )
    return subprocess.run([sys.executable, "-c", program, said, str(n)], cwd=ROOT, capture_output=True, check=False)


def test_the_nth_passing_of_an_armed_point_ends_the_process_as_kill_9_does() -> None:
    ended = passings("courier.sent=3 job.finished=1", 5)

    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == [b"1", b"2"]


def test_a_point_that_nobody_armed_does_nothing() -> None:
    ended = passings("job.finished=1", 2)

    assert (ended.returncode, ended.stdout.split()) == (0, [b"1", b"2"])


def test_each_death_of_a_process_uses_up_a_line_of_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "bot").write_text("courier.sent=1\ncourier.sent=2", encoding="ascii")
    (tmp_path / "web").write_text("courier.sent=1", encoding="ascii")
    lives = [passings(f"@{tmp_path}", 3) for _ in range(3)]

    assert [life.returncode for life in lives] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    assert [life.stdout.split() for life in lives] == [[], [b"1"], [b"1", b"2", b"3"]]
    assert b"courier.sent" in lives[0].stderr


@pytest.mark.parametrize("environment", ["demo", "production"])
@pytest.mark.parametrize("harm", [{"WHISTLE_CRASH_POINTS": "courier.sent=1"}, {"WHISTLE_DRILL_CLOCK": "/dev/null"}])
def test_only_a_drill_may_do_harm(environment: str, harm: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="drill"):
        read_settings({"WHISTLE_ENVIRONMENT": environment} | harm)

    assert read_settings({"WHISTLE_ENVIRONMENT": "drill"} | harm).environment == "drill"


@pytest.mark.parametrize("said", ["courier.sent", "courier.sent=0", "courier.sent=x", "nowhere=1", "=1"])
def test_a_point_that_is_misspelt_refuses_to_start(said: str) -> None:
    with pytest.raises(ValueError, match="no crash point"):
        read_points(said)
    with pytest.raises(SettingsError, match="no crash point"):
        read_settings({"WHISTLE_ENVIRONMENT": "drill", "WHISTLE_CRASH_POINTS": said})


def test_every_point_that_can_be_armed_stands_in_the_code_once() -> None:
    found = [
        name
        for folder in DOORS
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'crash_point\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    ]

    assert sorted(found) == sorted(POINTS)


def test_a_wrong_clock_is_wrong_by_what_its_file_says(tmp_path: Path) -> None:
    right = datetime(2026, 11, 24, tzinfo=UTC)
    shift = tmp_path / "shift"
    shift.write_text("-3600", encoding="ascii")
    now = wrong_clock(lambda: right, shift)

    assert now() == right - timedelta(hours=1)
    shift.write_text("3600", encoding="ascii")
    assert now() == right + timedelta(hours=1)
