"""A report while it is being written: one frozen value, kept in the database between two messages.

Knows how its parts change; what to ask next is `questions`, what words mean is `reading`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from models.rules.disaster import Figures
from models.rules.kinds import FieldValue
from models.rules.states import Grade

BEFORE: Final = "before"
AFTER: Final = "after"
MOST_PHOTOS: Final = 20
"""Two albums: enough for any hazard, and few enough to look at."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one message, found again when the message is edited."""

    message_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo of the report; `role` is before, after, or the code of a photo field."""

    media_id: int
    message_id: int
    role: str = BEFORE
    loading: bool = False
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A typed message that answered a question, found again when the message is edited."""

    message_id: int
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixGiven:
    """A position as a phone sent it: raw numbers in the datum that the channel declares, if it does."""

    latitude: float
    longitude: float
    datum: str = "wgs84"
    accuracy_m: float | None = None
    by_hand: bool = False
    message_id: int = 0
    live: bool = False
    camera: bool = False

    @property
    def method(self) -> str:
        """Names how it was given, as it is kept with the report."""
        if self.by_hand:
            return "pin"
        return "photo" if self.camera else "live" if self.live else "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place that the report may lie in. The codes go from the city inwards; latitude and longitude are WGS-84."""

    codes: tuple[str | None, ...]
    names: tuple[str, ...]
    method: str
    reason: str
    edition: str
    placed: bool = True
    latitude: float | None = None
    longitude: float | None = None
    fix: FixGiven | None = None

    @property
    def street_code(self) -> str | None:
        """Gives the street, if it is known."""
        return self.codes[2] if len(self.codes) > 2 else None


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to a doubt about the place: a place, or a fix that is to be placed first."""

    key: str
    label: str
    spot: Spot | None = None
    fix: FixGiven | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What must be asked about a place: `why` names the sentence, `facts` fill it."""

    why: str
    options: tuple[Option, ...]
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Twin:
    """An open case that may be the same thing."""

    case_no: str
    distance_m: float
    state: str
    age_minutes: float
    photo: int | None
    n_reports: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything somebody has told of one thing so far, and where the talk about it stands.

    `heard` names the fields and figures that came out of words: they follow the words when those are edited.
    `trail` are the questions answered so far, for "back". `editing` is a question asked out of turn, `menu` a list
    that is open. `below` counts the messages that stand below the card.
    """

    draft_id: str
    started_at: datetime
    version: int = 1
    kind: str | None = None
    kind_heard: bool = False
    guesses: tuple[str, ...] = ()
    words: tuple[Said, ...] = ()
    replies: tuple[Reply, ...] = ()
    shots: tuple[Shot, ...] = ()
    spot: Spot | None = None
    doubt: Doubt | None = None
    phone_fix: FixGiven | None = None
    photo_fix: FixGiven | None = None
    address: str | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    figures: Mapping[str, float | None] = field(default_factory=dict)
    heard: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    grade: Grade | None = None
    danger: tuple[str, ...] = ()
    urgent: bool | None = None
    twins: tuple[Twin, ...] | None = None
    twins_of: str | None = None
    no_twin: bool = False
    on_spot: bool = False
    editing: str | None = None
    menu: str | None = None
    trail: tuple[str, ...] = ()
    note: str | None = None
    note_facts: Mapping[str, str] = field(default_factory=dict)
    below: int = 0
    album: str | None = None

    @property
    def text(self) -> str:
        """Gives all words in the order they came."""
        return "\n".join(said.text for said in self.words)

    @property
    def life_danger(self) -> bool:
        """Tells whether it goes out as U1: the sender's word counts more than the words found."""
        return bool(self.danger) if self.urgent is None else self.urgent

    @property
    def empty(self) -> bool:
        """Tells whether nothing would be lost with it."""
        return not (self.words or self.shots or self.spot or self.doubt or self.kind)

    def photos(self, role: str) -> tuple[Shot, ...]:
        """Lists the photos of a role."""
        return tuple(shot for shot in self.shots if shot.role == role)

    def noted(self, note: str, **facts: str) -> "Draft":
        """Adds a sentence that the card shows once."""
        return replace(self, note=note, note_facts=facts)

    def with_words(self, said: Said) -> "Draft":
        """Adds the words of a message, or replaces what the same message said before."""
        if any(old.message_id == said.message_id for old in self.words):
            words = tuple(said if old.message_id == said.message_id else old for old in self.words)
        else:
            words = (*self.words, said)
        return replace(self, words=tuple(w for w in words if w.text))

    def with_reply(self, message_id: int, question: str) -> "Draft":
        """Remembers which message answered a question, unless it went into the words."""
        if any(said.message_id == message_id for said in self.words):
            return self
        others = tuple(reply for reply in self.replies if reply.message_id != message_id)
        return replace(self, replies=(*others, Reply(message_id, question)))

    def with_shot(self, shot: Shot) -> "Draft":
        """Adds a photo, or replaces the one of the same message; the same picture twice is one."""
        if any(old.message_id == shot.message_id for old in self.shots):
            shots = tuple(shot if old.message_id == shot.message_id else old for old in self.shots)
        elif any(old.media_id == shot.media_id and old.role == shot.role for old in self.shots):
            return self
        else:
            shots = (*self.shots, shot)
        return replace(self, shots=shots)

    def with_spot(self, spot: Spot | None) -> "Draft":
        """Sets the place; what was known of the neighbourhood is looked up anew."""
        return replace(self, spot=spot, doubt=None, twins=None, no_twin=False)

    def with_kind(self, kind: str, *, heard: bool) -> "Draft":
        """Sets the kind; answers that the old kind asked for stay until it is clear which still fit."""
        if kind == self.kind:
            return replace(self, kind_heard=self.kind_heard and heard)
        return replace(self, kind=kind, kind_heard=heard, grade=None, twins=None, no_twin=False)

    def answered(self, question: str) -> "Draft":
        """Notes that a question has its answer, so that one can go back to it."""
        trail = (*(q for q in self.trail if q != question), question)
        return replace(self, trail=trail, editing=None, menu=None)

    def with_fields(self, values: Mapping[str, FieldValue]) -> "Draft":
        """Sets answers that somebody gave on purpose."""
        return replace(self, fields={**self.fields, **values}, heard=self.heard.difference(values))

    def with_figures(self, values: Figures) -> "Draft":
        """Sets figures that somebody gave on purpose; None says "nobody knows yet"."""
        return replace(self, figures={**self.figures, **values}, heard=self.heard.difference(values))

    def passing(self, questions: Iterable[str]) -> "Draft":
        """Notes questions that are not to be asked again."""
        return replace(self, skipped=self.skipped | frozenset(questions), editing=None, menu=None)


_SHAPE: Final = TypeAdapter(Draft)


def to_json(draft: Draft) -> dict[str, Any]:
    """Gives what is stored of a draft."""
    kept: dict[str, Any] = _SHAPE.dump_python(draft, mode="json")
    return kept


def from_json(kept: Any) -> Draft:
    """Reads a stored draft; parts that a later version added start with their defaults."""
    return _SHAPE.validate_python(kept)
