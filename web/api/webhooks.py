"""Outgoing webhooks of the caller: make one, list them, see every telling, tell again, end one."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from actions import webhooks
from actions.access import WEBHOOKS
from actions.webhooks import DeliveryRow, HookRow
from web.api import paging
from web.api.operation import Call, Nothing, Operation, Shape
from web.api.paging import PageQuery
from web.parts import parts

PATH = "/api/v1/webhooks"
ONE = PATH + r"/{webhook_id:\d{1,15}}"


class Fate(StrEnum):
    """What became of a telling."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


class WebhookIn(Shape):
    """Where to tell, and of what; without kinds and area, of all that the caller may see."""

    url: str = Field(max_length=2000)
    kinds: list[str] = Field(default_factory=list, max_length=100)
    area: str | None = Field(default=None, max_length=20)


class WebhookOut(Shape):
    """An address that is told of changes."""

    webhook_id: int
    href: str
    url: str
    kinds: list[str]
    area: str | None
    created_at: datetime


class MadeOut(WebhookOut):
    """A new one: its secret, which signs every telling, is told here once."""

    secret: str


class WebhooksOut(Shape):
    """The caller's webhooks."""

    items: list[WebhookOut]


class DeliveryOut(Shape):
    """One telling: of which change, how often tried, how it went last."""

    delivery_id: int
    change: int
    case_no: str
    fate: Fate
    tries: int
    status: int | None
    fault: str | None
    created_at: datetime
    next_at: datetime | None
    done_at: datetime | None


class DeliveryPage(Shape):
    """Some tellings, the newest first."""

    items: list[DeliveryOut]
    next: str | None


def operations() -> list[Operation]:
    """Lists the declarations."""
    again = ONE + r"/deliveries/{delivery_id:\d{1,15}}/retry"
    there_is_none = {404: "no_such_webhook"}
    return [
        Operation(
            name="list_webhooks",
            tag="webhooks",
            method="GET",
            path=PATH,
            handler=on_list,
            answer=WebhooksOut,
            scope=WEBHOOKS,
        ),
        Operation(
            name="add_webhook",
            tag="webhooks",
            method="POST",
            path=PATH,
            handler=on_add,
            body=WebhookIn,
            answer=MadeOut,
            status=201,
            scope=WEBHOOKS,
            refuses={404: "no_such_kind", 422: "refused"},
        ),
        Operation(
            name="end_webhook",
            tag="webhooks",
            method="DELETE",
            path=ONE,
            handler=on_end,
            status=204,
            scope=WEBHOOKS,
            refuses=there_is_none,
        ),
        Operation(
            name="list_deliveries",
            tag="webhooks",
            method="GET",
            path=ONE + "/deliveries",
            handler=on_deliveries,
            query=PageQuery,
            answer=DeliveryPage,
            scope=WEBHOOKS,
            refuses=there_is_none,
        ),
        Operation(
            name="retry_delivery",
            tag="webhooks",
            method="POST",
            path=again,
            handler=on_retry,
            status=204,
            scope=WEBHOOKS,
            refuses=there_is_none,
        ),
    ]


async def on_list(call: Call[Nothing, None]) -> WebhooksOut:
    """Answers with the caller's webhooks."""
    return WebhooksOut(items=[WebhookOut(**_shown(hook)) for hook in await webhooks.held(call.deps, call.caller.name)])


async def on_add(call: Call[Nothing, WebhookIn]) -> MadeOut:
    """Makes a webhook."""
    made = await webhooks.add(
        call.deps,
        call.caller.name,
        call.actor,
        call.bound,
        call.body.url,
        kinds=call.body.kinds,
        area_code=call.body.area,
        allowed=parts(call.request).webhook_hosts,
    )
    return MadeOut(**_shown(made), secret=made.secret)


async def on_end(call: Call[Nothing, None]) -> None:
    """Ends a webhook."""
    await webhooks.end(call.deps, int(call.path("webhook_id")), call.caller.name)


async def on_deliveries(call: Call[PageQuery, None]) -> DeliveryPage:
    """Answers with what was told and what waits."""
    limit, before = call.query.limit, paging.by_number(call.query.cursor)
    webhook_id = int(call.path("webhook_id"))
    found = await webhooks.deliveries(call.deps, webhook_id, call.caller.name, before=before, limit=limit + 1)
    shown = found[:limit]
    more = paging.pack(shown[-1].delivery_id) if len(found) > limit else None
    return DeliveryPage(items=[_delivery(row) for row in shown], next=more)


async def on_retry(call: Call[Nothing, None]) -> None:
    """Tells once more."""
    numbers = int(call.path("webhook_id")), int(call.path("delivery_id"))
    await webhooks.retry(call.deps, *numbers, call.caller.name)


def _shown(hook: HookRow) -> dict[str, object]:
    return {
        "webhook_id": hook.webhook_id,
        "href": f"{PATH}/{hook.webhook_id}",
        "url": hook.url,
        "kinds": list(hook.kinds),
        "area": hook.area_code,
        "created_at": hook.created_at,
    }


def _delivery(row: DeliveryRow) -> DeliveryOut:
    fate = Fate.DONE if row.done_at else Fate.WAITING if row.next_at else Fate.GIVEN_UP
    return DeliveryOut(
        delivery_id=row.delivery_id,
        change=row.no,
        case_no=row.case_no,
        fate=fate,
        tries=row.tries,
        status=row.status,
        fault=row.fault,
        created_at=row.created_at,
        next_at=row.next_at,
        done_at=row.done_at,
    )
