"""GET /api/v1/stats: every figure of a period, for the whole, by area and by day."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from actions import statistics
from actions.heaps import AreaFigures
from actions.play.mark import is_played
from actions.ports import Deps, StoreUnavailableError
from actions.statistics import (
    AGES,
    ENOUGH_STALE,
    INNER,
    LEVELS,
    LONGEST_DAYS,
    PERIODS,
    DayFigures,
    Figures,
    Question,
)
from config.texts import Text
from models.rules.histograms import WORST, value_of
from models.rules.measures import Ratio, Spread
from models.rules.states import Urgency
from web.answers import as_json
from web.api.operation import Operation, Query
from web.case_query import as_day
from web.errors import BadParameter
from web.languages import text
from web.parts import Parts, parts

DEFAULT_PERIOD = "today"
BY_KIND = ("registered", "cleared", "open", "overdue", "suspended")
BARS = (60, 240, 720, 1440, 2880, 7200, 14400, 43200)
"""Ends of the bars of the time to clear, in minutes: an hour, half a day, a day, up to thirty."""
log = structlog.get_logger(__name__)


class StatsQuery(Query):
    """Which period (a name, or two local days), of what, and by which level of areas."""

    period: str | None = None
    since: date | None = Field(default=None, alias="from")
    to: date | None = None
    level: str = "street"
    area: str | None = None
    kind: str | None = None
    urgency: Urgency | None = None
    as_of: datetime | None = None


class StatsOut(BaseModel):
    """Every figure of the period: of the whole, by area and by day. `/api/v1/definitions` says what each means."""

    model_config = ConfigDict(extra="allow")

    as_of: datetime
    period: dict[str, Any]
    filter: dict[str, Any]
    city: dict[str, Any]
    total: dict[str, Any]
    areas: list[dict[str, Any]]
    days: list[dict[str, Any]]


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="get_stats",
            tag="figures",
            method="GET",
            path="/api/v1/stats",
            raw=on_stats,
            query=StatsQuery,
            answer=StatsOut,
            refuses={404: "no_such_area"},
        )
    ]


async def on_stats(request: web.Request) -> web.Response:
    """Answers with the figures; the tag leaves out the moment of asking, so that nothing new is a 304."""
    name, question = read(parts(request), request.query)
    found = await statistics.figures(parts(request).deps, question)
    if found.n_stale >= ENOUGH_STALE:
        await _ask_refresh(parts(request).deps)
    data = shown(found, text(request))
    data["period"]["name"] = name
    data["city"]["play"] = await is_played(parts(request).deps)
    tag = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:32]
    return as_json(request, {"as_of": found.as_of.isoformat(timespec="seconds"), **data}, tag=tag)


async def _ask_refresh(deps: Deps) -> None:
    """Asks for the next answers to be quicker; this one is right without it."""
    try:
        await statistics.ask_refresh(deps)
    except StoreUnavailableError as fault:
        log.info("refresh not asked for", fault=type(fault).__name__)


def read(here: Parts, query: Mapping[str, str]) -> tuple[str | None, Question]:
    """Reads the query into a question and the name of its period; raises `BadParameter`."""
    as_of = _moment(here, query)
    name, (first, last) = _period(here, query, as_of)
    level = query.get("level", "street")
    if level not in LEVELS:
        raise BadParameter("unknown_level", "level", given=level, known=", ".join(LEVELS))
    if level in INNER and not query.get("area"):
        raise BadParameter("level_needs_area", "level", given=level)
    urgency = query.get("urgency") or None
    if urgency is not None and urgency not in Urgency.__members__:
        raise BadParameter("unknown_urgency", "urgency", given=urgency, known=", ".join(Urgency))
    return name, Question(
        from_on=first,
        to_on=last,
        level=level,
        area_code=query.get("area") or None,
        kind=query.get("kind") or None,
        urgency=Urgency(urgency) if urgency else None,
        as_of=as_of,
    )


def _moment(here: Parts, query: Mapping[str, str]) -> datetime | None:
    """Reads the past moment whose figures are wanted; None for now. A moment without a zone is the city's."""
    given = query.get("as_of")
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError:
        raise BadParameter("not_a_moment", "as_of", given=given) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=here.deps.catalogue.calendar.zone)
    if not 2000 <= moment.year <= 2200 or moment > here.deps.clock():
        raise BadParameter("not_a_moment", "as_of", given=given)
    return moment.astimezone(UTC)


def _period(here: Parts, query: Mapping[str, str], as_of: datetime | None) -> tuple[str | None, tuple[date, date]]:
    """Reads the period: a name, or two days, both of which count."""
    if "from" in query or "to" in query:
        if "period" in query:
            raise BadParameter("period_twice", "period")
        last = _day(query, "to") or statistics.today(here.deps, as_of)
        first = _day(query, "from") or last
        if first > last:
            raise BadParameter("period_backwards", "from", first=first.isoformat(), last=last.isoformat())
        if (last - first).days >= LONGEST_DAYS:
            raise BadParameter("period_too_long", "from", longest=LONGEST_DAYS)
        return None, (first, last)
    name = query.get("period", DEFAULT_PERIOD)
    if name not in PERIODS:
        raise BadParameter("unknown_period", "period", given=name, known=", ".join(PERIODS))
    return name, statistics.period(here.deps, name, as_of)


def _day(query: Mapping[str, str], name: str) -> date | None:
    given = query.get(name)
    return None if given is None else as_day(name, given)


def shown(found: Figures, said: Text) -> dict[str, Any]:
    """Gives the figures as JSON data; small rates are said in words."""
    question = found.question
    return {
        "period": {
            "from": question.from_on.isoformat(),
            "to": question.to_on.isoformat(),
            "n_days": len(found.days),
        },
        "filter": {
            "level": question.level,
            "area": question.area_code,
            "kind": question.kind,
            "urgency": question.urgency,
        },
        "city": {"name": found.city_name, "synthetic_boundaries": found.synthetic},
        "total": _area(found.total, said),
        "areas": [_area(area, said) for area in found.areas],
        "days": [_day_of(day) for day in found.days],
        "days_before": [_day_of(day) for day in found.days_before],
        "kinds": [
            {"kind": kind, **{name: getattr(counts, name) for name in BY_KIND}} for kind, counts in found.kinds.items()
        ],
        "ages": [{"up_to_days": limit, "n": n} for limit, n in zip((*AGES, None), found.ages, strict=True)],
        "time_to_clear": _bars(found.time_to_clear),
        "times_within_percent": round(100 * WORST, 1),
    }


def _day_of(day: DayFigures) -> dict[str, Any]:
    return {
        "day": day.day.isoformat(),
        "registered": day.counts.registered,
        "cleared": day.counts.cleared,
        "overdue": day.counts.overdue,
        "cleared_in_period": day.n_cleared,
    }


def _bars(bins: tuple[int, ...]) -> list[dict[str, Any]]:
    """Gathers bins into bars that people have words for."""
    bars = [0] * (len(BARS) + 1)
    for number, n in enumerate(bins):
        bars[sum(value_of(number) > limit for limit in BARS)] += n
    return [{"up_to_minutes": limit, "n": n} for limit, n in zip((*BARS, None), bars, strict=True)]


def _area(area: AreaFigures, said: Text) -> dict[str, Any]:
    """Gives one area; open, overdue and suspended stand in the same object as its rates."""
    return {
        "code": area.code,
        "name": area.name,
        "parent": area.parent_code,
        "now": asdict(area.standing),
        "cleared_in_period": area.n_cleared_in_period,
        **asdict(area.counts),
        "rates": {code: _ratio(ratio, said) for code, ratio in area.rates.items()},
        "times": {code: _spread(taken) for code, taken in area.times.items()},
    }


def _ratio(ratio: Ratio, said: Text) -> dict[str, Any]:
    small = said("figure.x_of_y", x=f"{ratio.x:g}", y=f"{ratio.y:g}")
    return {
        "x": _whole(ratio.x),
        "y": _whole(ratio.y),
        "percent": None if ratio.percent is None else round(ratio.percent, 2),
        "shown": small if ratio.small else ratio.shown,
    }


def _spread(taken: Spread) -> dict[str, Any]:
    return {"n": taken.n, "median_minutes": taken.median_minutes, "p90_minutes": taken.p90_minutes}


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else number
