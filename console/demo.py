"""Commands of the demonstration."""

import asyncio
import time
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.play.month import Progress
    from config.settings import Settings

MINUTES_A_SECOND = 1000
BREATH_S = 0.02
"""Between two lives others write: SQLite lets one writer in at a time, and in no order."""
app = typer.Typer(help="The demonstration.", no_args_is_help=True)


@app.callback()
def demo() -> None:
    """Fill the demonstration with life."""


@app.command()
def play(
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days until now are lived.")] = 30,
    speed: Annotated[
        float, typer.Option(min=1, help="At most so many minutes of the city pass in a second.")
    ] = MINUTES_A_SECOND,
    seed: Annotated[int, typer.Option(help="The same seed plays the same story.")] = 1,
    a_day: Annotated[float, typer.Option(min=0.1, help="Hazards seen on a usual day.")] = 20,
) -> None:
    """Live a month of a city with invented people, a storm on day 12, so that the board is full.

    The service may run meanwhile: nobody's phone rings for the play, and every board says that it is one.
    """
    chosen = terminal.settings()
    if chosen.environment != "demo":
        raise CannotDo("a play is for demonstrations: here are real cases (environment is not demo)")
    terminal.run(_play(chosen, days, speed, seed, a_day))


async def _play(chosen: "Settings", days: int, speed: float, seed: int, a_day: float) -> None:
    import wiring
    from actions.play import month, script
    from config.logging import set_up_logging
    from config.seed import read as seeds

    set_up_logging("warning", "text", "command")
    terminal.check_database(chosen)
    clock = month.PlayClock(wiring.now())
    wired = await wiring.wire(chosen, clock=clock)
    try:
        if wired.deps.index is None:
            raise CannotDo("there are no boundaries yet; start `whistle run` once")
        said = script.read(seeds.read(seeds.FOLDER / "play"), wired.deps.catalogue)
        with terminal.progress() as shown:
            task = shown.add_task("", total=None)
            pace = _Pace(speed)

            async def told(now: "Progress") -> None:
                shown.update(task, completed=now.n_cases, total=now.n_of, description=f"{now.at:%Y-%m-%d}")
                await pace.keep(now)

            n = await month.play(wired.deps, clock, said, days=days, seed=seed, a_day=a_day, told=told)
    finally:
        await wired.close()
    out.print(
        f"{n} cases were lived in {days} days. The board: http://{chosen.host}:{chosen.web_port}/board/?period=30d"
    )


class _Pace:
    """Holds the story back to a speed at which somebody can watch the board fill."""

    def __init__(self, minutes_a_second: float) -> None:
        self._speed = minutes_a_second
        self._began = time.monotonic()
        self._first: Progress | None = None

    async def keep(self, now: "Progress") -> None:
        """Waits while the story is ahead, and a breath in any case."""
        self._first = self._first or now
        minutes = (now.at - self._first.at).total_seconds() / 60
        ahead_s = minutes / self._speed - (time.monotonic() - self._began)
        await asyncio.sleep(max(ahead_s, BREATH_S))
