"""All wiring of the bot on one page: which router hears first, which middleware stands where, what runs."""

import asyncio
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.fsm.storage.memory import SimpleEventIsolation

from actions.ports import Deps
from bot import casework, commands, duty, intake
from bot.middlewares import Acquaint, OldPresses, Refusals
from bot.processor import Courier, Processor
from bot.storage import DraftStorage
from bot.updates import Intake, Poller
from config.texts import Texts


@dataclass(frozen=True, slots=True)
class BotApp:
    """The parts of one bot on one channel. `intake` takes updates from whichever side they come."""

    bot: Bot
    intake: Intake
    processor: Processor
    texts: Texts

    async def poll(self) -> None:
        """Fetches and handles updates until cancelled."""
        await self.bot.delete_webhook()
        await commands.publish(self.bot, self.texts)
        poller = Poller(self.intake, self.bot.session.api, self.bot.token)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(poller.run(), name="poller")
            tasks.create_task(self.processor.run(), name="processor")

    async def work(self) -> None:
        """Handles updates that the webhook stores, until cancelled."""
        await commands.publish(self.bot, self.texts)
        await self.processor.run()


def build(deps: Deps, bot: Bot, texts: Texts, courier: Courier, *, channel: str, owner: str) -> BotApp:
    """Puts a bot together. `owner` names this process on the rows it writes; the courier claims them by it."""
    processor = Processor(deps, bot, dispatcher(deps, texts, channel), courier, texts, channel=channel, owner=owner)
    return BotApp(bot, Intake(deps, channel, processor.wake), processor, texts)


def dispatcher(deps: Deps, texts: Texts, channel: str) -> Dispatcher:
    """Makes the dispatcher; the order of the routers is the order in which they are asked."""
    made = Dispatcher(storage=DraftStorage(deps, channel), events_isolation=SimpleEventIsolation(), disable_fsm=False)
    made.update.outer_middleware(Acquaint(deps, texts, channel))
    made.callback_query.outer_middleware(OldPresses())
    for observer in (made.message, made.edited_message, made.callback_query):
        observer.middleware(Refusals())
    made.include_routers(commands.router(), *casework.routers(), *duty.routers(), *intake.routers())
    return made
