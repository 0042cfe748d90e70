"""What can be reported, and what is asked about it: the frozen values that a catalogue is made of.

Values only: `catalogue` builds them from rows, `fields` and `words` read with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.rules.states import Grade, Urgency

DEFAULT_LOCALE = "zh_CN"
LOCALES = (DEFAULT_LOCALE, "zh_TW", "en")


@dataclass(frozen=True, slots=True)
class Label:
    """One name in the languages of the service."""

    zh_CN: str
    zh_TW: str
    en: str

    def in_(self, locale: str) -> str:
        """Gives the name in a language; simplified Chinese when the language is not one of ours."""
        match locale:
            case "zh_TW":
                return self.zh_TW
            case "en":
                return self.en
        return self.zh_CN

    @property
    def all(self) -> tuple[str, ...]:
        """Gives the name in every language."""
        return (self.zh_CN, self.zh_TW, self.en)


class Group(StrEnum):
    """What sort of thing a kind is: hazard (隐患), disaster (灾情), or short observation (多员合一)."""

    HAZARD = "hazard"
    DISASTER = "disaster"
    OBSERVATION = "observation"


class FieldType(StrEnum):
    """How a field is asked and stored: float, code, codes, ISO 8601 UTC, ISO date, text, media number."""

    NUMBER = "number"
    CHOICE = "choice"
    MULTI = "multi"
    TIME = "time"
    DAY = "day"
    TEXT = "text"
    PHOTO = "photo"


FieldValue = float | str | tuple[str, ...]
"""A value as it is stored with a report: a number, a text, code, time or day, or several codes."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A unit of measurement. `words` are ways to write it and its multiples, longest first."""

    code: str
    label: Label
    words: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Cues:
    """Which words make a number in free text the value of a field.

    `before` and `after` stand next to the number; a number with one of the `alone` units needs neither.
    """

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()


NO_CUES = Cues()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice field."""

    code: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question about a kind.

    `low` and `high` bound a number, the days from now of a time or day, the characters of a text (`high`),
    the answers of a multi-choice (`high`). `only_major` fields are asked of major hazards only (五落实).
    """

    code: str
    type: FieldType
    label: Label
    hint: Label | None = None
    unit: Quantity | None = None
    low: float | None = None
    high: float | None = None
    whole: bool = False
    required: bool = False
    only_major: bool = False
    ask_order: int = 0
    choices: tuple[Choice, ...] = ()
    cues: Cues = NO_CUES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of report. `fields` are in the order of asking; keywords carry weights for recognition."""

    code: str
    group: Group
    label: Label
    icon: str
    urgency: Urgency
    grade: Grade = Grade.GENERAL
    may_be_major: bool = False
    needs_photo: bool = False
    duplicate_radius_m: float = 0.0
    duplicate_hours: float = 0.0
    list_order: int = 0
    fields: tuple[Field, ...] = ()
    keywords: tuple[tuple[str, float], ...] = ()

    def field(self, code: str) -> Field | None:
        """Finds a field by its code."""
        return next((f for f in self.fields if f.code == code), None)

    def urgency_at(self, grade: Grade, life_in_danger: bool) -> Urgency:
        """Gives the urgency of a report: U1 for life in danger, U4 for a major hazard that is not urgent by kind."""
        if life_in_danger:
            return Urgency.U1
        return Urgency.U4 if grade is Grade.MAJOR and self.urgency is Urgency.U3 else self.urgency

    def asked(self, grade: Grade) -> tuple[Field, ...]:
        """Lists the fields that are asked at this grade, in order."""
        return tuple(f for f in self.fields if grade is Grade.MAJOR or not f.only_major)


class Purpose(StrEnum):
    """What a reason is given for."""

    RETURN = "return"
    SUSPEND = "suspend"
    VOID = "void"
    REOPEN = "reopen"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that a verb may be given for."""

    purpose: Purpose
    code: str
    label: Label


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Words for life in danger, and the words around them that take the danger back.

    `words` maps each to whether a mere supposition (怕, 万一, 容易) still counts. `denials` (没有, 无人) cancel
    across `fillers`; `innocent` phrases contain a danger word and mean none (演练, 火灾隐患); `doubts` (怕是) look
    like suppositions and are none.
    """

    words: Mapping[str, bool] = field(default_factory=dict)
    denials: tuple[str, ...] = ()
    suppositions: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    innocent: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSeed:
    """A responsible unit (责任单位), or a pattern for one in every district or street (`each`)."""

    code: str
    label: Label
    trade: str
    area_code: str
    each: str | None = None
