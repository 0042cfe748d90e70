"""Which alerts (CAP 1.2) a disaster case has given so far: a fold of its reports and events, stored nowhere.

A case speaks first when its known figures reach a row of the alert levels. Every later message names all earlier ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.rules.disaster import Figures
from models.rules.events import CaseMerged, CaseReopened, CaseVoided, CheckPassed, Event


class Severity(StrEnum):
    """How grave it is, in CAP's words and order, the gravest first."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"


class Message(StrEnum):
    """What a message does to the earlier ones (CAP `msgType`)."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"


class Turn(StrEnum):
    """Why a message was given."""

    FIRST = "first"
    FIGURES = "figures"
    CLEARED = "cleared"
    REOPENED = "reopened"
    VOIDED = "voided"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """One row of the thresholds: the known `parts` together reach `bound`."""

    code: str
    severity: Severity
    parts: tuple[str, ...]
    bound: float

    def reached(self, figures: Figures) -> bool:
        """Tells whether what is known reaches the bound; the unknown is not zero, it is just not counted."""
        known = [value for part in self.parts if (value := figures.get(part)) is not None]
        return bool(known) and sum(known) >= self.bound


@dataclass(frozen=True, slots=True)
class Told:
    """What one report said, and when."""

    at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Alert:
    """One message of a case; `number` counts from 1 and `severity` is that of the figures known by then."""

    number: int
    sent_at: datetime
    message: Message
    turn: Turn
    severity: Severity
    figures: Mapping[str, float]


_TURNS: Mapping[type[Event], tuple[Message, Turn]] = {
    CheckPassed: (Message.UPDATE, Turn.CLEARED),
    CaseReopened: (Message.UPDATE, Turn.REOPENED),
    CaseVoided: (Message.CANCEL, Turn.VOIDED),
    CaseMerged: (Message.CANCEL, Turn.MERGED),
}
_GRAVEST = tuple(Severity)


def severity(figures: Figures, levels: Iterable[AlertLevel]) -> Severity | None:
    """Gives the gravest level that the known figures reach; None below all of them."""
    reached = {level.severity for level in levels if level.reached(figures)}
    return next((s for s in _GRAVEST if s in reached), None)


def alerts(reports: Iterable[Told], events: Iterable[Event], levels: Sequence[AlertLevel]) -> tuple[Alert, ...]:
    """Lists the messages of a case in the order in which they were given.

    Of a figure the latest known value counts. A report that changes no figure gives no message, and nothing is
    said about a case that never reached a level. What falls below the levels again is still told, with the
    gravest severity so far: an alert is lowered by its end, not by a guess.
    """
    given: list[Alert] = []
    known: dict[str, float] = {}
    for at, said in _in_order(reports, events):
        if isinstance(said, Told):
            news = {code: value for code, value in said.figures.items() if value is not None}
            changed = any(known.get(code) != value for code, value in news.items())
            known |= news
            if not changed:
                continue
        grave = _graver(severity(known, levels), given)
        if grave is None or (step := _step(said, given)) is None:
            continue
        message, turn = step
        given.append(Alert(len(given) + 1, at, message, turn, grave, dict(known)))
    return tuple(given)


def _in_order(reports: Iterable[Told], events: Iterable[Event]) -> list[tuple[datetime, Told | Event]]:
    """Merges reports and turning events; of one moment the report comes first."""
    said: list[tuple[datetime, Told | Event]] = [(told.at, told) for told in reports]
    said += [(event.at, event) for event in events if type(event) in _TURNS]
    return sorted(said, key=lambda item: item[0])


def _step(said: Told | Event, given: Sequence[Alert]) -> tuple[Message, Turn] | None:
    """Tells what kind of message this is; None for one that would end what never began or is cancelled."""
    if isinstance(said, Told):
        over = bool(given) and given[-1].message is Message.CANCEL
        if not given or over:
            return Message.ALERT, Turn.FIRST
        return Message.UPDATE, Turn.FIGURES
    if not given or given[-1].message is Message.CANCEL:
        return None
    return _TURNS[type(said)]


def _graver(now: Severity | None, given: Sequence[Alert]) -> Severity | None:
    """Gives the graver of the present severity and those already told."""
    told = {alert.severity for alert in given} | ({now} if now else set())
    return next((s for s in _GRAVEST if s in told), None)
