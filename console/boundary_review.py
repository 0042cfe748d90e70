"""Shows what a set of boundaries holds, what is wrong with it, and what it changes against the edition in force."""

from typing import TYPE_CHECKING

from console import terminal
from console.terminal import out

if TYPE_CHECKING:
    from actions.boundaries import Review
    from geo.boundaries import Report
    from geo.datum import Point
    from geo.editions import Changes

LISTED = 12
"""How many entries of a long list are shown, unless all are wanted."""


def show(found: "Review", *, full: bool = False) -> None:
    """Shows a review; long lists whole when `full`."""
    report = found.report
    table = terminal.table("level", "#areas")
    for level, count in report.counts.items():
        if count:
            table.add_row(level.value, str(count))
    out.print(f"Edition {report.edition}")
    out.print(table)
    _show_faults(report, full=full)
    if found.known:
        out.print("This very edition is in force already; nothing changes.")
    if found.changes is not None:
        show_changes(found.before or "", found.changes, found.elsewhere, full=full)


def show_changes(before: str, changes: "Changes", elsewhere: tuple[str, ...], *, full: bool = False) -> None:
    """Shows what changes against an edition, and the open cases that lie in another street by it."""
    if not changes.any:
        out.print(f"Nothing changes against edition {before}.")
    _list("new", [f"{a.code} {a.name}" for a in changes.added], full=full)
    _list("gone", [f"{a.code} {a.name}" for a in changes.gone], full=full)
    _list("renamed", [f"{r.after.code} {r.before.name} → {r.after.name}" for r in changes.renamed], full=full)
    _list(
        "moved",
        [
            f"{m.area.code} {m.area.name}: +{m.gained_m2:.0f} m², −{m.lost_m2:.0f} m², up to {m.farthest_m:.0f} m"
            for m in sorted(changes.moved, key=lambda m: -m.farthest_m)
        ],
        full=full,
    )
    _list("open cases that lie in another street now, and stay where they are", list(elsewhere), full=full)


def _show_faults(report: "Report", *, full: bool) -> None:
    """Lists what was repaired and what a person must decide."""
    if report.adopted:
        bases = ", ".join(sorted({a.basis.value for a in report.adopted}))
        out.print(f"Parents of {len(report.adopted)} areas were not stated and were concluded ({bases}).")
    _list(
        "repaired",
        [f"{r.area.code} {r.area.name}: {r.fault} ({r.changed_m2:.0f} m²)" for r in report.repaired],
        full=full,
    )
    _list("refused", [f"{r.area.code} {r.area.name}: {r.reason}" for r in report.refused], bad=True, full=full)
    _list("without a parent", [f"{a.code} {a.name}" for a in report.orphans], bad=True, full=full)
    _list(
        "doubtful parents",
        [
            f"{d.area.code} {d.area.name} lies {1 - d.share_in_parent:.0%} outside {d.parent.name}"
            + (f", in {d.lies_in.name}" if d.lies_in else "")
            for d in report.doubts
        ],
        bad=True,
        full=full,
    )
    over = f"over {report.tolerance_m2:g} m²"
    _list(
        f"overlaps {over}",
        [
            f"{o.first.code} {o.first.name} and {o.second.code} {o.second.name}: {o.area_m2:.0f} m² {_at(o.at)}"
            for o in report.overlaps
        ],
        bad=True,
        full=full,
    )
    _list(
        f"gaps {over}",
        [f"{g.parent.name if g.parent else 'the city'}: {g.area_m2:.0f} m² {_at(g.at)}" for g in report.gaps],
        bad=True,
        full=full,
    )
    _list(
        f"outside their parent, {over}",
        [f"{s.area.code} {s.area.name} outside {s.parent.name}: {s.area_m2:.0f} m²" for s in report.spills],
        bad=True,
        full=full,
    )


def _at(point: "Point") -> str:
    return f"at {point.latitude:.5f}, {point.longitude:.5f}"


def _list(title: str, entries: list[str], *, bad: bool = False, full: bool) -> None:
    """Shows a list under a title with its length, and not more of it than a person reads."""
    if not entries:
        return
    out.print(f"[{'red' if bad else 'bold'}]{title}: {len(entries)}[/]")
    shown = entries if full else entries[:LISTED]
    for entry in shown:
        out.print(f"  {terminal.escaped(entry)}")
    if len(entries) > len(shown):
        out.print(f"  … and {len(entries) - len(shown)} more; --full lists all")
