"""Which answers a question of a talk offers as buttons, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from actions import places, reports, todo
from actions.ports import Deps
from actions.views import CaseView, Member
from bot.callbacks import Pick
from bot.casework.dates import END_OF_WORK
from bot.casework.talks import Step, StepType
from bot.outgoing import times
from bot.outgoing.content import Button
from bot.outgoing.lists import turning
from bot.outgoing.wording import Say
from models.rules.calendars import SHANGHAI
from models.rules.kinds import Purpose

A_PAGE: Final = 8
_EXTENSION_DAYS: Final = (1, 3, 5, 7)
_REVIEW_DAYS: Final = (7, 15, 30, 60)


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer on a button. `wide` ones get a row of their own."""

    arg: str
    label: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that a question may look at while it is asked."""

    deps: Deps
    member: Member
    view: CaseView
    t: Say
    now: datetime
    under: str | None = None
    """The area whose parts are offered next, while a place is picked level by level."""


async def choices(step: Step, at: Moment) -> tuple[Choice, ...]:
    """Lists the answers that are offered; free words, photos and dates may be typed or sent as well."""
    match step.type:
        case StepType.REASON:
            return _reasons(step.purpose, at)
        case StepType.WORDS:
            return _reasons(step.chips, at) if step.chips else ()
        case StepType.MOMENT:
            return _moments(at)
        case StepType.DAY:
            return _days(at)
        case StepType.UNIT:
            return await _units(at)
        case StepType.COLLEAGUE:
            found = await todo.colleagues(at.deps, at.member.actor, at.view.case_no)
            return tuple(Choice(str(p.person_id), p.name) for p in found)
        case StepType.PLACE:
            return _places(at)
        case StepType.CASE:
            return await _cases(at)
        case StepType.PHOTOS:
            return ()


def rows(step: Step, offered: Sequence[Choice], case_no: str, page: int, t: Say) -> list[tuple[Button, ...]]:
    """Lays a page of answers out, two a row, with buttons that turn the page."""
    last = max(0, (len(offered) - 1) // A_PAGE)
    page = min(max(page, 0), last)
    laid: list[tuple[Button, ...]] = []
    pair: list[Button] = []
    for choice in offered[page * A_PAGE : (page + 1) * A_PAGE]:
        data = Pick(what=step.name, no=case_no, arg=choice.arg).pack()
        shown: Button = {"text": choice.label, "callback_data": data}
        if choice.wide:
            laid.append((shown,))
            continue
        pair.append(shown)
        if len(pair) == 2:
            laid.append(tuple(pair))
            pair = []
    if pair:
        laid.append(tuple(pair))
    if last:
        laid.append(turning(step.name, case_no, page, last, t))
    return laid


def _reasons(purpose: Purpose | None, at: Moment) -> tuple[Choice, ...]:
    if purpose is None:
        return ()
    found = at.deps.catalogue.reasons_for(purpose)
    return tuple(Choice(reason.code, reason.label.in_(at.t.language)) for reason in found)


def _moments(at: Moment) -> tuple[Choice, ...]:
    """Offers ends of work some days after the present deadline, or after today when that is past."""
    due = max(at.view.facts.due_at or at.now, at.now).astimezone(SHANGHAI)
    offered = [datetime.combine(due.date() + timedelta(days=n), END_OF_WORK, SHANGHAI) for n in _EXTENSION_DAYS]
    return tuple(Choice(f"{day:%Y%m%dT%H%M}", times.moment(day, at.now, at.t)) for day in offered if day > due)


def _days(at: Moment) -> tuple[Choice, ...]:
    today = at.now.astimezone(SHANGHAI).date()
    offered = [today + timedelta(days=n) for n in _REVIEW_DAYS]
    return tuple(Choice(f"{day:%Y%m%d}", times.day(day, at.t)) for day in offered)


async def _units(at: Moment) -> tuple[Choice, ...]:
    """Offers every unit of the area, the one that the routing table names on top and marked."""
    found = await todo.units_for(at.deps, at.member.actor, at.view.case_no)
    offered = []
    for unit in found:
        if unit.suggested:
            who = unit.person_name or at.t("talk.on_post_nobody")
            offered.append(Choice(unit.code, at.t("talk.suggested", unit=unit.name, who=who), wide=True))
        else:
            offered.append(Choice(unit.code, unit.name))
    return tuple(offered)


def _places(at: Moment) -> tuple[Choice, ...]:
    """Offers the parts of an area; from the street on, the area itself may be taken as it is."""
    areas = at.view.facts.areas
    under = at.under or areas.district or areas.city
    parts = places.streets_of(at.deps, under)
    offered = [Choice(f"in.{part.code}", part.name) for part in parts]
    here = places.area_view(at.deps, under) if at.under else None
    if here is not None and here.street_code is not None:
        offered.insert(0, Choice(f"at.{here.code}", at.t("talk.this_area", name=here.name), wide=True))
    return tuple(offered)


async def _cases(at: Moment) -> tuple[Choice, ...]:
    """Offers the open cases of the same kind close by, nearest first."""
    if at.view.place is None:
        return ()
    point = places.point(at.view.place.latitude, at.view.place.longitude)
    near = await reports.nearby(at.deps, at.member.actor, at.view.facts.kind, point)
    return tuple(
        Choice(n.case_no, at.t("talk.near_case", case_no=n.case_no, distance=round(n.distance_m)), wide=True)
        for n in near
        if n.case_no != at.view.case_no
    )
