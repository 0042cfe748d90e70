"""Pictures are drawn by a child that imports only the drawing, and a dead child is no lost picture."""

import asyncio
import subprocess
import sys

from bot.outgoing.composed import Ring, Sketch, compose
from bot.outgoing.studio import Studio

SKETCH = Sketch(
    39.1,
    117.2,
    (Ring("尖山街道", "street", (((117.19, 39.09), (117.21, 39.09), (117.2, 39.11), (117.19, 39.09)),)),),
    "",
)


async def test_the_child_draws_what_would_be_drawn_here_also_after_it_was_killed() -> None:
    studio = Studio()
    drawn = await studio.compose([], SKETCH)
    assert studio._pool is not None
    for process in list(studio._pool._processes.values()):
        process.kill()
    again, more = await asyncio.gather(studio.compose([], SKETCH), studio.compose([], SKETCH))
    studio.close()

    assert drawn == again == more == compose([], SKETCH)
    assert await studio.compose([], None) is None
    studio.close()


def test_a_child_carries_neither_the_bot_nor_the_database() -> None:
    asked = (
        "import sys, bot.outgoing.composed, actions.confine, actions.develop;"
        "print([m for m in ('aiogram', 'sqlalchemy', 'numpy', 'pydantic') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)

    assert said.stdout.strip() == "[]"
