"""The daily and the weekly brief (简报) as PDF: what came in, what was cleared, what is overdue, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from actions import exports, statistics
from actions.exports import CaseRow, CaseSearch
from actions.ports import Deps
from actions.statistics import Figures, Question
from web import case_query
from web.exports.asked import cases_asked
from web.exports.printing import as_pdf
from web.languages import text
from web.parts import parts

LATE_CASES = 30


@dataclass(frozen=True, slots=True)
class Brief:
    """What a brief tells: a period, the one before it for comparison, and cases that are overdue now."""

    weekly: bool
    now: Figures
    before: Figures
    late: Sequence[CaseRow]

    @property
    def n_late(self) -> int:
        """Counts what is overdue now, listed or not."""
        return self.now.total.standing.overdue


def routes() -> list[web.AbstractRouteDef]:
    """Lists the address."""
    return [web.get("/api/v1/exports/briefs/{rhythm:daily|weekly}.pdf", on_brief)]


async def on_brief(request: web.Request) -> web.Response:
    """Sends the brief of the day, or of the week from Monday, that `day` lies in; without a day, of yesterday's.

    `area` narrows it to a district or street.
    """
    here = parts(request)
    # Figures of others are no secret, but lists of their cases are: a brief is about the asker's own area.
    wanted = exports.narrowed(cases_asked(request, limit=LATE_CASES, more={"overdue": "true"}))
    weekly = request.match_info["rhythm"] == "weekly"
    day = case_query.day(request.query, "day") or statistics.today(here.deps) - timedelta(days=1)
    brief = await _collected(here.deps, weekly, day, next(iter(sorted(wanted.area_codes)), None), wanted)
    said = text(request)

    def printed() -> bytes:
        # Only where somebody prints: loading fpdf2 would take a tenth of every start.
        from web.exports import brief_pages

        return brief_pages.printed(here.deps, said, brief)

    return await as_pdf(f"brief-{brief.now.question.from_on}", printed)


async def _collected(deps: Deps, weekly: bool, day: date, area: str | None, wanted: CaseSearch) -> Brief:
    first = day - timedelta(days=day.weekday()) if weekly else day
    n = 7 if weekly else 1
    level = _level(deps, area)

    def asked(start: date) -> Question:
        return Question(from_on=start, to_on=start + timedelta(days=n - 1), level=level, area_code=area)

    now = await statistics.figures(deps, asked(first))
    before = await statistics.figures(deps, asked(first - timedelta(days=n)))
    late = [row async for page in exports.pages(deps, wanted) for row in page]
    return Brief(weekly, now, before, late)


def _level(deps: Deps, area: str | None) -> str:
    """Chooses the areas of the table: those next below the one that was asked about."""
    found = deps.index.areas.get(area) if deps.index is not None and area is not None else None
    return "district" if found is None or found.level.value == "city" else "street"
