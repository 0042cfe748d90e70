"""What the operator may set: one frozen `Settings`, read once at each start from the environment.

Each value is `WHISTLE_NAME`, or `WHISTLE_NAME_FILE` naming a file that holds it. An unknown `WHISTLE_…`
variable refuses to start: a misspelt setting must not be silently ignored.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.drills import read_points
from config.observing import missing

PREFIX = "WHISTLE_"
HERE = Path(__file__).parent
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{22,256}")
"""What the Bot API takes, and not less than 128 bits."""
SHARED_NAMES = ("REDIS_URL",)
"""Names without the prefix that platforms set by convention."""


class SettingsError(Exception):
    """A setting is unknown, unreadable or contradicts another; the message is one sentence per fault."""


class Settings(BaseSettings):
    """All settings with their defaults; an empty environment gives the embedded demo."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )

    environment: Literal["demo", "drill", "production"] = "demo"
    """`demo` brings invented people with standing codes; `production` insists on secrets; `drill` may be harmed."""
    host: str = "127.0.0.1"
    """The address on which gateway and web server listen."""
    web_port: int = Field(8080, ge=0, le=65535)
    """The port of the board, the API and the webhook."""
    gateway_port: int = Field(8081, ge=0, le=65535)
    """The port of our own messaging channel."""
    public_url: str = ""
    """How browsers reach the web server; empty: host and port."""
    data_folder: Path = Path("data")
    """Where everything of this installation lies that is not in the database."""
    database_url: str = ""
    """Empty: SQLite in the data folder. `postgresql+asyncpg://…` for a city; `?pooler=transaction` behind pgbouncer."""
    database_read_url: str = ""
    """A replica of that PostgreSQL, for the board and the API; empty: none."""
    database_read_lag_s: float = Field(5.0, gt=0)
    """How many seconds the replica may be behind before the primary is asked instead."""
    redis_url: str = Field("", validation_alias="REDIS_URL")
    """Empty: the embedded Valkey in the data folder."""
    photos: str = ""
    """Empty: a folder in the data folder. `s3://bucket/prefix` for an S3-compatible store."""
    s3_endpoint: str = ""
    """Where the S3-compatible store answers; empty: Amazon's own."""
    s3_region: str = "us-east-1"
    """The region that requests to the store are signed for."""
    s3_access_key: SecretStr = SecretStr("")
    """The store's access key; empty: the platform's own credentials."""
    s3_secret_key: SecretStr = SecretStr("")
    """The store's secret key."""
    channel: Literal["gateway", "telegram"] = "gateway"
    """The messaging channel: our own gateway, or Telegram."""
    bot_token: SecretStr = SecretStr("")
    """Empty: drawn once and kept in the data folder (gateway only)."""
    bot_api_url: str = ""
    """Empty: our own gateway, or Telegram's cloud when `channel` is telegram."""
    webhook_secret: SecretStr = SecretStr("")
    """What Telegram shows with every update that it delivers."""
    api_key: SecretStr = SecretStr("")
    """Opens the board and the figures where they are not public: in production, or beyond this machine."""
    trusted_proxies: str = ""
    """Addresses and networks of the proxies before the web server, separated by commas; only theirs is the word on
    where a call comes from."""
    calls_per_minute: int = Field(600, ge=10)
    """How many calls a minute the web server takes of one person or key."""
    calls_per_minute_of_address: int = Field(6000, ge=10)
    """How many calls a minute the web server takes of one address."""
    field_keys: SecretStr = SecretStr("")
    """Keys that seal names, phone numbers and talks, the newest first; empty: drawn once, in the data folder."""
    audit_key: SecretStr = SecretStr("")
    """The key that signs the daily root over all cases (32 bytes, base64); empty: drawn once, in the data folder."""
    audit_roots: Path | None = None
    """The file to which signed roots are added; empty: `audit/roots.jsonl` in the data folder."""
    confirm_bindings: bool | None = None
    """An admin confirms whoever shows an invite code; empty: yes in production, no in a demonstration or a drill."""
    open311: Literal["off", "keys", "public"] = "keys"
    """Who may read by Open311: nobody, who has a key, or everybody. Filing always needs a key."""
    webhook_hosts: str = ""
    """Hosts, separated by commas, that outgoing webhooks may reach by plain HTTP or in a private network; all others
    need HTTPS and a public address."""
    city_folder: Path = HERE / "seed" / "city"
    """The city's boundaries, with its `city.toml`."""
    seed_folder: Path = HERE / "seed"
    """The city's tables: kinds, limits, ladders, routing, holidays."""
    language: Literal["zh_CN", "zh_TW", "en"] = "zh_CN"
    """The language of names that are stored once, such as those of units."""
    case_prefix: str = Field("", max_length=8, pattern=r"^[A-Z]*$")
    """What case numbers start with; empty: what `city.toml` says."""
    map_link: str = "https://uri.amap.com/marker?position={longitude:.6f},{latitude:.6f}&coordinate=wgs84"
    """The link behind a card's map button."""
    n_workers: int = Field(1, ge=1, le=64)
    """How many processes place and route."""
    n_senders: int = Field(1, ge=1, le=16)
    """How many processes send messages; they share the channel's limits over Redis."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """From which level on lines are written."""
    log_format: Literal["text", "json"] = "text"
    """How log lines look."""
    sentry_dsn: SecretStr = SecretStr("")
    """Where faults are sent besides the log; needs the package sentry-sdk."""
    otlp_endpoint: str = ""
    """The OpenTelemetry collector that spans are sent to, as `http://collector:4318`; needs its packages."""
    strict_limits: bool = False
    """Lets the gateway enforce Telegram's sending limits."""
    gateway_control: bool = False
    """Opens the gateway's fault control; for tests and drills only."""
    crash_points: str = ""
    """Where processes end themselves: `courier.sent=3` at the third passing; `@folder`: a line a death. Drills only."""
    drill_clock: Path | None = None
    """A file that says by how many seconds the clock is wrong. Only in a drill."""

    @model_validator(mode="after")
    def _production_needs_secrets(self) -> Self:
        if self.environment == "production" and self.channel == "telegram":
            if not self.bot_token.get_secret_value():
                raise ValueError("WHISTLE_BOT_TOKEN is needed in production with Telegram")
            if not self.webhook_secret.get_secret_value():
                raise ValueError("WHISTLE_WEBHOOK_SECRET is needed in production with Telegram")
        return self

    @model_validator(mode="after")
    def _webhook_has_its_secret(self) -> Self:
        secret = self.webhook_secret.get_secret_value()
        if self.channel == "telegram" and self.public_url and not secret:
            raise ValueError("WHISTLE_WEBHOOK_SECRET is needed where Telegram delivers to WHISTLE_PUBLIC_URL")
        if secret and not WEBHOOK_SECRET.fullmatch(secret):
            raise ValueError("WHISTLE_WEBHOOK_SECRET needs 22 to 256 letters, digits, _ or -, drawn at random")
        return self

    @model_validator(mode="after")
    def _watchers_are_installed(self) -> Self:
        for name in ("sentry_dsn", "otlp_endpoint"):
            given = getattr(self, name)
            absent = missing(name) if given and given != SecretStr("") else None
            if absent is not None:
                raise ValueError(absent)
        return self

    @model_validator(mode="after")
    def _only_a_drill_does_harm(self) -> Self:
        if self.environment != "drill" and (self.crash_points or self.drill_clock):
            raise ValueError("WHISTLE_CRASH_POINTS and WHISTLE_DRILL_CLOCK need WHISTLE_ENVIRONMENT=drill")
        if not self.crash_points.startswith("@"):
            read_points(self.crash_points)
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, listed: str) -> str:
        for part in listed.split(","):
            if part.strip():
                ipaddress.ip_network(part.strip(), strict=False)
        return listed

    @property
    def database(self) -> str:
        """Gives the database URL in force."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_folder.resolve()}/whistle.sqlite3"

    @property
    def redis(self) -> str:
        """Gives the Redis URL in force; the embedded server listens on a socket file only."""
        return self.redis_url or f"unix://{self.redis_socket}"

    @property
    def redis_socket(self) -> Path:
        """Gives where the embedded server listens."""
        return self.data_folder.resolve() / "valkey.sock"

    @property
    def photo_target(self) -> str:
        """Gives where pictures are kept."""
        return self.photos or str(self.data_folder.resolve() / "photos")

    @property
    def photo_options(self) -> dict[str, str]:
        """Gives the options of the S3-compatible store; empty for a folder."""
        if not self.photos.startswith("s3://"):
            return {}
        options = {
            "endpoint": self.s3_endpoint,
            "region": self.s3_region,
            "access_key_id": self.s3_access_key.get_secret_value(),
            "secret_access_key": self.s3_secret_key.get_secret_value(),
        }
        return {name: value for name, value in options.items() if value}

    @property
    def bindings_are_confirmed(self) -> bool:
        """Tells whether an admin has to confirm whoever shows an invite code."""
        return self.environment == "production" if self.confirm_bindings is None else self.confirm_bindings

    @property
    def gateway_url(self) -> str:
        """Gives where our own gateway listens."""
        return f"http://{self.host}:{self.gateway_port}"

    @property
    def web_url(self) -> str:
        """Gives how a browser reaches the board."""
        return self.public_url or f"http://{self.host}:{self.web_port}"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings; raises `SettingsError` with one sentence per fault."""
    given = dict(os.environ if environ is None else environ)
    known = {PREFIX + name.upper() for name in Settings.model_fields} | set(SHARED_NAMES)
    values: dict[str, str] = {}
    faults: list[str] = []
    for name, value in given.items():
        plain = name.removesuffix("_FILE")
        if name.startswith(PREFIX) and name not in known and plain not in known:
            faults.append(f"{name} is no setting of Whistle")
        elif name in known:
            values[_field(name)] = value
        elif plain in known:
            try:
                values[_field(plain)] = Path(value).read_text(encoding="utf-8").strip()
            except OSError as fault:
                faults.append(f"{name}: cannot read {value} ({fault.strerror})")
    if faults:
        raise SettingsError("; ".join(sorted(faults)))
    try:
        return Settings.model_validate(values)
    except ValidationError as fault:
        raise SettingsError("; ".join(_sentence(e) for e in fault.errors())) from fault


def _field(name: str) -> str:
    return name.removeprefix(PREFIX).lower()


def _sentence(error: Mapping[str, object]) -> str:
    location = error.get("loc")
    names = "_".join(str(part) for part in location) if isinstance(location, tuple) else ""
    return f"{PREFIX}{names.upper()}: {error.get('msg')}" if names else str(error.get("msg"))


def shown(settings: Settings) -> dict[str, str]:
    """Lists the effective settings with secrets hidden."""
    return {name: str(value) for name, value in settings.model_dump().items()}
