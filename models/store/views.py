"""Read-only views for other dashboards: stable names and columns, times in UTC, and nobody in them.

They are no step of the schema's history: each migration drops them first, so that no table is held fast by a view,
and makes them anew at its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from models.store.counting import SUMS

CASE_COLUMNS: Mapping[str, str] = {
    "case_no": "the number that people say",
    "kind": "code of the kind; names are at /api/v1/kinds",
    "urgency": "U1 (life or property in danger) to U4",
    "grade": "general or major",
    "state": "where it stands in the loop",
    "city_code": "where it lies",
    "district_code": "where it lies; null where nobody could place it",
    "street_code": "where it lies; null where nobody could place it",
    "community_code": "where it lies; null where nobody could place it",
    "n_reports": "how many reports joined it",
    "n_dispatched": "how often it was dispatched",
    "n_returned": "how often a unit returned it",
    "n_handled": "how often it was handed in",
    "n_rework": "how often a check failed",
    "n_reopened": "how often it came back after it had been cleared",
    "overdue": "whether a running clock has run out",
    "on_time": "whether it was handled by its due time; null while that is open",
    "signed_in_limit": "whether the latest dispatch was signed in time; null while that is open",
    "registered_at": "when it was registered",
    "dispatched_at": "its latest dispatch",
    "signed_at": "when that was signed",
    "handled_at": "its latest hand-in",
    "checked_at": "its latest check",
    "cleared_at": "when it was cleared, if it is",
    "closed_at": "when it was cleared, voided or merged",
    "due_at": "when the hazard must be gone",
}
FIGURE_KEYS: Mapping[str, str] = {
    "day": "local day of registration",
    "city_code": "where the cases lie",
    "district_code": "where the cases lie; empty where nobody could place them",
    "street_code": "where the cases lie; empty where nobody could place them",
    "kind": "code of the kind",
    "urgency": "U1 to U4",
}


@dataclass(frozen=True, slots=True)
class View:
    """One view: what it is, what its columns are, and how it is selected."""

    name: str
    about: str
    columns: Mapping[str, str]
    select: str


def _listed(columns: Mapping[str, str], table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)


NOW_SUMS: Mapping[str, tuple[str, str]] = {
    "open": ("cases in which somebody owes a step, suspended ones included", "count(*)"),
    "overdue": ("open cases of which a clock has run out", "sum(case when cases.overdue then 1 else 0 end)"),
    "suspended": ("suspended cases", "sum(case when cases.state = 'suspended' then 1 else 0 end)"),
    "life_danger": ("open cases of urgency U1", "sum(case when cases.urgency = 'U1' then 1 else 0 end)"),
}
IN_FORCE = "join edition on edition.edition_id = area.edition_id and edition.current"

VIEWS: tuple[View, ...] = (
    View(
        "board_areas",
        "The areas in force, from the city to its grids.",
        {
            "code": "code of the area",
            "level": "city, district, street, community or grid",
            "name": "its name",
            "parent_code": "the area around it; null for the city",
        },
        f"select area.code, area.level, area.name, area.parent_code from area {IN_FORCE}",
    ),
    View(
        "board_cases",
        "Every case as it stands now. Where it lies is told down to the community, and who works on it is not.",
        CASE_COLUMNS,
        f"select {_listed(CASE_COLUMNS, 'cases')} from cases",
    ),
    View(
        "board_events",
        "What happened to the cases, without who did it.",
        {
            "at": "when",
            "tag": "what, as in docs/workflow.md",
            "case_no": "to which case",
            "kind": "its kind",
            "urgency": "its urgency",
            "district_code": "where it lies",
            "street_code": "where it lies",
        },
        "select case_event.at, case_event.tag, cases.case_no, cases.kind, cases.urgency, cases.district_code, "
        "cases.street_code from case_event join cases on cases.case_no = case_event.case_no",
    ),
    View(
        "board_figures",
        "The figures of docs/figures.md counted beforehand by day of registration; see board_freshness.",
        {
            **FIGURE_KEYS,
            **{name: f"figure {name} of docs/figures.md" for name in SUMS},
            "n_cleared_on_day": "cases cleared on this day, whenever registered",
        },
        f"select {', '.join(f'rollup.{name}' for name in (*FIGURE_KEYS, *SUMS, 'n_cleared_on_day'))} from rollup",
    ),
    View(
        "board_freshness",
        "How many changes are not in board_figures yet; a worker counts them within the night, or when many wait.",
        {"n_waiting": "changes that wait"},
        "select count(*) as n_waiting from rollup_stale",
    ),
    View(
        "board_now",
        "What is open at this moment, by street; exact.",
        {
            "district_code": "the district",
            "district": "its name",
            "street_code": "the street",
            "street": "its name",
            **{name: about for name, (about, _) in NOW_SUMS.items()},
        },
        "select cases.district_code, max(districts.name) as district, cases.street_code, max(streets.name) as street, "
        + ", ".join(f"{made} as {name}" for name, (_, made) in NOW_SUMS.items())
        + " from cases left join (select area.code, area.name from area "
        + f"{IN_FORCE}) as districts on districts.code = cases.district_code"
        + " left join (select area.code, area.name from area "
        + f"{IN_FORCE}) as streets on streets.code = cases.street_code"
        + " where cases.closed_at is null group by cases.district_code, cases.street_code",
    ),
)


Grants = tuple[tuple[str, str], ...]
"""Views and who may read them."""


def drop(connection: Connection) -> Grants:
    """Drops the views, so that the tables under them can be changed; gives who could read them."""
    granted: Grants = ()
    if connection.dialect.name == "postgresql":
        rows = connection.execute(
            text(
                "select table_name, grantee from information_schema.role_table_grants where table_schema = "
                "current_schema() and privilege_type = 'SELECT' and grantee <> current_user "
                "and table_name = any(:names)"
            ),
            {"names": [view.name for view in VIEWS]},
        )
        granted = tuple((str(row.table_name), str(row.grantee)) for row in rows)
    for view in VIEWS:
        connection.execute(text(f"drop view if exists {view.name}"))
    return granted


def make(connection: Connection, granted: Grants = ()) -> None:
    """Makes the views, readable for whom they were; with comments where the database keeps them."""
    quoted = connection.dialect.identifier_preparer.quote_identifier
    for view in VIEWS:
        connection.execute(text(f"create view {view.name} as {view.select}"))
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"comment on view {view.name} is '{view.about}'"))
            for name, about in view.columns.items():
                connection.execute(text(f"comment on column {view.name}.{name} is '{about}'"))
    for name, grantee in granted:
        to = "public" if grantee == "PUBLIC" else quoted(grantee)
        connection.execute(text(f"grant select on {name} to {to}"))
