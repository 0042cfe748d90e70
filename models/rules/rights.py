"""Who may do what besides the verbs of a case: deeds about people and reports, by role and area. Pure.

The verbs of a case stand in `transitions`; `docs/rights.csv` shows both, decided pair by pair, and a test walks it.
"""

from collections.abc import Collection
from enum import StrEnum

from models.rules.roles import Actor, Role


class Deed(StrEnum):
    """What is done to no case."""

    FILE_REPORT = "file_report"
    SEE_CASE = "see_case"
    LEAD_TEAM = "lead_team"
    CONFIRM_BINDING = "confirm_binding"


EVERYBODY = frozenset(Role) - {Role.SYSTEM}
DEEDS: dict[Deed, frozenset[Role]] = {
    Deed.SEE_CASE: EVERYBODY,
    Deed.LEAD_TEAM: frozenset({Role.STREET_SUPERVISOR, Role.DISTRICT_CENTRE, Role.ADMIN}),
    Deed.CONFIRM_BINDING: frozenset({Role.ADMIN}),
}
"""Which roles may do a deed within the area of their post. Filing is not among them: whoever is known may report
a danger anywhere in the city, with a post or without, because a report that is refused is lost."""


def may(actor: Actor, deed: Deed, area_codes: Collection[str]) -> bool:
    """Tells whether a post of the actor allows a deed over one of the areas: the place and all that lies above it."""
    if deed is Deed.FILE_REPORT:
        return actor.person_id is not None
    return any(post.role in DEEDS[deed] and post.area_code in area_codes for post in actor.posts)
