"""Who somebody is: roles, posts, actors, and the parties a verb names. Says nothing of what they may do."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the roster; `system` is the service itself and never stands in a roster."""

    GRID_WORKER = "grid_worker"
    COMMUNITY_LEAD = "community_lead"
    STREET_DISPATCHER = "street_dispatcher"
    STREET_SUPERVISOR = "street_supervisor"
    RESPONSIBLE_UNIT = "responsible_unit"
    VERIFIER = "verifier"
    DISTRICT_CENTRE = "district_centre"
    CITY_VIEWER = "city_viewer"
    ADMIN = "admin"
    SYSTEM = "system"


class Party(StrEnum):
    """A part somebody plays towards one case; the transitions table speaks in parties.

    `member` is anybody of the roster; `district` is the centre above the case's street.
    """

    SYSTEM = "system"
    REPORTER = "reporter"
    HOLDER = "holder"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    DISTRICT = "district"
    VERIFIER = "verifier"
    MEMBER = "member"


PARTY_ROLE = {
    Party.DISPATCHER: Role.STREET_DISPATCHER,
    Party.SUPERVISOR: Role.STREET_SUPERVISOR,
    Party.DISTRICT: Role.DISTRICT_CENTRE,
    Party.VERIFIER: Role.VERIFIER,
}
"""Parties that a post over the case's area makes; the others depend on the case itself."""


@dataclass(frozen=True, slots=True)
class Post:
    """A role held over an area and all below it, perhaps for a unit, as A or as its deputy B."""

    role: Role
    area_code: str
    unit_code: str | None = None
    shift: str = "A"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the posts they hold at this moment, and through which channel."""

    person_id: int | None
    posts: tuple[Post, ...] = ()
    channel: str = "bot"

    def holds(self, role: Role, area_codes: Collection[str]) -> bool:
        """Tells whether a post of this role covers any of the areas."""
        return any(p.role is role and p.area_code in area_codes for p in self.posts)

    def serves(self, unit_code: str | None) -> bool:
        """Tells whether a post belongs to the unit; nobody serves the absent unit."""
        return unit_code is not None and any(p.unit_code == unit_code for p in self.posts)

    @property
    def is_system(self) -> bool:
        """Tells whether the service itself acts."""
        return self.person_id is None and any(p.role is Role.SYSTEM for p in self.posts)


def system(channel: str = "worker") -> Actor:
    """Gives the actor under which the service routes, reminds and escalates."""
    return Actor(None, (Post(Role.SYSTEM, "*"),), channel)
