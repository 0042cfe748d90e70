"""What may an operator decide about the gateway? Values only: nothing here reads the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEV_TOKEN = "1:dev"


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Names a bot as phones and getMe show it."""

    username: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySettings:
    """Holds every choice of one gateway process.

    The first token of `tokens` is the bot that phones talk to. `demo_codes` maps a slot of the
    three-phones page to an invite code and must stay empty outside demonstrations: the page shows
    the codes to anybody. `sign_ins_per_10_minutes` counts by address; 0 means no limit.
    """

    port: int
    data_folder: Path
    tokens: Mapping[str, BotIdentity]
    host: str = "127.0.0.1"
    map_file: Path | None = None
    strict_limits: bool = False
    control: bool = False
    demo_codes: Mapping[str, str] = field(default_factory=dict)
    demo_titles: Mapping[str, str] = field(default_factory=dict)
    sign_ins_per_10_minutes: int = 20

    @property
    def database_file(self) -> Path:
        """Tells where the messages, people and pending updates are kept."""
        return self.data_folder / "gateway.sqlite3"

    @property
    def files_folder(self) -> Path:
        """Tells where the bytes of photos and documents are kept."""
        return self.data_folder / "files"


def bot_id_of(token: str) -> int:
    """Reads the bot's user id out of its token; raises ValueError when the token has no number in front."""
    return int(token.partition(":")[0])
