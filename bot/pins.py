"""What each channel declares about the pins that people set on its map."""

from collections.abc import Mapping
from typing import Final

PIN_DATUM: Final[Mapping[str, str]] = {"gateway": "wgs84"}
"""The datum of a channel's own map. One that is not named (Telegram: each phone brings a map of its own) declares none,
and its pins are read as WGS-84 until the sender says otherwise. A phone's own fix is WGS-84 on all."""


def declared(channel: str, *, by_hand: bool) -> str | None:
    """Returns the datum that a channel vouches for; None where it cannot."""
    return PIN_DATUM.get(channel) if by_hand else "wgs84"
