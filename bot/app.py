"""All wiring of the bot on one page: which router hears first, which middleware stands where, what runs."""

import asyncio
import contextlib
import itertools
from dataclasses import dataclass

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import AiogramError
from aiogram.fsm.storage.memory import SimpleEventIsolation

from actions.ports import Deps
from bot import board, casework, commands, duty, intake, sign_in
from bot.middlewares import Acquaint, OldPresses, Refusals
from bot.processor import Courier, Processor
from bot.storage import DraftStorage
from bot.updates import Intake, Poller
from config.texts import Texts
from models.rules.errors import BadPhoto

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BotApp:
    """The parts of one bot on one channel. `intake` takes updates from whichever side they come."""

    deps: Deps
    bot: Bot
    intake: Intake
    processor: Processor
    texts: Texts

    async def poll(self) -> None:
        """Fetches and handles updates until cancelled."""
        poller = Poller(self.intake, self.bot.session.api, self.bot.token)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._warm(), name="darkroom")
            tasks.create_task(self._introduce(polling=True), name="introduction")
            tasks.create_task(poller.run(), name="poller")
            tasks.create_task(self.processor.run(), name="processor")

    async def work(self) -> None:
        """Handles updates that the webhook stores, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._warm(), name="darkroom")
            tasks.create_task(self._introduce(polling=False), name="introduction")
            tasks.create_task(self.processor.run(), name="processor")

    async def _warm(self) -> None:
        """Has the darkroom start its child now, so that the first picture of the day does not wait for it."""
        with contextlib.suppress(BadPhoto):
            await self.deps.darkroom.develop(b"")

    async def _introduce(self, *, polling: bool) -> None:
        """Tells the channel how we take updates and what the menu is; a channel that is away is waited for."""
        for pause_s in itertools.chain((1, 2, 5, 10), itertools.repeat(30)):
            try:
                if polling:
                    await self.bot.delete_webhook()
                await commands.publish(self.bot, self.texts)
            except AiogramError as error:
                log.warning("channel not introduced yet", error=type(error).__name__)
                await asyncio.sleep(pause_s)
            else:
                return


def build(deps: Deps, bot: Bot, texts: Texts, courier: Courier, *, channel: str, owner: str) -> BotApp:
    """Puts a bot together. `owner` names this process on the rows it writes; the courier claims them by it."""
    processor = Processor(deps, bot, dispatcher(deps, texts, channel), courier, texts, channel=channel, owner=owner)
    return BotApp(deps, bot, Intake(deps, channel, processor.wake), processor, texts)


def dispatcher(deps: Deps, texts: Texts, channel: str) -> Dispatcher:
    """Makes the dispatcher; the order of the routers is the order in which they are asked."""
    made = Dispatcher(storage=DraftStorage(deps, channel), events_isolation=SimpleEventIsolation(), disable_fsm=False)
    made.update.outer_middleware(Acquaint(deps, texts, channel))
    made.callback_query.outer_middleware(OldPresses())
    for observer in (made.message, made.edited_message, made.callback_query):
        observer.middleware(Refusals())
    made.include_routers(
        commands.router(), sign_in.router(), board.router(), *casework.routers(), *duty.routers(), *intake.routers()
    )
    return made
