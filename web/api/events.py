"""GET /api/v1/events: what happens to the cases in one's scope, live, as Server-Sent Events.

Each event bears the number of the change. Who comes back with the last one it has (Last-Event-ID) goes on there,
at whatever process; who was away for too long is told to load anew.
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from actions import browse, live
from actions.access import READ
from actions.live import Change
from actions.ports import Deps
from web.access import need
from web.api.operation import Operation, Query, read_query
from web.callers import Caller, recognise
from web.errors import BadParameter, Problem
from web.live import FEED, Listener, News, news
from web.parts import parts

LAST = "Last-Event-ID"
HEARTBEAT_S = 15
"""A comment at least this often, so that nothing between takes the stream for dead."""
KNOWN_FOR_S = 60.0
"""How long a listener is taken for who they were; then they must still be."""
SEND_WITHIN_S = 30.0
RETRY_MS = 2_000


class EventsQuery(Query):
    """Only some; `kind`, `urgency` and `area` take several values with commas."""

    kind: str = ""
    urgency: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a listener wants to hear of; empty parts do not limit."""

    kinds: frozenset[str]
    urgencies: frozenset[str]
    areas: frozenset[str]

    def fits(self, known: Caller, change: Change) -> bool:
        """Tells whether a change is wished for, and theirs to hear of."""
        facts = change.facts
        if (self.kinds and facts.kind not in self.kinds) or (self.urgencies and facts.urgency not in self.urgencies):
            return False
        if self.areas and self.areas.isdisjoint(facts.areas.chain):
            return False
        return browse.hears(known.actor, known.area_code, facts)


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="stream_events",
            tag="cases",
            method="GET",
            path="/api/v1/events",
            raw=on_events,
            query=EventsQuery,
            answer="text/event-stream",
            headers=(LAST,),
        )
    ]


async def on_events(request: web.Request) -> web.StreamResponse:
    """Streams until the listener leaves, is nobody any more, or the server stops."""
    known, wish, last = need(request, READ), _wish(request), _last(request)
    feed = request.app[FEED]
    if feed.full:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", headers={"Retry-After": "5"})
    async with feed.listening() as listener:
        stream = EventSourceResponse(ping_interval=HEARTBEAT_S)
        await stream.prepare(request)
        # Who hangs up ends the stream: that is no fault of anybody.
        with contextlib.suppress(ConnectionResetError, TimeoutError):
            async with stream:
                await _streamed(request, stream, listener, known, wish, last)
        return stream


async def _streamed(
    request: web.Request,
    stream: EventSourceResponse,
    listener: Listener,
    known: Caller,
    wish: Wish,
    last: int | None,
) -> None:
    """Sends what was missed, then what comes."""
    deps = parts(request).deps
    if last is not None and await live.too_old(deps, last):
        await stream.send("{}", id=str(listener.position), event="reset", retry=RETRY_MS)
    elif last is not None:
        await _missed(deps, stream, known, wish, last, listener.position)
    await stream.send("{}", id=str(listener.position), event="ready", retry=RETRY_MS)
    good_until = time.monotonic() + KNOWN_FOR_S
    while stream.is_connected():
        try:
            found = await asyncio.wait_for(listener.queue.get(), HEARTBEAT_S)
        except TimeoutError:
            found = ()
        if found is None:
            return
        if time.monotonic() >= good_until:
            again = await recognise(request)
            if again is None or READ not in again.scopes:
                return
            known, good_until = again, time.monotonic() + KNOWN_FOR_S
        await _send(stream, known, wish, found)


async def _missed(deps: Deps, stream: EventSourceResponse, known: Caller, wish: Wish, last: int, position: int) -> None:
    """Sends what lies between the last event that the listener has and where the feed was when they came."""
    while last < position:
        found = [change for change in await live.changes(deps, last) if change.no <= position]
        if not found:
            return
        await _send(stream, known, wish, news(found))
        last = found[-1].no


async def _send(stream: EventSourceResponse, known: Caller, wish: Wish, found: Sequence[News]) -> None:
    frames = [item.frame for item in found if wish.fits(known, item.change)]
    if frames:
        # As one piece: five hundred listeners are five hundred writes, however many changes there were.
        async with asyncio.timeout(SEND_WITHIN_S):
            await stream.write(b"".join(frames))


def _wish(request: web.Request) -> Wish:
    query = read_query(EventsQuery, request)

    def some(listed: str) -> frozenset[str]:
        return frozenset(part.strip() for part in listed.split(",") if part.strip())

    return Wish(some(query.kind), some(query.urgency), some(query.area))


def _last(request: web.Request) -> int | None:
    given = request.headers.get(LAST)
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise BadParameter("bad_parameter", LAST, given=given[:40])
    return int(given)
