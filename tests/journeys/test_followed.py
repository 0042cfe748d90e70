"""An operator follows one report by one word through the logs: update, job, card on another phone."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from config.logging import set_up_logging
from tests.journeys.acts import CASE, files
from tests.journeys.city import City
from tests.journeys.phone import Phone


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Writes logs as a city's processes do, for one test."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    before = structlog.get_config()
    stream = StringIO()
    set_up_logging("info", "json", "test", stream)
    yield stream
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


async def test_one_word_leads_from_the_update_to_the_card(city: City, li: Phone, zhao: Phone, lines: StringIO) -> None:
    await files(li, "光明里地道积水约30厘米，车辆过不去")
    await zhao.taps("签收")
    await city.settle()

    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    (routed,) = (line for line in told if line["event"] == "job done" and line["verb"] == "route")
    (origin,) = routed["origins"]
    (handled,) = (line for line in told if line["event"] == "update handled" and line["origin"] == origin)
    cards = [line for line in told if line["event"] == "message sent" and line["origin"] == origin]
    signed = {line["origin"] for line in told if line["event"] == "message sent" and line["origin"] != origin}

    assert handled["update_id"] == int(origin.rpartition(":")[2])
    assert len([line for line in cards if line["card"] == f"case:{CASE}"]) >= 2
    assert len(signed) >= 1
    async with city.deps.store.read() as unit:
        (report,) = await unit.reports.of_case(CASE)
    assert (report.channel, report.update_id) == (handled["channel"], handled["update_id"])
