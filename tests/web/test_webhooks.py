"""Outgoing webhooks: signed, tried again, on record, in their owner's scope, and never into a private network."""

import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from actions import access, cases, webhooks
from actions.ports import Deps
from models.rules.errors import BadAddress
from tests.clock import Clock
from tests.make import NEIGHBOUR, actor_of, dispatched, filed
from tests.web.callers import Speaker, person, system
from tests.web.conftest import Client, NewClient
from workers.webhooks import Messenger, PublicResolver


@dataclass
class Receiver:
    """Another system's server that hears of changes."""

    server: TestServer
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Gives where it hears."""
        return str(self.server.make_url("/hook"))


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Starts a receiver on this machine."""
    app = web.Application()
    made = Receiver(TestServer(app))

    async def on_hook(request: web.Request) -> web.Response:
        made.got.append((dict(request.headers), await request.read()))
        return web.Response(status=made.status)

    app.router.add_post("/hook", on_hook)
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def messenger(deps: Deps) -> AsyncIterator[Messenger]:
    """Gives a messenger that may reach this machine."""
    made = Messenger(deps, {"127.0.0.1"})
    yield made
    await made.close()


@pytest.fixture
async def server(new_client: NewClient) -> Client:
    """Gives a service that may tell this machine."""
    return await new_client(environment="production", webhook_hosts="127.0.0.1")


@pytest.fixture
async def zhou(server: Client, deps: Deps) -> Speaker:
    """Gives the supervisor of the street."""
    return await person(server, deps, "zhou")


async def test_a_change_is_told_signed(deps: Deps, zhou: Speaker, receiver: Receiver, messenger: Messenger) -> None:
    made = await zhou.post("/api/v1/webhooks", {"url": receiver.url}, 201)
    await messenger.round()
    case_no = await dispatched(deps)
    await messenger.round()
    headers, body = receiver.got[-1]
    assert json.loads(body)["case_no"] == case_no
    signed = webhooks.signature(made["secret"], headers["Whistle-Timestamp"], body)
    assert headers["Whistle-Signature"] == f"v1={signed}"
    listed = (await zhou.get(made["href"] + "/deliveries"))["items"]
    assert {(d["fate"], d["status"]) for d in listed} == {("done", 200)}
    assert "secret" not in (await zhou.get("/api/v1/webhooks"))["items"][0]
    n = len(receiver.got)
    await messenger.round()
    assert len(receiver.got) == n


async def test_what_fails_is_tried_again_later_and_given_up_at_last(
    deps: Deps, zhou: Speaker, receiver: Receiver, messenger: Messenger, clock: Clock
) -> None:
    made = await zhou.post("/api/v1/webhooks", {"url": receiver.url}, 201)
    await messenger.round()
    receiver.status = 503
    await filed(deps)
    await messenger.round()
    assert await messenger.round() == 0
    for wait_s in webhooks.WAITS_S:
        clock.forward(seconds=wait_s)
        assert await messenger.round() == 1
    assert len(receiver.got) == 1 + len(webhooks.WAITS_S)
    told = (await zhou.get(made["href"] + "/deliveries"))["items"][0]
    assert (told["fate"], told["status"], told["tries"]) == ("given_up", 503, 7)
    receiver.status = 204
    again = f"{made['href']}/deliveries/{told['delivery_id']}/retry"
    assert (await zhou.client.post(again, headers=zhou.headers)).status == 204
    await messenger.round()
    assert (await zhou.get(made["href"] + "/deliveries"))["items"][0]["fate"] == "done"


async def test_an_address_that_is_gone_is_told_no_more(
    deps: Deps, zhou: Speaker, receiver: Receiver, messenger: Messenger
) -> None:
    await zhou.post("/api/v1/webhooks", {"url": receiver.url}, 201)
    await messenger.round()
    receiver.status = 410
    await filed(deps)
    await messenger.round()
    assert (await zhou.get("/api/v1/webhooks"))["items"] == []


async def test_an_address_hears_what_its_owner_may_see(
    server: Client, deps: Deps, receiver: Receiver, messenger: Messenger
) -> None:
    chen = await person(server, deps, "chen")
    await chen.post("/api/v1/webhooks", {"url": receiver.url}, 201)
    key = await system(server, deps, access.READ, access.WEBHOOKS)
    await key.post("/api/v1/webhooks", {"url": receiver.url, "kinds": ["manhole"]}, 201)
    await key.post("/api/v1/webhooks", {"url": receiver.url, "area": NEIGHBOUR}, 201)
    await messenger.round()
    await filed(deps)
    await messenger.round()
    assert receiver.got == []
    await filed(deps, kind="manhole", fields={})
    await messenger.round()
    assert len(receiver.got) == 1
    await access.revoke_key(deps, key.key)
    await filed(deps, kind="manhole", fields={})
    await messenger.round()
    assert len(receiver.got) == 1


async def test_webhooks_of_others_are_not_there(server: Client, deps: Deps, zhou: Speaker, receiver: Receiver) -> None:
    made = await zhou.post("/api/v1/webhooks", {"url": receiver.url}, 201)
    chen = await person(server, deps, "chen")
    await chen.get(made["href"] + "/deliveries", 404)
    assert (await server.delete(made["href"], headers=chen.headers)).status == 404
    assert (await server.delete(made["href"], headers=zhou.headers)).status == 204
    assert (await (await system(server, deps)).post("/api/v1/webhooks", {"url": receiver.url}, 403))[
        "scope"
    ] == "webhooks"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://user:pass@example.com/",
        "https://",
        "https://[/",
        "nonsense",
    ],
)
async def test_an_address_that_may_not_be_told_is_refused(zhou: Speaker, url: str) -> None:
    with pytest.raises(BadAddress):
        webhooks.check_address(url, ())
    assert (await zhou.post("/api/v1/webhooks", {"url": url.replace("127.0.0.1", "127.0.0.2")}, 422))[
        "reason"
    ] == "bad_address"


class Liar(AbstractResolver):
    """A name server under somebody's control: a public name that points inside."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Gives an address of this machine."""
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0),
        ]

    async def close(self) -> None:
        """Holds nothing."""


async def test_a_public_name_that_points_inside_is_not_followed(
    deps: Deps, zhou: Speaker, receiver: Receiver, clock: Clock
) -> None:
    made = await zhou.post("/api/v1/webhooks", {"url": f"https://inside.example:{receiver.server.port}/hook"}, 201)
    messenger = Messenger(deps, (), Liar())
    await messenger.round()
    await filed(deps)
    await messenger.round()
    await messenger.close()
    told = (await zhou.get(made["href"] + "/deliveries"))["items"][0]
    assert (told["fate"], told["status"]) == ("waiting", None)
    assert receiver.got == []
    with pytest.raises(OSError, match="public"):
        await PublicResolver((), Liar()).resolve("inside.example")


async def test_nothing_is_told_twice_when_a_messenger_dies_after_sending(
    deps: Deps, zhou: Speaker, receiver: Receiver, messenger: Messenger, clock: Clock
) -> None:
    await zhou.post("/api/v1/webhooks", {"url": receiver.url}, 201)
    await messenger.round()
    case_no = await dispatched(deps)
    await cases.sign(deps, await actor_of(deps, "zhao"), case_no)
    await webhooks.spread(deps)
    assert len(await webhooks.due(deps)) == 3
    # Taken by one that died: nobody else takes them until its lease is over.
    assert await messenger.round() == 0
    clock.forward(seconds=webhooks.LEASE_S)
    assert await messenger.round() == 3
