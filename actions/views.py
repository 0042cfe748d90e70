"""What the doors get to see: frozen values without a row behind them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.rules.clocks import ClockName, Step
from models.rules.commands import Verb
from models.rules.facts import CaseFacts
from models.rules.roles import Actor, Party, Post
from models.rules.states import State, Urgency


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with the names of its area and unit."""

    post: Post
    area_name: str
    unit_name: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the roster who speaks through a chat."""

    person_id: int
    name: str = field(repr=False)
    language: str
    actor: Actor
    posts: tuple[PostView, ...]
    home_codes: tuple[str, ...]
    """Areas of the person's posts, smallest first."""
    home_street_code: str | None


@dataclass(frozen=True, slots=True)
class AreaNames:
    """The names of the areas a case lies in, as far as they are known."""

    city: str
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None

    def smallest(self) -> str:
        """Gives the name of the smallest known area."""
        return self.grid or self.community or self.street or self.district or self.city


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event as people read it."""

    seq: int
    at: datetime
    tag: str
    actor_id: int | None
    actor_name: str | None = field(repr=False)
    channel: str
    from_state: State | None
    to_state: State
    reason: str | None
    words: str | None = field(repr=False)
    media: tuple[int, ...] = ()
    clock: ClockName | None = None
    step: Step | None = None
    area_name: str | None = None
    """Where it was placed by this event, in the boundaries of that edition."""
    edition: str | None = None
    moved_to: tuple[float, float] | None = None
    """Latitude and longitude (WGS-84) to which this event moved the pin."""


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A point in WGS-84 with how exact it is and how it was given."""

    latitude: float
    longitude: float
    accuracy_m: float | None
    method: str
    reason: str


@dataclass(frozen=True)
class CaseView:
    """A case as one viewer sees it; `verbs` are what this viewer may do now."""

    facts: CaseFacts
    areas: AreaNames
    text: str = field(repr=False)
    address_text: str | None = field(repr=False)
    fields: Mapping[str, object] = field(repr=False)
    figures: Mapping[str, float | None] = field(repr=False)
    danger: tuple[str, ...]
    place: PlaceView | None
    reporters: tuple[str, ...] = field(repr=False)
    reporter_ids: tuple[int, ...]
    holder_name: str | None = field(repr=False)
    unit_name: str | None
    verifier_name: str | None = field(repr=False)
    before: tuple[int, ...]
    after: tuple[int, ...]
    history: tuple[HistoryLine, ...]
    verbs: tuple[Verb, ...] = ()
    parties: frozenset[Party] = frozenset()
    returnable_until: datetime | None = None
    known_names: frozenset[str] = field(default=frozenset(), repr=False)
    """Everybody who has to do with the case, so that free text can be shown without them; shown to nobody."""

    @property
    def case_no(self) -> str:
        """Gives the number people say."""
        return self.facts.case_no


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case on one line of a list; `part` says as what the viewer sees it."""

    case_no: str
    kind: str
    area_name: str
    state: State
    urgency: Urgency
    due_at: datetime | None
    overdue: bool
    part: Party
    registered_at: datetime
    street_code: str | None = None


@dataclass(frozen=True, slots=True)
class Nearby:
    """An open case of the same kind close by and recent."""

    case_no: str
    kind: str
    distance_m: float
    state: State
    age_minutes: float
    photo: int | None
    n_reports: int


@dataclass(frozen=True, slots=True)
class Filed:
    """The receipt: shown only after the commit. `repeated` when this very request was filed before.

    An observation (observed, nothing to clear) has no case.
    """

    report_no: str
    case_no: str | None
    repeated: bool
    joined: bool


@dataclass(frozen=True, slots=True)
class MediaView:
    """A picture that was taken in; `loading` while its bytes are still on the way."""

    media_id: int
    loading: bool
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit that can take a case; `suggested` when the routing table names it."""

    code: str
    name: str
    suggested: bool = False
    person_id: int | None = None
    person_name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person by number and name."""

    person_id: int
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area by code, level and name."""

    code: str
    level: str
    name: str
    street_code: str | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What a supervisor reads at 08:00."""

    person_id: int
    street_name: str
    n_new: int
    n_open: int
    n_overdue: int
    n_due_today: int
    lines: tuple[CaseLine, ...] = field(default=())
