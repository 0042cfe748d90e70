"""Values that are costly to make: made once, at the first wish, while everybody else who wants them waits."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Keeps a value by key. What failed or was given up is made anew at the next wish."""

    def __init__(self) -> None:
        self._made: dict[str, Value] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, key: str, make: Callable[[], Awaitable[Value]]) -> Value:
        """Gives the value of a key, making it first when nobody has."""
        async with self._turns[key]:
            if key not in self._made:
                self._made[key] = await make()
            return self._made[key]
