"""One drill: a service on chosen engines, a Telegram, a crowd at work, harm meanwhile, and the balance after it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import wiring
from actions.ports import Deps, StoreUnavailableError
from config.settings import read_settings
from tests.fakes.telegram.server import FakeTelegram
from tests.faults import crowd as people
from tests.faults.conservation import Balance, balance
from tests.faults.crowd import N_LEADS, Crowd
from tests.faults.service import CHILDREN, Service, installed, until

SPEED = 10.0
"""How much faster than the wall's the clock of Telegram runs: its waits of minutes would be most of a drill."""
REST_S = 90.0


@dataclass
class Drill:
    """What harm is done to, and what it is measured by."""

    service: Service
    telegram: FakeTelegram
    crowd: Crowd
    deps: Deps
    rng: Random
    balance: Balance = field(default_factory=Balance)

    async def kill_some(self, n: int, *, names: tuple[str, ...] = CHILDREN, pause_s: tuple[float, float]) -> int:
        """Ends children at moments that the seed chooses; counts those that were there to be ended."""
        done = 0
        for _ in range(20 * n):
            await asyncio.sleep(self.rng.uniform(*pause_s))
            done += self.service.kill(self.rng.choice(names))
            if done == n:
                break
        return done

    async def work(self, harm: Callable[[], Awaitable[object]], n_reporters: int, *, longest_s: float = 240.0) -> None:
        """Lets the crowd work while harm is done, and afterwards until everybody has finished."""
        self.crowd.begin()
        try:
            async with asyncio.timeout(longest_s), asyncio.TaskGroup() as tasks:
                leads = [tasks.create_task(self.crowd.lead(i)) for i in range(N_LEADS)]
                reporters = [tasks.create_task(self.crowd.report(i)) for i in range(n_reporters)]
                try:
                    await harm()
                finally:
                    self.crowd.end()
                await asyncio.wait(reporters)
                await asyncio.wait(leads)
        except TimeoutError:
            raise AssertionError(
                f"not everybody could finish:\n{self.crowd.unfinished(n_reporters)}\n{self.service.log[-3000:]}"
            ) from None

    async def filed(self, n: int) -> None:
        """Waits until so many more reports were acknowledged."""
        wanted = len(self.crowd.receipts) + n
        while len(self.crowd.receipts) < wanted:
            self.crowd.news.clear()
            await self.crowd.news.wait()

    async def moved(self, database_url: str) -> None:
        """Starts the service on another database, as an operator does after a failover."""
        await asyncio.to_thread(self.service.stop)
        self.service.database_url = database_url
        await self.deps.store.close()
        self.deps = await wired(self.service)
        await asyncio.to_thread(self.service.start)

    async def relieved(self) -> None:
        """Lets a new version take over: it is there before the old one goes, where the engines can be shared."""
        old = self.service
        if old.redis_url:
            self.service = Service(old.folder, old.bot_api_url, old.database_url, old.redis_url)
        else:
            await asyncio.to_thread(old.stop)
        await asyncio.to_thread(self.service.start)
        self.telegram.webhook = self.service.webhook
        if old is not self.service:
            await asyncio.to_thread(old.stop)

    async def close(self) -> None:
        """Ends what the drill started by itself."""
        await self.deps.store.close()
        await asyncio.to_thread(self.service.stop)

    async def settled(self) -> Balance:
        """Waits until the service is at rest, and draws up the balance."""
        deadline = asyncio.get_running_loop().time() + REST_S
        while asyncio.get_running_loop().time() < deadline:
            if self.telegram.deliveries.n_waiting == 0 and await self._at_rest():
                break
            await asyncio.sleep(0.3)
        self.balance = await balance(self.deps, self.telegram, self.crowd, self.service.log)
        return self.balance

    async def _at_rest(self) -> bool:
        try:
            async with self.deps.store.read() as unit:
                undone = (await unit.inbox.counts()).undone
                return not undone and not await unit.messages.n_waiting() and not await unit.jobs.waiting()
        except StoreUnavailableError:
            # The harm cut this connection too.
            return False


@asynccontextmanager
async def drill(
    folder: Path,
    *,
    seed: int,
    n_reporters: int = 6,
    database_url: str = "",
    redis_url: str = "",
    twice: float = 0.1,
    astray: float = 0.05,
    speed: float = SPEED,
    **more: str,
) -> AsyncIterator[Drill]:
    """Sets a drill up; the same seed does the same harm in the same order."""
    telegram = FakeTelegram(seed, speed=speed, twice=twice, astray=astray)
    await telegram.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(telegram.stop)
        running = installed(folder, telegram.base, database_url, redis_url, **more)
        service = await asyncio.to_thread(running.__enter__)
        stack.push_async_callback(asyncio.to_thread, running.__exit__, None, None, None)
        telegram.webhook = service.webhook
        made = Drill(service, telegram, Crowd(telegram, Random(seed)), await wired(service), Random(seed))
        stack.push_async_callback(made.close)
        await people.settle_in(made.deps, n_reporters)
        yield made


async def wired(service: Service) -> Deps:
    """Looks at the service's database as another process of its own would."""
    environ = {k: v for k, v in service.environ({}).items() if k.startswith(("WHISTLE_", "REDIS_URL"))}
    return (await wiring.wire(read_settings(environ), with_places=False)).deps


__all__ = ["Drill", "drill", "until"]
