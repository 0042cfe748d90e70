"""How the numbers of the loop are built from their rows: calendar, clocks with ladders, policy, units, routing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from models.rules.calendars import SHANGHAI, Window, WorkCalendar
from models.rules.catalogue_rows import LABEL, Book, Row
from models.rules.clocks import ClockName, LadderStep, Limit, Limits, Step
from models.rules.kinds import Label, UnitSeed
from models.rules.roles import Party, Role
from models.rules.routing import ANY, Rule
from models.rules.states import Grade, Urgency
from models.rules.transitions import Policy

MUST_RUN = frozenset(
    {ClockName.DISPATCHING, ClockName.ACKNOWLEDGE, ClockName.DONE, ClockName.CHECKING, ClockName.REVIEW}
)
"""Clocks without which a case of some urgency could wait for ever unseen."""


def calendar(book: Book) -> WorkCalendar:
    """Builds the work calendar: windows of a day, days off, make-up days."""
    windows = []
    for row in book.latest("work_windows", lambda r: r.values["starts"], "starts", "ends"):
        window = Window(_time(book, row, "starts"), _time(book, row, "ends"))
        if window.starts >= window.ends:
            book.fault(row, "a window ends after it starts")
        windows.append(window)
    days: dict[str, set[date]] = defaultdict(set)
    for row in book.latest("holidays", lambda r: r.values["day"], "day", "sort", "status", *LABEL):
        sort = book.known(row, "sort", ("off", "makeup"))
        book.known(row, "status", ("published", "provisional"))
        day = book.day(row, "day")
        if day is None:
            continue
        if sort == "makeup" and day.weekday() < 5:
            book.fault(row, "a make-up day falls on a Saturday or Sunday")
        days[sort].add(day)
    ordered = tuple(sorted(windows, key=lambda w: w.starts))
    return WorkCalendar(ordered, frozenset(days["off"]), frozenset(days["makeup"]))


def _time(book: Book, row: Row, column: str) -> time:
    try:
        return time.fromisoformat(row.values[column].strip())
    except ValueError:
        book.fault(row, f"{column} is {row.values[column]!r}, which is no time like 08:30")
        return time(0)


class Span(StrEnum):
    """In what the length of a clock is counted; work days and work minutes follow the calendar."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORK_MINUTES = "work_minutes"
    WORK_DAYS = "work_days"


class ClockKey(NamedTuple):
    """Which cases a limit is for; `kind` may be `*`."""

    urgency: Urgency
    kind: str
    clock: ClockName


def limits(book: Book, kinds: Iterable[str], work: WorkCalendar) -> dict[ClockKey, Limit]:
    """Builds every limit with its ladder."""
    names, ladders = tuple(kinds), _ladders(book)
    day_minutes = work.day_minutes
    factors = {Span.MINUTES: 1, Span.HOURS: 60, Span.DAYS: 1440, Span.WORK_MINUTES: 1, Span.WORK_DAYS: day_minutes}
    found: dict[ClockKey, Limit] = {}
    columns = ("urgency", "kind", "clock", "length", "span", "ladder")
    rows = book.latest("clocks", lambda r: tuple(r.values[c] for c in columns[:3]), *columns)
    for row in rows:
        span = book.one_of(row, "span", Span)
        urgency, clock = book.one_of(row, "urgency", Urgency), book.one_of(row, "clock", ClockName)
        key = ClockKey(urgency, book.known(row, "kind", names, ANY), clock)
        ladder = book.maybe(row, "ladder")
        if ladder is not None:
            book.known(row, "ladder", ladders)
        minutes = round(book.amount(row, "length") * factors[span])
        if minutes == 0:
            book.fault(row, "a clock needs a length")
        working = span in (Span.WORK_MINUTES, Span.WORK_DAYS)
        found[key] = Limit(clock, minutes, working, ladders.get(ladder or "", ()))
    if rows:
        for urgency in Urgency:
            for clock in sorted(MUST_RUN - {k.clock for k in found if k.urgency is urgency and k.kind == ANY}):
                book.fault(rows[-1], f"no limit of {clock} for {urgency} and any kind")
    return found


def _ladders(book: Book) -> dict[str, tuple[LadderStep, ...]]:
    steps: dict[str, list[LadderStep]] = defaultdict(list)
    for row in book.latest(
        "ladder", lambda r: (r.values["ladder"], r.values["percent"]), "ladder", "percent", "step", "tell"
    ):
        tell = book.words(row, "tell")
        strangers = [name for name in tell if name not in set(Party)]
        if strangers:
            book.fault(row, f"tell has {', '.join(strangers)}, which is no party")
        parties = tuple(Party(name) for name in tell if name not in strangers)
        percent = book.whole(row, "percent") or 0
        steps[book.text(row, "ladder")].append(LadderStep(percent, book.one_of(row, "step", Step), parties))
    return {name: tuple(sorted(found, key=lambda s: s.percent)) for name, found in steps.items()}


def limits_of(table: Mapping[ClockKey, Limit], kind: str, urgency: Urgency) -> Limits:
    """Gathers the limits of a kind at an urgency: its own row, else the one for any kind."""
    rows = (
        table.get(ClockKey(urgency, kind, clock)) or table.get(ClockKey(urgency, ANY, clock)) for clock in ClockName
    )
    return Limits(tuple(row for row in rows if row is not None))


def policy(book: Book) -> tuple[Policy, dict[str, float]]:
    """Builds the policy of the law, and gives every number of the file by its code."""
    numbers: dict[str, float] = {}
    rows = book.latest("policy", lambda r: r.values["code"], "code", "value", "meaning")
    for row in rows:
        numbers[book.text(row, "code")] = book.amount(row, "value")
    lawful = {f.name for f in fields(Policy)}
    for name in sorted(lawful - numbers.keys()):
        if rows:
            book.fault(rows[-1], f"the policy {name} is missing")
    return Policy(**{name: int(value) for name, value in numbers.items() if name in lawful}), numbers


def roles(book: Book) -> dict[Role, Label]:
    """Builds the names of the roles."""
    rows = book.latest("roles", lambda r: r.values["code"], "code", *LABEL)
    return {book.one_of(row, "code", Role): book.label(row) for row in rows}


def units(book: Book) -> tuple[UnitSeed, ...]:
    """Builds the responsible units; a pattern has `each` set to the level that it is repeated for."""
    found = []
    for row in book.latest("units", lambda r: r.values["code"], "code", "trade", "area_code", "each", *LABEL):
        seed = UnitSeed(
            code=book.text(row, "code"),
            label=book.label(row),
            trade=book.text(row, "trade"),
            area_code=book.text(row, "area_code"),
            each=book.maybe(row, "each"),
        )
        if seed.each is not None and "{" + seed.each + "}" not in seed.code:
            book.fault(row, f"a unit of each {seed.each} has {{{seed.each}}} in its code")
        found.append(seed)
    return tuple(found)


ROUTING = ("rule_no", "area_code", "kind", "grade", "hour_from", "hour_to", "unit_code", "valid_to")


def routing(book: Book, kinds: Iterable[str], units: Iterable[str]) -> tuple[Rule, ...]:
    """Builds the routing rules, those of the future too: a rule carries its own validity."""
    names, codes = tuple(kinds), set(units)
    rules: dict[int, Rule] = {}
    for row in book.every("routing", *ROUTING):
        number = book.whole(row, "rule_no")
        if number is None or number in rules:
            book.fault(row, "rule_no needs a number of its own")
            continue
        hours = book.whole(row, "hour_from"), book.whole(row, "hour_to")
        if (hours[0] is None) is not (hours[1] is None) or any(h is not None and not 0 <= h <= 24 for h in hours):
            book.fault(row, "hour_from and hour_to are both empty or both from 0 to 24")
        rules[number] = Rule(
            rule_no=number,
            area_code=book.text(row, "area_code"),
            kind=book.known(row, "kind", names, ANY),
            grade=book.known(row, "grade", list(Grade), ANY),
            unit_code=book.known(row, "unit_code", codes),
            hour_from=hours[0],
            hour_to=hours[1],
            valid_from=_midnight(book.day(row, "valid_from")),
            valid_to=_midnight(book.day(row, "valid_to")) if book.maybe(row, "valid_to") else None,
            source=book.text(row, "source"),
        )
    return tuple(rules.values())


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), SHANGHAI)
