"""What the city decides, in one frozen value: kinds, words, reasons, limits, calendar, figures, units, routing.

Built once at start from rows that somebody else has read; the numbers live in `config/seed` and nowhere else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from models.rules import catalogue_alerts, catalogue_kinds, catalogue_loop, retention
from models.rules.alerts import AlertLevel
from models.rules.calendars import WorkCalendar
from models.rules.catalogue_loop import ClockKey
from models.rules.catalogue_rows import Book, CatalogueFault, Fault, Row
from models.rules.clocks import Limit, Limits
from models.rules.disaster import Figure, FigureCheck
from models.rules.kinds import (
    DEFAULT_LOCALE,
    LOCALES,
    Choice,
    DangerWords,
    Field,
    FieldType,
    FieldValue,
    Group,
    Kind,
    Label,
    Purpose,
    Quantity,
    Reason,
    UnitSeed,
)
from models.rules.roles import Role
from models.rules.routing import Rule
from models.rules.states import Urgency
from models.rules.transitions import Policy
from models.rules.workflow import Setting

__all__ = [
    "DEFAULT_LOCALE",
    "LOCALES",
    "Catalogue",
    "CatalogueFault",
    "Choice",
    "DangerWords",
    "Fault",
    "Field",
    "FieldType",
    "FieldValue",
    "Figure",
    "FigureCheck",
    "Group",
    "Kind",
    "Label",
    "Purpose",
    "Quantity",
    "Reason",
    "Row",
    "UnitSeed",
    "build",
    "read_routing",
]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything that the seed says. `kinds` are in the order of the lists that people see.

    `numbers` holds every number of the policy by its code, those of the law too.
    """

    kinds: Mapping[str, Kind]
    reasons: tuple[Reason, ...]
    danger_words: DangerWords
    limits: Mapping[ClockKey, Limit]
    policy: Policy
    numbers: Mapping[str, float]
    calendar: WorkCalendar
    figures: tuple[Figure, ...]
    figure_checks: tuple[FigureCheck, ...]
    units: tuple[UnitSeed, ...] = ()
    routing: tuple[Rule, ...] = ()
    roles: Mapping[Role, Label] = field(default_factory=dict)
    alert_levels: tuple[AlertLevel, ...] = ()
    alert_categories: Mapping[str, str] = field(default_factory=dict)
    """The CAP category of every disaster kind that gives alerts."""
    kept_days: Mapping[retention.Kept, int] = field(default_factory=dict)
    """How long what is known about people is kept."""

    @cached_property
    def setting(self) -> Setting:
        """Gives what the judge of the loop needs."""
        return Setting(self.calendar, self.policy)

    def limits_for(self, kind: str, urgency: Urgency) -> Limits:
        """Gives the limits that a new case of the kind and urgency starts with."""
        return catalogue_loop.limits_of(self.limits, kind, urgency)

    def group(self, group: Group) -> tuple[Kind, ...]:
        """Lists the kinds of one group, in order."""
        return tuple(kind for kind in self.kinds.values() if kind.group is group)

    def reasons_for(self, purpose: Purpose) -> tuple[Reason, ...]:
        """Lists the reasons that may be given for a purpose, in order."""
        return tuple(reason for reason in self.reasons if reason.purpose is purpose)

    def reason(self, purpose: Purpose, code: str) -> Reason | None:
        """Finds a reason of a purpose."""
        return next((r for r in self.reasons if r.purpose is purpose and r.code == code), None)

    def figure(self, code: str) -> Figure | None:
        """Finds a disaster figure."""
        return next((f for f in self.figures if f.code == code), None)

    @property
    def first_figures(self) -> tuple[Figure, ...]:
        """Lists the figures of a first report (初报), in the order of asking."""
        return tuple(f for f in self.figures if f.first)


def build(rows: Mapping[str, Sequence[Row]], on: date | None = None) -> Catalogue:
    """Builds the catalogue from the rows of every file, by the file's name without its ending.

    Of rows with the same key the youngest counts that is in force `on` that day (without a day: the youngest).
    Raises `CatalogueFault`, which lists every fault with its file and line.
    """
    book = Book(rows, on)
    kinds = catalogue_kinds.kinds(book)
    calendar = catalogue_loop.calendar(book)
    policy, numbers = catalogue_loop.policy(book)
    figures = catalogue_kinds.figures(book)
    units = catalogue_loop.units(book)
    catalogue = Catalogue(
        kinds=kinds,
        reasons=catalogue_kinds.reasons(book),
        danger_words=catalogue_kinds.danger_words(book),
        limits=catalogue_loop.limits(book, kinds, calendar),
        policy=policy,
        numbers=numbers,
        calendar=calendar,
        figures=figures,
        figure_checks=catalogue_kinds.figure_checks(book, figures),
        units=units,
        routing=catalogue_loop.routing(book, kinds, [unit.code for unit in units]),
        roles=catalogue_loop.roles(book),
        alert_levels=catalogue_alerts.levels(book, figures),
        alert_categories=catalogue_alerts.categories(book, kinds),
        kept_days=retention.periods(book),
    )
    if book.faults:
        raise CatalogueFault(book.faults)
    return catalogue


def read_routing(rows: Sequence[Row], catalogue: Catalogue, units: Collection[str] = ()) -> tuple[Rule, ...]:
    """Gives the rules of a routing table that an operator imports; `units` are those known beside the seed's.

    Raises `CatalogueFault` with every fault, by file and line.
    """
    book = Book({"routing": rows})
    rules = catalogue_loop.routing(book, catalogue.kinds, [*(unit.code for unit in catalogue.units), *units])
    if book.faults:
        raise CatalogueFault(book.faults)
    return rules
