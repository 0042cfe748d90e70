"""Faults and spans leave for where the operator said, without tokens, and only where the packages are."""

import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from config.observing import NEEDS, missing, scrubbed, span
from config.settings import SettingsError, read_settings

ROOT = Path(__file__).parent.parent.parent
TOKEN = "1234567:AAHk-a-token-of-a-bot-1234567890"
HERE = {name: missing(name) is None for name in NEEDS}
Heard = Queue[tuple[str, bytes]]


@pytest.mark.parametrize(
    ("variable", "name", "value"),
    [
        ("WHISTLE_SENTRY_DSN", "sentry_dsn", "http://key@127.0.0.1:1/1"),
        ("WHISTLE_OTLP_ENDPOINT", "otlp_endpoint", "http://127.0.0.1:1"),
    ],
)
def test_a_setting_whose_package_is_absent_is_one_sentence(variable: str, name: str, value: str) -> None:
    if HERE[name]:
        assert read_settings({variable: value})
        return
    with pytest.raises(SettingsError, match=f"{variable} needs a package that is not there: pip install"):
        read_settings({variable: value})


def test_nothing_is_imported_where_nothing_is_set() -> None:
    told = "'sentry_sdk' in sys.modules, 'opentelemetry.sdk' in sys.modules"
    words = f"import sys; from config import observing; observing.watch('bot', environment='demo'); print({told})"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_tokens_are_taken_out_of_everything_that_leaves() -> None:
    event = {"message": f"POST /bot{TOKEN}/sendMessage", "extra": [{"url": TOKEN}, 3, None], "n": ("a", TOKEN)}
    assert TOKEN not in json.dumps(scrubbed(event))
    assert scrubbed(event)["extra"][1:] == [3, None]


async def test_a_span_that_nobody_wants_costs_nothing_and_changes_nothing() -> None:
    with span("update", origin="telegram:1"):
        await asyncio.sleep(0)


class Collector(BaseHTTPRequestHandler):
    """Takes whatever is sent."""

    heard: Heard

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        zipped = self.headers.get("Content-Encoding") == "gzip"
        type(self).heard.put((self.path, gzip.decompress(body) if zipped else body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[tuple[int, Heard]]:
    """Runs a server that listens as Sentry and a collector do."""
    heard: Heard = Queue()
    handler = type("Here", (Collector,), {"heard": heard})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port, heard
        server.shutdown()
        thread.join()


def speak(words: str) -> None:
    """Runs a process that is watched."""
    subprocess.run([sys.executable, "-c", words], cwd=ROOT, check=True, timeout=60)


@pytest.mark.skipif(find_spec("sentry_sdk") is None, reason="sentry-sdk is not installed")
def test_a_fault_reaches_sentry_without_token_and_locals(collector: tuple[int, Heard]) -> None:
    port, heard = collector
    speak(
        "import structlog, sentry_sdk; from config.logging import set_up_logging; from config import observing\n"
        "set_up_logging('info', 'json', 'bot')\n"
        f"observing.watch('bot', environment='production', sentry_dsn='http://key@127.0.0.1:{port}/1')\n"
        "def work():\n  name = '李建国'\n"
        f"  raise ValueError('https://api.telegram.org/bot{TOKEN}/getMe')\n"
        "try:\n  work()\nexcept ValueError:\n  structlog.get_logger().exception('update failed')\n"
        "sentry_sdk.flush(10)"
    )
    said = heard.get(timeout=20)[1].decode()
    assert "update failed" in said
    assert "<token>" in said
    assert TOKEN not in said
    assert "李建国" not in said


@pytest.mark.skipif(not HERE["otlp_endpoint"], reason="OpenTelemetry is not installed")
def test_a_span_reaches_the_collector_with_its_origin(collector: tuple[int, Heard]) -> None:
    port, heard = collector
    speak(
        "from config import observing\n"
        f"observing.watch('bot', environment='production', otlp_endpoint='http://127.0.0.1:{port}')\n"
        "with observing.span('update', origin='telegram:123'):\n  pass\n"
    )
    path, said = heard.get(timeout=20)
    assert path == "/v1/traces"
    assert b"telegram:123" in said
