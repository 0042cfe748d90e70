"""What do all doors of the gateway share? One object with store, clock, limits, faults and wake-ups."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from gateway.clock import Clock
from gateway.faults import Faults, Ledger
from gateway.limits import Allowance, SendingLimits
from gateway.settings import BotIdentity, GatewaySettings, bot_id_of
from gateway.signals import Signals
from gateway.store.database import Database
from gateway.store.files import Blobs

_SIGN_IN_WINDOW_S = 600
# Decoding pictures needs much memory; more at once would not be faster on a small host.
_PICTURES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot the gateway serves: its user id and its names."""

    bot_id: int
    identity: BotIdentity


@dataclass(slots=True)
class Switchboard:
    """Carries what a request needs; built once by app.build."""

    settings: GatewaySettings
    clock: Clock
    signals: Signals
    database: Database
    blobs: Blobs
    bots: Mapping[str, Bot]
    faults: Faults
    ledger: Ledger
    limits: Mapping[int, SendingLimits]
    sign_ins: Allowance | None
    picture_slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_PICTURES_AT_ONCE))
    typing_until: dict[int, int] = field(default_factory=dict)
    pollers: dict[int, object] = field(default_factory=dict)
    deliveries: dict[int, "DeliveryReport"] = field(default_factory=dict)
    on_webhook_change: Callable[[int], None] = lambda bot_id: None

    def now(self) -> int:
        """Returns the present moment in whole Unix seconds, as the Bot API counts."""
        return int(self.clock().timestamp())

    @property
    def phone_bot(self) -> Bot:
        """Names the bot that phones talk to."""
        return next(iter(self.bots.values()))

    def bot(self, bot_id: int) -> Bot:
        """Finds a bot by its user id; raises KeyError for one that is no longer in the settings."""
        for bot in self.bots.values():
            if bot.bot_id == bot_id:
                return bot
        raise KeyError(bot_id)


@dataclass(slots=True)
class DeliveryReport:
    """Remembers what went wrong last with a bot's webhook."""

    last_error_at: int | None = None
    last_error: str = ""


SWITCHBOARD = web.AppKey("switchboard", Switchboard)


def connect(settings: GatewaySettings, clock: Clock) -> Switchboard:
    """Opens the store and puts everything together; raises DataFolderInUseError or OSError."""
    signals = Signals()
    database = Database(settings.database_file, signals.wake)
    bots = {token: Bot(bot_id_of(token), identity) for token, identity in settings.tokens.items()}
    limits = {bot.bot_id: SendingLimits(clock) for bot in bots.values()} if settings.strict_limits else {}
    allowed = settings.sign_ins_per_10_minutes
    return Switchboard(
        settings=settings,
        clock=clock,
        signals=signals,
        database=database,
        blobs=Blobs(settings.files_folder),
        bots=bots,
        faults=Faults(),
        ledger=Ledger(settings.control),
        limits=limits,
        sign_ins=Allowance(clock, per_s=allowed / _SIGN_IN_WINDOW_S, burst=allowed) if allowed else None,
    )


def monotonic_s() -> float:
    """Returns seconds of a clock that never jumps, for waits only."""
    return time.monotonic()
