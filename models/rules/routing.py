"""Which unit a new case goes to, who of it is on post, and why: rules are rows, most particular first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.rules.facts import AreaCodes
from models.rules.states import Grade

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the routing table.

    `kind` and `grade` may be `*`; `hour_from` to `hour_to` (local, the end excluded) may pass midnight, both
    None means always. `unit_code` may contain {district}, {street} or {community}, filled from the place.
    """

    rule_no: int
    area_code: str
    kind: str
    grade: str
    unit_code: str
    hour_from: int | None = None
    hour_to: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    source: str = ""


class Why(StrEnum):
    """Why a rule did or did not decide, or why none did."""

    CHOSEN = "chosen"
    LESS_PARTICULAR = "less_particular"
    OTHER_AREA = "other_area"
    OTHER_KIND = "other_kind"
    OTHER_GRADE = "other_grade"
    OTHER_HOUR = "other_hour"
    NOT_IN_FORCE = "not_in_force"
    PLACE_TOO_COARSE = "place_too_coarse"
    NO_RULE = "no_rule"
    NOT_PLACED = "not_placed"


@dataclass(frozen=True, slots=True)
class Considered:
    """One rule that was looked at, and what came of it."""

    rule: Rule
    why: Why


@dataclass(frozen=True, slots=True)
class RouteChoice:
    """Where a case goes; without a unit it waits in the dispatcher's queue. `facts` fill the sentence of `why`."""

    rule: Rule | None
    unit_code: str | None
    why: Why
    facts: Mapping[str, str | int] = field(default_factory=dict)
    considered: tuple[Considered, ...] = ()


def route(areas: AreaCodes, kind: str, grade: Grade, at_local: datetime, rules: Iterable[Rule]) -> RouteChoice:
    """Chooses the unit for a place, kind, grade and local time.

    The more particular rule wins: by kind, then by the smaller area, by grade, by hours, then the younger one,
    then the lower number. A case that nobody placed goes to the dispatcher, whatever the rules say.
    """
    if not areas.placed:
        return RouteChoice(None, None, Why.NOT_PLACED, {"kind": kind})
    fitting: list[Rule] = []
    considered: list[Considered] = []
    for rule in rules:
        misfit = _misfit(rule, areas, kind, grade, at_local)
        if misfit is None:
            fitting.append(rule)
        else:
            considered.append(Considered(rule, misfit))
    if not fitting:
        return RouteChoice(None, None, Why.NO_RULE, {"kind": kind}, tuple(considered))
    fitting.sort(key=lambda rule: _particular(rule, areas), reverse=True)
    best, *rest = fitting
    verdicts = (Considered(best, Why.CHOSEN), *(Considered(rule, Why.LESS_PARTICULAR) for rule in rest))
    facts: dict[str, str | int] = {"rule_no": best.rule_no, "area_code": best.area_code}
    facts |= {"kind": best.kind, "source": best.source}
    return RouteChoice(best, _unit(best, areas), Why.CHOSEN, facts, (*verdicts, *considered))


def _misfit(rule: Rule, areas: AreaCodes, kind: str, grade: Grade, at_local: datetime) -> Why | None:
    """Names the first thing that keeps a rule from applying."""
    if rule.kind not in (ANY, kind):
        return Why.OTHER_KIND
    if rule.area_code not in areas.chain:
        return Why.OTHER_AREA
    if rule.grade not in (ANY, grade):
        return Why.OTHER_GRADE
    if not _within_hours(rule, at_local.hour):
        return Why.OTHER_HOUR
    if not in_force(rule.valid_from, rule.valid_to, at_local):
        return Why.NOT_IN_FORCE
    return Why.PLACE_TOO_COARSE if _unit(rule, areas) is None else None


def _within_hours(rule: Rule, hour: int) -> bool:
    if rule.hour_from is None or rule.hour_to is None:
        return True
    if rule.hour_from <= rule.hour_to:
        return rule.hour_from <= hour < rule.hour_to
    return hour >= rule.hour_from or hour < rule.hour_to


def in_force(valid_from: datetime | None, valid_to: datetime | None, at: datetime) -> bool:
    """Tells whether a moment lies in a validity; the end is excluded, None is open."""
    return (valid_from is None or valid_from <= at) and (valid_to is None or at < valid_to)


def _particular(rule: Rule, areas: AreaCodes) -> tuple[bool, int, bool, bool, float, int]:
    """Ranks a fitting rule; the greatest is the most particular."""
    return (
        rule.kind != ANY,
        areas.chain.index(rule.area_code),
        rule.grade != ANY,
        rule.hour_from is not None,
        rule.valid_from.timestamp() if rule.valid_from else float("-inf"),
        -rule.rule_no,
    )


def _unit(rule: Rule, areas: AreaCodes) -> str | None:
    """Fills the place into the unit code; None when the place is not known that finely."""
    code = rule.unit_code
    levels = {"district": areas.district, "street": areas.street, "community": areas.community}
    for level, area_code in levels.items():
        if "{" + level + "}" in code:
            if area_code is None:
                return None
            code = code.replace("{" + level + "}", area_code)
    return code


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Somebody's place in a unit: A or its deputy B (A/B 角), from when to when, and whether away now."""

    person_id: int
    shift: str = "A"
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    away: bool = False


def on_post(duties: Iterable[Duty], at: datetime) -> Duty | None:
    """Finds who is on post: the first A who is there, else the first B; None leaves it to the dispatcher."""
    there = [d for d in duties if not d.away and in_force(d.valid_from, d.valid_to, at)]
    return min(there, key=lambda d: (d.shift != "A", d.shift, d.person_id), default=None)
