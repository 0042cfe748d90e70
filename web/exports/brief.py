"""The daily and the weekly brief (简报) as PDF: what came in, what was cleared, what is overdue, and where."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from aiohttp import web

from actions import exports, statistics
from actions.access import READ
from actions.exports import CaseRow, CaseSearch
from actions.heaps import AreaFigures
from actions.ports import Deps
from actions.statistics import Figures, Question
from config.texts import Text
from web import case_query
from web.access import need
from web.errors import Problem
from web.exports.columns import Wording, in_words
from web.exports.paper import NoFontError, Paper
from web.languages import text
from web.parts import parts

LATE_CASES = 30
RATES = ("clear_rate", "ontime_clear_rate", "ack_rate", "first_pass_rate")


@dataclass(frozen=True, slots=True)
class Brief:
    """What a brief tells: a period, the one before it for comparison, and the cases that are overdue now."""

    weekly: bool
    now: Figures
    before: Figures
    late: Sequence[CaseRow]
    n_late: int


def routes() -> list[web.AbstractRouteDef]:
    """Lists the address."""
    return [web.get("/api/v1/exports/briefs/{rhythm:daily|weekly}.pdf", on_brief)]


async def on_brief(request: web.Request) -> web.Response:
    """Sends the brief of the day, or of the week from Monday, that `day` lies in; without a day, of yesterday's.

    `area` narrows it to a district or street.
    """
    here, who = parts(request), need(request, READ)
    wanted = case_query.read(here.deps, {**request.query, "overdue": "true"}, who.actor, limit=LATE_CASES)
    # Figures of others are no secret, but lists of their cases are: a brief is about the asker's own area.
    wanted = exports.narrowed(wanted)
    weekly = request.match_info["rhythm"] == "weekly"
    day = case_query.day(request.query, "day") or statistics.today(here.deps) - timedelta(days=1)
    brief = await _collected(here.deps, weekly, day, next(iter(sorted(wanted.area_codes)), None), wanted)
    try:
        body = await asyncio.to_thread(_printed, here.deps, text(request), brief)
    except NoFontError as fault:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "no_font") from fault
    name = f'inline; filename="brief-{brief.now.question.from_on}.pdf"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def _collected(deps: Deps, weekly: bool, day: date, area: str | None, wanted: CaseSearch) -> Brief:
    first = day - timedelta(days=day.weekday()) if weekly else day
    n = 7 if weekly else 1
    level = _level(deps, area)

    def asked(start: date) -> Question:
        return Question(from_on=start, to_on=start + timedelta(days=n - 1), level=level, area_code=area)

    now = await statistics.figures(deps, asked(first))
    before = await statistics.figures(deps, asked(first - timedelta(days=n)))
    late = [row async for page in exports.pages(deps, wanted) for row in page]
    return Brief(weekly, now, before, late, now.total.standing.overdue)


def _level(deps: Deps, area: str | None) -> str:
    """Chooses the areas of the table: those next below the one that was asked about."""
    found = deps.index.areas.get(area) if deps.index is not None and area is not None else None
    return "district" if found is None or found.level.value == "city" else "street"


def _printed(deps: Deps, said: Text, brief: Brief) -> bytes:
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
