"""Reads the filters that every list of cases understands out of an address."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta

from actions.browse import Viewpoint
from actions.exports import CaseSearch
from actions.ports import Deps
from models.rules.calendars import SHANGHAI
from models.rules.states import State, Urgency
from web.errors import BadParameter


def read(deps: Deps, query: Mapping[str, str], seen_from: Viewpoint | None, *, limit: int) -> CaseSearch:
    """Reads a search of what can be seen from somewhere; raises `BadParameter` for a value that cannot be one.

    `state`, `kind`, `urgency` and `area` take several values with commas. `from` and `to` are local days of
    registering, both counted.
    """
    first, last = day(query, "from"), day(query, "to")
    if first is not None and last is not None and first > last:
        raise BadParameter("period_backwards", "from", first=first.isoformat(), last=last.isoformat())
    return CaseSearch(
        states=_some(query, "state", {str(s) for s in State}),
        kinds=_some(query, "kind", set(deps.catalogue.kinds)),
        urgencies=_some(query, "urgency", {str(u) for u in Urgency}),
        area_codes=_areas(deps, query),
        seen_from=seen_from,
        is_open=_flag(query, "open"),
        overdue=_flag(query, "overdue"),
        since=_start(first) if first is not None else None,
        until=_start(last + timedelta(days=1)) if last is not None else None,
        text=query.get("q") or None,
        limit=limit,
    )


def _some(query: Mapping[str, str], name: str, known: Collection[str]) -> frozenset[str]:
    given = [value.strip() for value in query.get(name, "").split(",") if value.strip()]
    for value in given:
        if value not in known:
            raise BadParameter("unknown_value", name, given=value, known=", ".join(sorted(known)))
    return frozenset(given)


def _areas(deps: Deps, query: Mapping[str, str]) -> frozenset[str]:
    """Reads codes of areas of whatever level; without boundaries any code may be one."""
    given = frozenset(value.strip() for value in query.get("area", "").split(",") if value.strip())
    if deps.index is not None:
        for code in given - {deps.city.code}:
            if code not in deps.index.areas:
                raise BadParameter("no_such_area", "area", given=code)
    return given


def _flag(query: Mapping[str, str], name: str) -> bool | None:
    given = query.get(name, "")
    if given not in ("", "true", "false"):
        raise BadParameter("not_a_flag", name, given=given)
    return None if not given else given == "true"


def day(query: Mapping[str, str], name: str) -> date | None:
    """Reads a day that may be left out or left empty; raises `BadParameter`."""
    given = query.get(name)
    return as_day(name, given) if given else None


def as_day(name: str, given: str) -> date:
    """Reads a day of the calendar, of those years that every database can count with; raises `BadParameter`."""
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2200:
        raise BadParameter("not_a_day", name, given=given)
    return found


def _start(day: date) -> datetime:
    """Gives the first moment of a local day."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)
