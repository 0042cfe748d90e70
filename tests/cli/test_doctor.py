"""The doctor looks at everything the service needs, and says what to do about each fault."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from actions.ports import Deps
from tests.cli.conftest import Desk, Prepare


@pytest.fixture
def taken() -> Iterator[int]:
    """Gives a port on which another program listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def free_ports() -> dict[str, str]:
    """Gives settings with two ports that nobody uses."""
    with closing(socket.create_server(("127.0.0.1", 0))) as one, closing(socket.create_server(("127.0.0.1", 0))) as two:
        ports = one.getsockname()[1], two.getsockname()[1]
    return {"WHISTLE_WEB_PORT": str(ports[0]), "WHISTLE_GATEWAY_PORT": str(ports[1])}


class BotApi(BaseHTTPRequestHandler):
    """A Bot API that knows one token."""

    def do_GET(self) -> None:
        known = self.path == "/bot1:good-token-of-the-bot/getMe"
        body = '{"ok":true,"result":{"id":1,"username":"whistle_bot"}}'
        refused = '{"ok":false,"error_code":401,"description":"Unauthorized"}'
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write((body if known else refused).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def bot_api() -> Iterator[str]:
    """Runs that Bot API."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BotApi) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_city_that_was_founded_has_no_fault(desk: Desk, free_ports: dict[str, str]) -> None:
    said = desk("doctor", **free_ports)

    for thing in ("settings", "data folder", "catalogue", "database", "boundaries", "queue", "bot", "photos"):
        assert f"✓ {thing}" in said
    assert "\n0 faults" in said


def test_what_is_missing_after_the_migration_is_named_with_its_remedy(empty: Desk, free_ports: dict[str, str]) -> None:
    said = empty("doctor", code=1, **free_ports)

    assert "✗ boundaries no edition is in force\n    → whistle import city FOLDER" in said
    assert "✗ roster nobody is in the roster\n    → whistle import roster FILE.csv" in said
    assert "✗ routing" in said
    assert "\n3 faults" in said


def test_a_database_that_is_not_there_is_a_fault_and_is_not_made(tmp_path: Path, free_ports: dict[str, str]) -> None:
    said = Desk(tmp_path / "new")("doctor", code=1, **free_ports)

    assert "✗ database there is no database at" in said
    assert not (tmp_path / "new" / "whistle.sqlite3").exists()


def test_a_database_that_does_not_answer_is_a_fault(desk: Desk, taken: int, free_ports: dict[str, str]) -> None:
    url = f"postgresql+asyncpg://whistle:secret@127.0.0.1:{_closed()}/whistle"

    said = desk("doctor", code=1, WHISTLE_DATABASE_URL=url, **free_ports)

    assert "✗ database" in said
    assert "correct WHISTLE_DATABASE_URL" in said
    assert "secret" not in said


def test_a_broken_catalogue_is_named_by_line(desk: Desk, tmp_path: Path, free_ports: dict[str, str]) -> None:
    seed = tmp_path / "seed"
    seed.mkdir()
    for table in Path("config/seed").glob("*.csv"):
        (seed / table.name).write_bytes(table.read_bytes())
    kinds = seed / "kinds.csv"
    kinds.write_text(kinds.read_text(encoding="utf-8").replace(",U3,", ",U9,", 1), encoding="utf-8")

    said = desk("doctor", code=1, WHISTLE_SEED_FOLDER=str(seed), **free_ports)

    assert "✗ catalogue kinds.csv:2: urgency is 'U9'" in said


def test_a_taken_port_is_a_fault(desk: Desk, taken: int, free_ports: dict[str, str]) -> None:
    said = desk("doctor", code=1, **(free_ports | {"WHISTLE_WEB_PORT": str(taken)}))

    assert f"✗ port {taken} taken by another program\n    → end it or set WHISTLE_WEB_PORT" in said


def test_the_token_is_tried_and_never_shown(desk: Desk, bot_api: str, free_ports: dict[str, str]) -> None:
    good = desk("doctor", WHISTLE_BOT_API_URL=bot_api, WHISTLE_BOT_TOKEN="1:good-token-of-the-bot", **free_ports)
    bad = desk("doctor", code=1, WHISTLE_BOT_API_URL=bot_api, WHISTLE_BOT_TOKEN="1:another-token-of-it", **free_ports)

    assert "✓ bot @whistle_bot" in good
    assert "refuses the token: Unauthorized" in bad
    assert "another-token" not in bad


def test_a_redis_that_does_not_answer_is_a_fault(desk: Desk, free_ports: dict[str, str]) -> None:
    said = desk("doctor", code=1, REDIS_URL=f"redis://127.0.0.1:{_closed()}", **free_ports)

    assert "✗ queue no answer (ConnectionError)" in said


def test_photos_that_cannot_be_kept_are_a_fault(desk: Desk, tmp_path: Path, free_ports: dict[str, str]) -> None:
    blocked = tmp_path / "a file"
    blocked.write_bytes(b"")

    said = desk("doctor", code=1, WHISTLE_PHOTOS=str(blocked / "photos"), **free_ports)

    assert "✗ photos" in said


def test_a_setting_that_nobody_knows_is_a_fault(desk: Desk) -> None:
    said = desk("doctor", code=1, WHISTLE_COLOUR="blue")

    assert "✗ settings WHISTLE_COLOUR is no setting of Whistle" in said


def test_settings_that_are_allowed_and_unwise_are_noted(desk: Desk, free_ports: dict[str, str]) -> None:
    said = desk("doctor", WHISTLE_HOST="0.0.0.0", **free_ports)

    assert "! settings a demonstration listens on 0.0.0.0" in said
    assert "! settings no WHISTLE_API_KEY" in said


def test_a_webhook_secret_that_could_be_guessed_is_refused_with_what_it_needs(desk: Desk) -> None:
    said = desk("doctor", code=1, WHISTLE_WEBHOOK_SECRET="short")

    assert "✗ settings" in said
    assert "WHISTLE_WEBHOOK_SECRET needs 22 to 256 letters" in said


def _closed() -> int:
    """Gives a port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def test_a_service_does_not_start_on_a_database_whose_data_was_moved(prepared: Callable[[Prepare], Desk]) -> None:
    async def marked(deps: Deps) -> None:
        async with deps.store.begin() as unit:
            await unit.kv.put("moved_to", {"to": "city.example/whistle", "at": "2026-11-24T09:00:00+00:00"})

    said = prepared(marked)("replay", "--check", code=1)

    assert "its data was moved to city.example/whistle at 2026-11-24T09:00" in said


def test_a_damaged_database_is_named_before_the_city_relies_on_it(desk: Desk, free_ports: dict[str, str]) -> None:
    file = desk.data / "whistle.sqlite3"
    whole = bytearray(file.read_bytes())
    # Every page from the middle on, as a dying disk does; the schema in the first ones stays readable.
    for start in range(len(whole) // 2 // 4096 * 4096, len(whole), 4096):
        whole[start : start + 64] = b"\xff" * 64
    file.write_bytes(whole)

    said = desk("doctor", code=1, **free_ports)

    assert "✗ database it is damaged" in said
    assert "restore a backup" in said
