"""A whole city in one process, for stories: gateway, bot, relay, clock and phones over one clock that is moved.

Everything is the real thing over HTTP on 127.0.0.1. Nobody sleeps: `settle` waits until nothing is on its way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

from actions import cases, people
from actions.escalation import self_audit
from actions.ports import Deps
from actions.views import CaseView
from bot.app import BotApp
from bot.app import build as build_bot
from bot.outgoing.courier import Courier
from bot.outgoing.limiter import Limiter
from bot.outgoing.sender import Sender
from config.texts import Texts
from gateway import app as gateway_app
from gateway.settings import BotIdentity, GatewaySettings
from models.rules.calendars import SHANGHAI
from models.rules.events import Event, fold
from models.rules.facts import CaseFacts
from models.rules.roles import system
from tests.clock import Clock
from tests.journeys.phone import Phone
from workers.clock import Clock as Sweep
from workers.relay import Relay
from workers.runtime import Runtime

TOKEN = "700001:journey"
CHANNEL = "gateway"
DAILY = (time(6), time(8))
"""The hours of the self-audit and of the morning brief: moving the clock never jumps over them."""
STUCK_AFTER = 20


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """How much has not come to its end."""

    undone: int = 0
    poison: int = 0
    n_jobs: int = 0
    n_messages: int = 0


NOTHING = OnItsWay()


@dataclass
class City:
    """The city and its machinery. `clock` is the only clock of everything in it."""

    deps: Deps
    clock: Clock
    texts: Texts
    base: str
    http: aiohttp.ClientSession
    relay: Relay
    sweep: Sweep
    phones: dict[str, Phone] = field(default_factory=dict)
    _bot: BotApp | None = None
    _polling: asyncio.Task[None] | None = None
    _numbers: Any = field(default_factory=lambda: count(1))
    _settling: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waits: bool = True

    async def phone(self, staff_no: str) -> Phone:
        """Gives somebody of the cast their phone, bound to the bot by a fresh invite code."""
        if staff_no not in self.phones:
            phone = self.stranger(staff_no)
            await phone.signs_in(await self.code(staff_no))
            phone.has_heard_everything()
            phone.n_steps = 0
        return self.phones[staff_no]

    def stranger(self, name: str) -> Phone:
        """Gives a phone that has not signed in yet."""
        self.phones[name] = Phone(name, self.http, self.settle)
        return self.phones[name]

    async def code(self, staff_no: str) -> str:
        """Issues an invite code."""
        async with self.deps.store.read() as unit:
            person = await unit.people.by_staff_no(staff_no)
        assert person is not None
        return await people.issue_code(self.deps, person.person_id)

    async def settle(self) -> None:
        """Waits until no update, job or message is on its way, and lets every phone look at its chat.

        Raises AssertionError when something cannot come to rest, or was set aside with a fault.
        """
        if not self._waits:
            return
        async with self._settling:
            before = None
            for _ in range(STUCK_AFTER):
                await self._taken_in()
                if self._bot is not None:
                    await self._bot.processor.settle()
                handed = await self.relay.hand_on()
                now = await self._on_its_way()
                if not handed and now in (NOTHING, before):
                    break
                before = now
            if now.poison or now.n_jobs or (now.undone and self._bot is not None):
                await self._nothing_failed()
                raise AssertionError(f"the city does not come to rest: {now}")
            await asyncio.gather(*(phone.look() for phone in self.phones.values()))

    async def forward(self, **parts: float) -> None:
        """Lets time pass (minutes=, hours=, days=), stopping wherever something is due on the way."""
        await self.until(self.clock() + timedelta(**parts))

    async def until(self, then: datetime) -> None:
        """Lets time pass until a moment."""
        await self.tick()
        while (stop := await self._next_moment(then)) is not None:
            self.clock.set(stop)
            await self.tick()
        self.clock.set(then)
        await self.tick()

    async def tick(self) -> None:
        """Lets the clock process look once, and everything that follows happen."""
        await self.sweep.tick()
        await self.settle()

    def local(self, month: int, day: int, hour: int, minute: int = 0) -> datetime:
        """Gives a moment of this year in the city's time."""
        return datetime(self.clock().year, month, day, hour, minute, tzinfo=SHANGHAI)

    async def view(self, case_no: str) -> CaseView:
        """Shows a case as the service sees it."""
        return await cases.view(self.deps, system("journey"), case_no)

    async def facts(self, case_no: str) -> CaseFacts:
        """Gives the row of a case."""
        return (await self.view(case_no)).facts

    async def events(self, case_no: str) -> list[Event]:
        """Gives the events of a case."""
        async with self.deps.store.read() as unit:
            return await unit.cases.events(case_no)

    async def tags(self, case_no: str) -> list[str]:
        """Tells the story of a case by the tags of its events."""
        return [event.tag.partition(":")[2] for event in await self.events(case_no)]

    async def ladder(self, case_no: str) -> list[str]:
        """Lists the ladder steps that were taken, as "clock percent"."""
        happened: list[Any] = await self.events(case_no)
        return [f"{e.clock} {e.percent}" for e in happened if e.tag == "clock:stepped"]

    async def numbers(self) -> list[str]:
        """Lists all case numbers."""
        async with self.deps.store.read() as unit:
            return await unit.cases.all_nos("", 1000)

    async def bot_starts(self) -> None:
        """Builds the bot anew, as a fresh process does, and lets it fetch."""
        owner = f"bot-{next(self._numbers)}"
        sender = make_sender(self.deps, self.texts, self.base, owner)
        self._bot = build_bot(self.deps, sender.bot, self.texts, sender.courier, channel=CHANNEL, owner=owner)
        self._polling = asyncio.create_task(self._bot.poll(), name="bot")

    async def bot_dies(self) -> None:
        """Kills the bot wherever it stands: nothing is finished, said or cleaned up."""
        assert self._bot is not None
        assert self._polling is not None
        hands = [t for t in asyncio.all_tasks() if t.get_name().startswith("update ")]
        for task in (self._polling, *hands):
            task.cancel()
        await asyncio.gather(self._polling, *hands, return_exceptions=True)
        await self._bot.bot.session.close()
        self._bot, self._polling = None, None

    async def inbox_is_empty(self) -> None:
        """Waits until every update that the gateway holds was handled; its answer may still be on its way."""
        await self._taken_in()
        while await self._undone():
            # Each look is a round trip to the database; the bot works meanwhile.
            continue

    @contextmanager
    def in_a_hurry(self) -> Iterator[None]:
        """Lets the story go on while things are still on their way."""
        self._waits = False
        try:
            yield
        finally:
            self._waits = True

    async def misbehaves(self, method: str, kind: str, *, times: int = 1) -> None:
        """Lets the channel fail: the next calls of a method end in 429, 500, or never get an answer."""
        rules = {"rules": [{"method": method, "kind": kind, "times": times}]}
        async with self.http.post("/control/faults", json=rules) as answer:
            assert answer.status == 200

    async def behaves(self) -> None:
        """Ends all misbehaviour of the channel."""
        async with self.http.delete("/control/faults") as answer:
            assert answer.status == 200

    async def closes_the_books(self) -> None:
        """Demands what must hold at the end of every story: each row is the fold of its events, nothing is lost."""
        for case_no in await self.numbers():
            happened, facts = await self.events(case_no), await self.facts(case_no)
            assert fold(happened) == facts, case_no
            running = [c.name for c in facts.clocks.values() if c.running or c.paused_at]
            assert facts.open == bool(running), f"{case_no} is {facts.state} with the clocks {running}"
        report = await self_audit(self.deps)
        assert report.clean, report
        await self._nothing_failed()
        assert await self._on_its_way() == NOTHING

    async def _taken_in(self) -> None:
        """Waits until the bot has confirmed every update that the gateway holds for it."""
        while self._bot is not None and self._polling is not None:
            if self._polling.cancelled():
                return
            if self._polling.done():
                self._polling.result()
            async with self.http.get(f"/bot{TOKEN}/getWebhookInfo") as answer:
                if (await answer.json())["result"]["pending_update_count"] == 0:
                    return

    async def _undone(self) -> int:
        async with self.deps.store.read() as unit:
            return (await unit.inbox.counts()).undone

    async def _on_its_way(self) -> OnItsWay:
        """Counts what waits; a message may rest until the clock is moved."""
        async with self.deps.store.read() as unit:
            inbox, jobs = await unit.inbox.counts(), await unit.jobs.waiting()
            return OnItsWay(inbox.undone, inbox.poison, sum(jobs.values()), await unit.messages.n_waiting())

    async def _nothing_failed(self) -> None:
        """Demands that nothing failed or was set aside; messages for people without a phone are no fault."""
        async with self.deps.store.read() as unit:
            tried = await unit.inbox.ready(100, channel=CHANNEL, now=self.clock() + timedelta(hours=1))
            poison = await unit.inbox.poisoned()
            jobs, messages = await unit.jobs.buried(), await unit.messages.buried()
        faults = [row.fault for row in (*poison, *tried) if row.fault] + [job.error for job in jobs]
        faults += [str(m) for m in messages if m.error not in ("no_chat", "not_theirs")]
        assert not faults, "\n".join(str(f) for f in faults)

    async def _next_moment(self, then: datetime) -> datetime | None:
        """Finds the next moment on the way at which something is due."""
        now = self.clock()
        async with self.deps.store.read() as unit:
            step = await unit.cases.next_step_at()
        assert step is None or step > now, f"a step of {step} was due and not taken at {now}"
        local = now.astimezone(SHANGHAI)
        daily = [datetime.combine(local.date() + timedelta(days=n), hour, SHANGHAI) for n in (0, 1) for hour in DAILY]
        ahead = [moment for moment in (step, *daily) if moment is not None and now < moment <= then]
        return min(ahead, default=None)


def make_sender(deps: Deps, texts: Texts, base: str, owner: str) -> Sender:
    """Opens a bot with its courier. Its watch runs fast, so that sending limits, proved elsewhere, hold nobody up."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(base))
    bot = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True))
    watch = count(0, 3600)
    limiter = Limiter.local(now=lambda: float(next(watch)))
    return Sender(bot, Courier(deps, bot, CHANNEL, texts, limiter, owner=owner))


@asynccontextmanager
async def open_city(deps: Deps, clock: Clock, texts: Texts, folder: Path) -> AsyncIterator[City]:
    """Starts a city on a wired database and takes it down again."""
    settings = GatewaySettings(
        port=0,
        data_folder=folder,
        tokens={TOKEN: BotIdentity("whistle_bot", "吹哨")},
        control=True,
        sign_ins_per_10_minutes=0,
    )
    async with AsyncExitStack() as stack:
        runner = web.AppRunner(gateway_app.build(settings, clock), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, settings.host, 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        http = await stack.enter_async_context(aiohttp.ClientSession(base))
        sender = make_sender(deps, texts, base, "schedule")
        stack.push_async_callback(sender.bot.session.close)
        relay = Relay(Runtime(deps, sender), None, "schedule")
        city = City(deps, clock, texts, base, http, relay, Sweep(deps))
        await city.bot_starts()
        try:
            yield city
        finally:
            if city._bot is not None:
                await city.bot_dies()
