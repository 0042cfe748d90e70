"""What the handlers of the web server share, and where they find it."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from actions.ports import Deps
from config.texts import Texts
from web.limits import Rate

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Parts:
    """What the server was built with. `api_key` is empty when none is set; `is_public` opens the figures to all.

    `scraped_here` opens the metrics to this machine: true where no proxy stands before the server.
    """

    deps: Deps
    texts: Texts
    default_language: str
    api_key: str
    is_public: bool
    redis_url: str
    data_folder: Path
    trusted_proxies: tuple[Network, ...]
    caller_rate: Rate
    address_rate: Rate
    scraped_here: bool = False
    open311: str = "keys"
    webhook_hosts: frozenset[str] = frozenset()


PARTS = web.AppKey("parts", Parts)


def parts(request: web.Request) -> Parts:
    """Finds the parts of the server that got the request."""
    return request.app[PARTS]
