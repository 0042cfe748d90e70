"""The embedded Valkey listens on a socket file only, and says why when it cannot."""

from pathlib import Path

import pytest

from workers.embedded import EmbeddedError, command


def test_it_opens_no_port(tmp_path: Path) -> None:
    words = command(tmp_path / "valkey", tmp_path / "v.sock")

    assert words[words.index("--port") + 1] == "0"
    assert words[words.index("--unixsocketperm") + 1] == "700"


def test_a_path_too_long_for_a_socket_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="too long for a socket file"):
        command(tmp_path, tmp_path / ("x" * 100) / "v.sock")
