"""The command that looks whether everything the service needs is there, and says what to do about each fault."""

import typer
from rich.markup import escape

from console import terminal
from console.terminal import out


def doctor() -> None:
    """Check everything the service needs, and say what to do about each fault; exit code 1 when there is one."""
    from config.settings import SettingsError
    from console.checkup import examine
    from console.finding import Finding, Grade

    marks = {Grade.GOOD: "[green]✓[/]", Grade.NOTE: "[yellow]![/]", Grade.FAULT: "[red]✗[/]"}
    found: list[Finding] = []

    def say(finding: Finding) -> None:
        found.append(finding)
        out.print(f"{marks[finding.grade]} [bold]{finding.about}[/] {escape(finding.said)}", soft_wrap=True)
        if finding.remedy:
            out.print(f"    → {escape(finding.remedy)}", soft_wrap=True)

    try:
        chosen = terminal.settings()
    except SettingsError as fault:
        say(
            Finding("settings", Grade.FAULT, str(fault), "correct the variables named; docs/settings.md lists them all")
        )
        raise typer.Exit(1) from fault
    terminal.run(examine(chosen, say))
    n_faults = sum(one.grade is Grade.FAULT for one in found)
    n_notes = sum(one.grade is Grade.NOTE for one in found)
    out.print(f"\n{n_faults} faults, {n_notes} notes, {len(found)} things looked at.")
    if n_faults:
        raise typer.Exit(1)
