"""Commands about where Telegram delivers updates."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from bot.registration import Registrar
    from config.settings import Settings

app = typer.Typer(help="Where Telegram delivers updates: set it, take it back, look at it.", no_args_is_help=True)


@app.command("set-webhook")
def set_webhook(
    connections: Annotated[int, typer.Option(min=1, max=100, help="How many deliveries at once.")] = 40,
) -> None:
    """Have Telegram deliver updates to WHISTLE_PUBLIC_URL, with the secret; what waits there already is kept."""
    terminal.run(_set(terminal.settings(), connections))


async def _set(chosen: "Settings", connections: int) -> None:
    if not chosen.public_url:
        raise CannotDo("set WHISTLE_PUBLIC_URL to the address under which Telegram reaches `whistle web`")
    async with _registrar(chosen) as registrar:
        url = await registrar.set_webhook(chosen.public_url, chosen.webhook_secret.get_secret_value(), connections)
    out.print(f"Updates are delivered to {terminal.escaped(url)}, with the secret.")


@app.command("delete-webhook")
def delete_webhook() -> None:
    """Have Telegram keep updates until the bot asks for them; unset WHISTLE_PUBLIC_URL as well."""
    terminal.run(_delete(terminal.settings()))


async def _delete(chosen: "Settings") -> None:
    async with _registrar(chosen) as registrar:
        await registrar.delete_webhook()
    out.print("Updates are kept until the bot asks for them.")


@app.command()
def info() -> None:
    """Show what Telegram says about the bot and its deliveries."""
    terminal.run(_info(terminal.settings()))


async def _info(chosen: "Settings") -> None:
    async with _registrar(chosen) as registrar:
        found = await registrar.look()
    table = terminal.table("what", "value")
    table.add_row("bot", f"@{terminal.escaped(found.username)}")
    table.add_row("delivered to", terminal.escaped(found.url) or "nowhere: the bot asks for updates")
    table.add_row("waiting there", str(found.n_pending))
    if found.n_connections is not None:
        table.add_row("deliveries at once", str(found.n_connections))
    if found.last_error_at is not None:
        table.add_row("last failure", f"{found.last_error_at:%Y-%m-%d %H:%M:%S} UTC")
        table.add_row("", terminal.escaped(found.last_error))
    out.print(table)


@asynccontextmanager
async def _registrar(chosen: "Settings") -> "AsyncIterator[Registrar]":
    """Opens the bot's account; raises `CannotDo` in one sentence."""
    if chosen.channel != "telegram":
        raise CannotDo("the channel is our own gateway, which needs no webhook; set WHISTLE_CHANNEL=telegram")
    token = chosen.bot_token.get_secret_value()
    if not token:
        raise CannotDo("set WHISTLE_BOT_TOKEN")
    from bot.registration import ChannelRefused, registrar

    try:
        async with registrar(token, chosen.bot_api_url) as opened:
            yield opened
    except ChannelRefused as fault:
        raise CannotDo(f"Telegram refused: {fault}") from fault
