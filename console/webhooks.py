"""Commands about outgoing webhooks: which there are, what they were told, tell again, end one."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import escaped, out

if TYPE_CHECKING:
    from config.settings import Settings

app = typer.Typer(help="Outgoing webhooks: list them, see what they were told, end one.", no_args_is_help=True)
Hook = Annotated[int, typer.Argument(metavar="WEBHOOK", min=1, help="Its number, as the list shows it.")]


@app.command("list")
def list_hooks() -> None:
    """List the addresses that are told of changes, and whose they are."""
    terminal.run(_list(terminal.settings()))


async def _list(chosen: "Settings") -> None:
    from actions.webhooks import held

    async with terminal.opened(chosen, with_places=False) as deps:
        found = await held(deps)
    table = terminal.table("#webhook", "owner", "url", "kinds", "area")
    for hook in found:
        table.add_row(str(hook.webhook_id), hook.owner, escaped(hook.url), ", ".join(hook.kinds), hook.area_code or "–")
    out.print(table if found else "There is no webhook.")


@app.command()
def deliveries(
    webhook: Hook, limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50
) -> None:
    """List what an address was told or waits to be told, the newest first."""
    terminal.run(_deliveries(terminal.settings(), webhook, limit))


async def _deliveries(chosen: "Settings", webhook: int, limit: int) -> None:
    from actions.webhooks import deliveries as told

    async with terminal.opened(chosen, with_places=False) as deps:
        found = await told(deps, webhook, limit=limit)
    table = terminal.table("#delivery", "case", "fate", "#tries", "answer")
    for row in found:
        fate = "done" if row.done_at else "waiting" if row.next_at else "given up"
        answer = str(row.status or row.fault or "–")
        table.add_row(str(row.delivery_id), row.case_no, fate, str(row.tries), answer)
    out.print(table if found else "It was told nothing yet.")


@app.command()
def retry(webhook: Hook, delivery: Annotated[int, typer.Argument(min=1, help="The number of the delivery.")]) -> None:
    """Tell once more."""
    terminal.run(_retry(terminal.settings(), webhook, delivery))


async def _retry(chosen: "Settings", webhook: int, delivery: int) -> None:
    from actions.webhooks import retry as again

    async with terminal.opened(chosen, with_places=False) as deps:
        await again(deps, webhook, delivery)
    out.print("It will be told once more.")


@app.command()
def end(webhook: Hook) -> None:
    """Tell an address no more."""
    terminal.run(_end(terminal.settings(), webhook))


async def _end(chosen: "Settings", webhook: int) -> None:
    from actions.webhooks import end as finish

    async with terminal.opened(chosen, with_places=False) as deps:
        await finish(deps, webhook)
    out.print("Ended.")
