"""The pages of a brief: the figures of a period beside those of the one before, by area, and what is overdue now."""

from collections.abc import Sequence

from actions.heaps import AreaFigures
from actions.ports import Deps
from actions.statistics import Figures
from config.texts import Text
from web.exports.brief import Brief
from web.exports.columns import Wording, in_words
from web.exports.paper import Paper

RATES = ("clear_rate", "ontime_clear_rate", "ack_rate", "first_pass_rate")


def printed(deps: Deps, said: Text, brief: Brief) -> bytes:
    """Prints a brief; raises `NoFontError`."""
    now = brief.now
    place = now.total.name or now.city_name
    paper = Paper(said.language, said("brief.foot", city=now.city_name, at=in_words(now.as_of)), now.as_of)
    paper.heading(said("brief.title.weekly" if brief.weekly else "brief.title.daily", place=place))
    paper.line_of(_days(now), grey=True)
    if now.synthetic:
        paper.line_of(said("pack.synthetic"), grey=True)
    paper.line_of(_summary(said, brief))
    paper.ln(3)
    head = [said(f"brief.{name}") for name in ("figure", "period", "before")]
    paper.rows([head, *_compared(said, brief)], (80, 50, 50))
    if now.areas:
        paper.heading(said("brief.areas"), 13)
        columns = ("registered", "cleared", "open", "overdue", "suspended")
        head = [said("brief.area"), *(said(f"count.{c}") for c in columns), said("rate.clear_rate")]
        paper.rows([head, *(_area(said, area, columns) for area in now.areas)], (54, 21, 21, 21, 21, 21, 21))
    paper.heading(said("brief.late", n=brief.n_late), 13)
    _late(deps, said, paper, brief)
    return paper.finished()


def _summary(said: Text, brief: Brief) -> str:
    counts, standing = brief.now.total.counts, brief.now.total.standing
    return said(
        "brief.summary",
        registered=counts.registered,
        cleared=brief.now.total.n_cleared_in_period,
        open=standing.open,
        overdue=standing.overdue,
        suspended=standing.suspended,
        life_danger=standing.life_danger,
    )


def _compared(said: Text, brief: Brief) -> list[list[str]]:
    now, before = brief.now.total, brief.before.total
    told = [
        [said("count.registered"), str(now.counts.registered), str(before.counts.registered)],
        [said("count.cleared_in_period"), str(now.n_cleared_in_period), str(before.n_cleared_in_period)],
    ]
    for code in RATES:
        shown = [_rate(said, area, code) for area in (now, before)]
        told.append([said(f"rate.{code}"), *shown])
    return told


def _rate(said: Text, area: AreaFigures, code: str) -> str:
    """Gives a rate with what it is of; small ones only as x of y."""
    ratio = area.rates[code]
    return said("figure.x_of_y", x=f"{ratio.x:g}", y=f"{ratio.y:g}") if ratio.small else ratio.shown


def _area(said: Text, area: AreaFigures, columns: Sequence[str]) -> list[str]:
    name = area.name or said("brief.nowhere")
    standing = {"open": area.standing.open, "overdue": area.standing.overdue, "suspended": area.standing.suspended}
    values = [str(standing.get(c, getattr(area.counts, c))) for c in columns]
    return [name, *values, _rate(said, area, "clear_rate")]


def _late(deps: Deps, said: Text, paper: Paper, brief: Brief) -> None:
    if not brief.late:
        paper.line_of(said("brief.none_late"))
        return
    wording = Wording(said, deps.catalogue)
    head = [said(f"export.column.{c}") for c in ("case_no", "kind", "street", "state", "due_at")]
    rows = [
        [row.case_no, wording.kind(row.kind), row.street or "", said(f"export.state.{row.state}"), in_words(row.due_at)]
        for row in brief.late
    ]
    paper.rows([head, *rows], (36, 46, 38, 24, 36))
    if brief.n_late > len(brief.late):
        paper.line_of(said("brief.more_late", n=brief.n_late - len(brief.late)), grey=True)


def _days(now: Figures) -> str:
    first, last = now.question.from_on, now.question.to_on
    return first.isoformat() if first == last else f"{first.isoformat()} – {last.isoformat()}"
