"""The way out: rows of the outbox become messages of the channel. Workers come in here and nowhere else in bot."""

from bot.outgoing.courier import Courier
from bot.outgoing.errors import DeliveryError, Trouble
from bot.outgoing.limiter import Limiter

__all__ = ["Courier", "DeliveryError", "Limiter", "Trouble"]
