"""The command that looks whether the cases are what their events say."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.ports import Deps
    from actions.replay import Replayed
    from actions.views import CaseView, HistoryLine
    from config.settings import Settings

BREAKS = {
    "missing": "it is missing, though later ones are there",
    "changed": "it is not what was written",
    "moved": "it does not follow the event before it",
    "cut_off": "it and what came after it were cut off",
    "other_end": "the case's row names another last event",
}


def replay(
    case_no: Annotated[str | None, typer.Argument(metavar="CASE_NO", help="A case's number.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Check the chain of the events and what they fold to.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Check every case.")] = False,
) -> None:
    """Show the history of a case, and check that its row is what its events say."""
    if case_no is None and not (every or check):
        raise CannotDo("say the number of a case, or --all")
    if every and case_no is not None:
        raise CannotDo("say the number of a case, or --all, not both")
    work = _replay_all(terminal.settings()) if case_no is None else _replay(terminal.settings(), case_no, check=check)
    if not terminal.run(work):
        raise typer.Exit(1)


async def _replay(chosen: "Settings", case_no: str, *, check: bool) -> bool:
    from actions.cases import view
    from actions.replay import replay as replay_case
    from models.rules.roles import system

    async with terminal.opened(chosen, with_places=False) as deps:
        replayed = await replay_case(deps, case_no)
        if replayed.fault is None:
            _show(deps, await view(deps, system("cli"), case_no))
    if check or not replayed.agrees:
        show_verdict(replayed)
    return replayed.agrees


def _show(deps: "Deps", seen: "CaseView") -> None:
    """Shows the case on one line and its history below."""
    facts = seen.facts
    kind = deps.catalogue.kinds.get(facts.kind)
    label = kind.label.zh_CN if kind else facts.kind
    out.print(f"[bold]{seen.case_no}[/] {label} · {facts.urgency} · {seen.areas.smallest()} · [bold]{facts.state}[/]")
    table = terminal.table("#", "at", "event", "by", "through", "state", "words")
    for line in seen.history:
        table.add_row(*_cells(deps, line))
    out.print(table)


def _cells(deps: "Deps", line: "HistoryLine") -> tuple[str, ...]:
    at = line.at.astimezone(deps.setting.calendar.zone)
    state = str(line.to_state) if line.from_state == line.to_state else f"{line.from_state or '·'} → {line.to_state}"
    clock = f"{line.clock} {line.step}" if line.clock else ""
    said = " ".join(
        part for part in (line.reason, line.words, clock, f"{len(line.media)} 📷" if line.media else "") if part
    )
    by = line.actor_name or (f"#{line.actor_id}" if line.actor_id else "the service")
    return str(line.seq), f"{at:%Y-%m-%d %H:%M:%S}", line.tag, by, line.channel, state, terminal.escaped(said)


def show_verdict(replayed: "Replayed") -> None:
    """Says whether a case is what was written of it."""
    if replayed.agrees:
        said = f"the row is the fold of its {replayed.n_events} events, and their chain holds"
        out.print(f"[green]✓[/] {replayed.case_no}: {said}.")
        return
    if replayed.broken is not None:
        seq, how = replayed.broken.seq, BREAKS[replayed.broken.how]
        out.print(f"[red]✗[/] {replayed.case_no}: the chain breaks at event {seq}: {how}.")
    if replayed.fault is not None:
        out.print(f"[red]✗[/] {replayed.case_no}: the events cannot be folded ({terminal.escaped(replayed.fault)})")
        return
    if not replayed.differences:
        return
    out.print(f"[red]✗[/] {replayed.case_no}: the tables differ from the fold of {replayed.n_events} events:")
    table = terminal.table("where", "what", "stored", "by the events")
    for one in replayed.differences:
        table.add_row(one.part, one.name, terminal.escaped(one.stored), terminal.escaped(one.folded))
    out.print(table)


async def _replay_all(chosen: "Settings") -> bool:
    from actions.replay import replay_all

    n_cases, n_events, wrong = 0, 0, 0
    async with terminal.opened(chosen, with_places=False) as deps:
        with terminal.progress() as progress:
            task = progress.add_task("Replaying cases", total=None)
            async for replayed in replay_all(deps):
                n_cases, n_events = n_cases + 1, n_events + replayed.n_events
                progress.advance(task)
                if not replayed.agrees:
                    wrong += 1
                    show_verdict(replayed)
    mark = "[red]✗[/]" if wrong else "[green]✓[/]"
    out.print(f"{mark} {n_cases} cases with {n_events} events replayed, {wrong} differ.")
    return wrong == 0
