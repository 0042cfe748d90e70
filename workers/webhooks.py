"""Sends what outgoing webhooks are owed. Reaches public addresses only, and follows nobody elsewhere.

A name is resolved here and the connection goes to the address that was looked at: a name cannot point to one place
when it is checked and to another when it is asked (aiohttp's own resolver has no such place to look).
"""

import asyncio
import socket
from collections.abc import Collection

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from actions import webhooks
from actions.ports import Deps
from actions.webhooks import Due, is_public
from models.rules.errors import BadAddress

WITHIN_S = 10.0
AT_ONCE = 20
log = structlog.get_logger(__name__)


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only; hosts that the operator allows resolve as they are."""

    def __init__(self, allowed: Collection[str], inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Gives the addresses of a host that may be reached; OSError when there is none."""
        found = await self._inner.resolve(host, port, family)
        if host.lower() in self._allowed:
            return found
        public = [address for address in found if is_public(address["host"])]
        if not public:
            raise OSError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Closes the resolver."""
        await self._inner.close()


class Messenger:
    """Sends what is due, so many at once; one address that hangs keeps nobody else waiting for long."""

    def __init__(self, deps: Deps, allowed: Collection[str], resolver: AbstractResolver | None = None) -> None:
        self._deps = deps
        self._allowed = allowed
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def round(self) -> int:
        """Queues the news and sends what is due; counts the tries."""
        await webhooks.spread(self._deps)
        due = await webhooks.due(self._deps, AT_ONCE)
        if due:
            await asyncio.gather(*(self._send(one) for one in due))
        return len(due)

    async def _send(self, due: Due) -> None:
        status, fault = None, None
        try:
            webhooks.check_address(due.url, self._allowed)
            async with self._opened().post(
                due.url, data=due.body, headers=due.headers, allow_redirects=False
            ) as answer:
                status = answer.status
        except BadAddress as refusal:
            fault = f"address: {refusal.facts.get('why')}"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            fault = type(error).__name__
        if fault is not None or status is None or status >= 300:
            log.info("webhook not taken", delivery=due.delivery.delivery_id, status=status, fault=fault)
        await webhooks.settled(self._deps, due.delivery, status, fault)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = PublicResolver(self._allowed, self._resolver)
            # Nothing of a proxy setting, no cookie and no kept name: every try looks anew.
            connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=AT_ONCE)
            timeout = aiohttp.ClientTimeout(total=WITHIN_S)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
