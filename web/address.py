"""From where does a request come? A proxy's word counts only when the proxy is one that the operator named."""

import ipaddress
from collections.abc import Iterable

from aiohttp import web

from web.parts import Network, parts

UNKNOWN = "unknown"


def networks(listed: str) -> tuple[Network, ...]:
    """Reads addresses and networks separated by commas; ValueError names the one that is none."""
    return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in listed.split(",") if part.strip())


def address_of(request: web.Request) -> str:
    """Gives the caller's address: the peer's, or the last one that a trusted proxy says and is none itself."""
    peer = request.remote or UNKNOWN
    trusted = parts(request).trusted_proxies
    if not _within(peer, trusted):
        return peer
    said = [part.strip() for part in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")]
    return next((hop for hop in reversed(said) if hop and not _within(hop, trusted)), peer)


def is_loopback(request: web.Request) -> bool:
    """Tells whether the peer is this machine, which a proxy here may be for anybody."""
    try:
        return ipaddress.ip_address(request.remote or UNKNOWN).is_loopback
    except ValueError:
        return False


def is_https(request: web.Request) -> bool:
    """Tells whether the caller's browser speaks HTTPS with us, or with a trusted proxy before us."""
    if request.secure or parts(request).deps.city.web_url.startswith("https://"):
        return True
    trusted = _within(request.remote or UNKNOWN, parts(request).trusted_proxies)
    return trusted and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def _within(address: str, listed: Iterable[Network]) -> bool:
    try:
        there = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(there in network for network in listed)
