"""Job: send the messages that wait."""

from workers.runtime import Runtime


async def work(here: Runtime) -> None:
    """Drains the message rows; the courier keeps order, limits and retries."""
    await here.sender.drain()
