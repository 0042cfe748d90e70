"""How does one start the gateway alone? For work on the page and for load tests; cli.py runs it otherwise."""

import argparse
import sys
from pathlib import Path

from gateway import app
from gateway.settings import DEV_TOKEN, BotIdentity, GatewaySettings
from gateway.store.database import StorageError


def main() -> None:
    """Reads the command line and serves until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m gateway")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--data", type=Path, default=Path("var/gateway"))
    parser.add_argument("--token", default=DEV_TOKEN)
    parser.add_argument("--map", type=Path, default=None)
    parser.add_argument("--demo", action="append", default=[], metavar="SLOT=CODE")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--strict-limits", action="store_true")
    parser.add_argument("--sign-ins", type=int, default=20, metavar="PER_10_MINUTES")
    chosen = parser.parse_args()
    settings = GatewaySettings(
        host=chosen.host,
        port=chosen.port,
        data_folder=chosen.data,
        tokens={chosen.token: BotIdentity("whistle_bot", "吹哨")},
        map_file=chosen.map,
        strict_limits=chosen.strict_limits,
        control=chosen.control,
        sign_ins_per_10_minutes=chosen.sign_ins,
        demo_codes=dict(pair.split("=", 1) for pair in chosen.demo),
    )
    try:
        app.run(settings, ready=lambda port: sys.stdout.write(f"http://{settings.host}:{port}/\n"))
    except (OSError, StorageError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
