"""Whatever fails, no name, no number, no words and no token stand in the logs or in what the operator reads."""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from io import StringIO
from typing import Any

import aiohttp
import pytest
import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from sqlalchemy.exc import IntegrityError

from actions import people
from actions.operate import dead
from config.logging import set_up_logging
from models.rules.roles import Role
from models.store.rows import RosterRow
from tests.bot.chat import CHANNEL, Chat
from tests.bot.conftest import Street
from tests.fakes.small_city import SOUTH

NAME, LATIN, PHONE, WORDS = "金丝雀", "Canary Bird", "13800138000", "桥洞下有人喊救命"
TOKEN = "7123456789:AAHcanarycanarycanarycanarycanary0123"
CANARIES = (
    NAME,
    LATIN,
    PHONE,
    WORDS,
    TOKEN,
    "AAHcanary",
    NAME.encode("unicode_escape").decode(),
    repr(NAME.encode())[2:-1],
)


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """Writes everything that any library logs into one stream, down to the smallest detail."""
    handlers, level, configured = logging.getLogger().handlers[:], logging.getLogger().level, structlog.get_config()
    stream = StringIO()
    set_up_logging("debug", request.param, "test", stream)
    yield stream
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.configure(**configured)
    structlog.contextvars.clear_contextvars()


class Telling(BaseMiddleware):
    """Fails and tells everything it knows in the fault."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Fails."""
        assert isinstance(event, Update)
        row = RosterRow(staff_no="c", name=LATIN, phone=PHONE, role=Role.GRID_WORKER, area_code=SOUTH)
        member = await people.who(data["deps"], CHANNEL, 501) if "deps" in data else None
        raise RuntimeError(f"{row} {member} {event.message.text if event.message else ''} {NAME} {NAME.encode()!r}")


def leaks(text: str) -> list[str]:
    """Lists the canaries that stand in a text."""
    return [canary for canary in CANARIES if canary in text]


async def test_an_update_that_nobody_can_read_tells_nothing(street: Street, log: StringIO) -> None:
    update = {
        "update_id": 9,
        "message": {
            "message_id": "x",
            "date": 0,
            "chat": {"id": 501, "type": "private", "first_name": LATIN},
            "from": {"id": 501, "is_bot": False, "first_name": NAME, "last_name": LATIN},
            "contact": {"phone_number": PHONE, "first_name": NAME},
            "text": WORDS,
        },
    }
    await street.deliver(
        [json.dumps(update, ensure_ascii=False).encode(), json.dumps(update | {"update_id": 10}).encode()]
    )

    aside = await dead(street.deps)
    assert len(aside) == 2
    assert leaks(log.getvalue() + "".join(one.why for one in aside)) == []
    assert "update set aside" in log.getvalue()


async def test_a_fault_in_our_own_code_tells_nothing(li: Chat, street: Street, log: StringIO) -> None:
    street.app.processor._dispatcher.update.outer_middleware(Telling())
    await li.says(f"{WORDS}，{NAME} {PHONE}")

    assert leaks(log.getvalue()) == []
    assert "RuntimeError" in log.getvalue()
    assert "Traceback" in log.getvalue()


async def test_a_token_in_an_address_stands_in_no_traceback(log: StringIO, unused_tcp_port: int) -> None:
    logger = structlog.get_logger("test")
    address = f"http://127.0.0.1:{unused_tcp_port}/bot{TOKEN}/getMe"
    async with aiohttp.ClientSession() as session:
        try:
            async with session.get(address):
                raise AssertionError("nobody listens there")
        except aiohttp.ClientError:
            logger.exception("channel does not answer", url=address)
    try:
        raise aiohttp.InvalidURL(f"{address} {address.replace(':', '%3A')}")
    except aiohttp.InvalidURL:
        logging.getLogger("aiohttp").exception("library fault for %s", address)

    assert log.getvalue().count("<token>") >= 3
    assert leaks(log.getvalue()) == []


async def test_a_statement_that_failed_does_not_tell_its_values(street: Street, log: StringIO) -> None:
    row = RosterRow(staff_no="c", name=LATIN, phone=PHONE, role=Role.GRID_WORKER, area_code=SOUTH, shift="no shift")
    try:
        await people.import_roster(street.deps, [row])
    except IntegrityError:
        structlog.get_logger("test").exception("roster not taken over")

    assert "CHECK" in log.getvalue() or "ck_post_shift" in log.getvalue()
    assert leaks(log.getvalue()) == []


async def test_an_invite_code_is_hidden(log: StringIO) -> None:
    structlog.get_logger("test").info("typed", words="ABCD-EFGH-JKLM-2345")

    assert "<code>" in log.getvalue()
    assert "EFGH" not in log.getvalue()
