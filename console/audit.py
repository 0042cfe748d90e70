"""Commands that hold the service to what it promised: its own duties, and what was signed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.ports import Deps
    from actions.verification import Doubt
    from config.settings import Settings

app = typer.Typer(help="Look whether every step was taken, and whether what was signed still stands.")
NAMED = 20
DOUBTS = {
    "forged": "root {n} ({at}) bears no good signature of this key",
    "out_of_order": "root {n} ({at}) does not follow the one before it: a line was removed, added or moved",
    "not_in_database": "root {n} ({at}) is not in the database: it is older than its roots",
    "other_in_database": "root {n} ({at}) says something else in the database",
    "not_in_file": "root {n} is in the database and not in the file: the file is an older copy, or its end was cut off",
    "leaves": "root {n} ({at}): the list of cases that it covers was changed",
    "case_gone": "{case_no}: the whole case is gone; it had {seq} events when root {n} was signed ({at})",
    "event_gone": "{case_no}: event {seq} is gone; it was there when root {n} was signed ({at})",
    "event_changed": "{case_no}: event {seq} is not the one that root {n} was signed over ({at})",
}


@app.callback(invoke_without_command=True)
def audit(context: typer.Context) -> None:
    """Look now for steps that are late, messages that never left, and open cases that nobody owes."""
    if context.invoked_subcommand is not None:
        return
    if not terminal.run(_audit(terminal.settings())):
        raise typer.Exit(1)


async def _audit(chosen: "Settings") -> bool:
    from actions.escalation import self_audit

    async with terminal.opened(chosen, with_places=False) as deps:
        report = await self_audit(deps)
    if report.clean:
        out.print("[green]✓[/] No step is late, every message left, and every open case has a clock.")
        return True
    for title, remedy, found in (
        ("cases whose next step is late", "is `whistle schedule` running?", report.late_steps),
        ("messages without a delivery record", "is a worker of the queue notify running?", report.undelivered),
        ("open cases without a clock", "`whistle replay CASE_NO --check` looks closer", report.unowned),
    ):
        if found:
            more = f" … and {len(found) - NAMED} more" if len(found) > NAMED else ""
            out.print(f"[red]✗[/] {len(found)} {title} ({remedy}): {', '.join(map(str, found[:NAMED]))}{more}")
    return False


@app.command()
def sign() -> None:
    """Sign a root over all cases now; the schedule does so every morning."""
    terminal.run(_sign(terminal.settings()))


async def _sign(chosen: "Settings") -> None:
    from actions.anchoring import anchor

    async with terminal.opened(chosen, with_places=False) as deps:
        signed = await anchor(deps)
    if signed is None:
        raise CannotDo("another process signs a root right now")
    root = signed.root
    out.print(f"[green]✓[/] Root {root.n} was signed over {root.cases} cases with {root.events} events:")
    out.print(signed.line, soft_wrap=True, markup=False)


@app.command()
def key() -> None:
    """Print the public key that checks the roots; give it to whoever audits."""
    import wiring

    out.print(wiring.roots_of(terminal.settings()).public_pem.decode().strip(), markup=False)


@app.command()
def verify(
    roots: Annotated[
        Path | None, typer.Option(help="The file of roots, such as a copy from outside; else this installation's own.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="The public key (PEM); else this installation's own.")] = None,
) -> None:
    """Check every signed root, what it covers, and the chain and fold of every case; exit code 1 for any doubt."""
    if roots is not None and not roots.exists():
        raise CannotDo(f"there is no {roots}")
    if not terminal.run(_verify(terminal.settings(), roots, key)):
        raise typer.Exit(1)


async def _verify(chosen: "Settings", roots: Path | None, key: Path | None) -> bool:
    from actions.roots import read_lines, read_public

    async with terminal.opened(chosen, with_places=False) as deps:
        assert deps.roots is not None
        lines = read_lines(roots or deps.roots.path)
        public = read_public(key) if key is not None else deps.roots.public
        n_doubts = await _roots(deps, lines, public)
        n_broken, n_cases = await _chains(deps)
    mark = "[red]✗[/]" if n_doubts or n_broken else "[green]✓[/]"
    out.print(f"{mark} {len(lines)} roots and {n_cases} cases looked at, {n_doubts + n_broken} doubts.")
    return not (n_doubts or n_broken)


async def _roots(deps: "Deps", lines: list[str], public: object) -> int:
    """Says every doubt about the roots; counts them."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from actions.verification import Doubt, verify

    assert isinstance(public, Ed25519PublicKey)
    n_doubts = 0
    with terminal.progress() as progress:
        task = progress.add_task("Checking roots", total=len(lines))
        async for found in verify(deps, lines, public):
            if isinstance(found, Doubt):
                n_doubts += 1
                out.print(f"[red]✗[/] {_said(found)}.", soft_wrap=True)
            else:
                progress.advance(task)
    return n_doubts


def _said(doubt: "Doubt") -> str:
    facts = {"n": doubt.n, "at": doubt.at, "case_no": doubt.case_no, "seq": doubt.seq}
    return DOUBTS[doubt.wrong].format(**facts)


async def _chains(deps: "Deps") -> tuple[int, int]:
    """Says every case whose chain or fold does not hold; counts them, and all cases."""
    from actions.replay import replay_all
    from console.cases import show_verdict

    n_broken = n_cases = 0
    with terminal.progress() as progress:
        task = progress.add_task("Checking cases", total=None)
        async for replayed in replay_all(deps):
            n_cases += 1
            progress.advance(task)
            if not replayed.agrees:
                n_broken += 1
                show_verdict(replayed)
    return n_broken, n_cases
