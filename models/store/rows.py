"""What the store gives and takes: frozen values that outlive their transaction.

What is of a person is left out of their texts, which end up in logs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from models.rules.clocks import ClockName
from models.rules.roles import Role


class OnEarth(Protocol):
    """Anything with WGS-84 degrees."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A filed report. `latitude` and `longitude` are WGS-84, the raw ones are in `coord_sys`."""

    report_id: int
    report_no: str
    channel: str
    update_id: int
    person_id: int | None
    created_at: datetime
    case_no: str | None
    kind: str
    phase: str | None
    text: str = field(repr=False)
    fields: dict[str, Any] = field(repr=False)
    figures: dict[str, Any] = field(repr=False)
    danger: list[str]
    raw_latitude: float | None
    raw_longitude: float | None
    coord_sys: str | None
    accuracy_m: float | None
    by_hand: bool
    latitude: float | None
    longitude: float | None
    street_code: str | None
    address_text: str | None = field(repr=False)
    place_method: str
    place_reason: str
    edition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRow:
    """A picture: `loading` (its bytes are not here yet), `ready`, or `refused` with the reason."""

    media_id: int
    status: str
    person_id: int | None
    received_at: datetime
    file_id: str | None
    key: str | None
    sha256: str | None
    phash: str
    mime: str | None
    n_bytes: int | None
    width: int | None
    height: int | None
    taken_at: datetime | None
    taken_latitude: float | None
    taken_longitude: float | None
    refused_why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """A picture of a case or report: before, after, check or note; `event_seq` is 0 on a report."""

    media_id: int
    role: str
    status: str
    sha256: str | None
    phash: str
    event_seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody of the roster."""

    person_id: int
    staff_no: str
    name: str = field(repr=False)
    phone: str | None = field(repr=False)
    language: str
    active: bool
    on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRow:
    """A chat bound to a person."""

    channel: str
    chat_id: int
    person_id: int
    bound_at: datetime
    dead_at: datetime | None
    dead_why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post that is valid now, and whether its person is on duty."""

    person_id: int
    role: Role
    area_code: str
    unit_code: str | None
    shift: str
    on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One post of one person as the roster lists it; `staff_no` is the roster's own number of the person."""

    staff_no: str
    name: str = field(repr=False)
    role: Role
    area_code: str
    unit_code: str | None = None
    shift: str = "A"
    phone: str | None = field(default=None, repr=False)
    language: str = "zh_CN"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """A responsible unit; one without an area serves the whole city."""

    code: str
    name: str
    area_code: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShape:
    """One area of an edition with its outline in WGS-84 (WKB); `level` is city, district, street, …"""

    code: str
    level: str
    name: str
    parent_code: str | None
    wkb: bytes
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """One edition of the boundaries that was ever saved."""

    edition_id: str
    saved_at: datetime
    current: bool
    n_areas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaName:
    """An area without its outline."""

    code: str
    level: str
    name: str
    parent_code: str | None
    synthetic: bool


class MessageNew(NamedTuple):
    """A message for a person that is yet to be added."""

    person_id: int
    body: Mapping[str, Any]
    card_key: str | None
    loud: bool
    priority: int


class DueStep(NamedTuple):
    """A ladder step of a clock that waits for the sweep."""

    case_no: str
    clock: ClockName
    percent: int


class NearCase(NamedTuple):
    """An open case near a point."""

    case_no: str
    distance_m: float


class Stored(NamedTuple):
    """What the tables hold of a case beside its events: its columns, its clocks by name, who rectified it.

    `head` is the hash of its last event.
    """

    columns: Mapping[str, Any]
    clocks: Mapping[str, Mapping[str, Any]]
    rectifiers: frozenset[int]
    head: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """From where somebody looks at the cases: areas of their posts, what they are themselves, whom they serve.

    `bound` keeps everything within one area on top of that.
    """

    area_codes: frozenset[str] = frozenset()
    person_id: int | None = None
    unit_codes: frozenset[str] = frozenset()
    bound: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSearch:
    """What to look for; empty parts do not limit. Results are the newest first, `after` pages on."""

    area_codes: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    urgencies: frozenset[str] = frozenset()
    is_open: bool | None = None
    overdue: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    seen_from: Viewpoint | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job; `tries` counts the failed ones."""

    job_id: int
    verb: str
    args: Mapping[str, Any]
    priority: int
    tries: int
    created_at: datetime
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadJob:
    """A job that was set aside, and why."""

    job: JobRow
    error: str
    buried_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message that somebody holds the lease of; `tries` counts the failed ones."""

    id: int
    channel: str
    chat_id: int
    person_id: int | None
    body: dict[str, Any] = field(repr=False)
    card_key: str | None
    loud: bool
    priority: int
    tries: int
    created_at: datetime
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadMessage:
    """A message that was set aside, and why."""

    id: int
    channel: str | None
    chat_id: int | None
    person_id: int | None
    body: dict[str, Any] = field(repr=False)
    created_at: datetime
    buried_at: datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """The message that shows a card in a chat."""

    message_id: int
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """An update as it came in; `tries` counts the failed ones."""

    channel: str
    update_id: int
    chat_key: str
    body: bytes = field(repr=False)
    received_at: datetime
    tries: int
    fault: str | None
    poison_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxCounts:
    """How much waits, how much was set aside, and since when the oldest waits."""

    undone: int
    poison: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A half-finished talk."""

    key: str
    state: str | None
    data: dict[str, Any] = field(repr=False)
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """Who does a duty of which there is one. Every beat of the holder makes `until` another."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, since when the oldest does, and how much was set aside."""

    waiting: int
    oldest_at: datetime | None
    dead: int


@dataclass(frozen=True, slots=True)
class Beats:
    """What was sent lately, which clocks ran out, and which steps nobody took."""

    sent: int
    cards: int
    steps_late: int
    clocks_overdue: int
