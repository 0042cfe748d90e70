"""Whether the figures of a disaster report (灾情指标) agree with themselves and with the report before.

An unknown figure (absent or None) is not zero: a check that meets one says nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.rules.kinds import NO_CUES, Cues, Label, Quantity

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of the national scheme; `first` figures are asked in the first report (初报)."""

    code: str
    label: Label
    unit: Quantity
    topic: str
    low: float = 0.0
    high: float | None = None
    whole: bool = True
    first: bool = False
    ask_order: int = 0
    cues: Cues = NO_CUES


class CheckType(StrEnum):
    """What a check compares: a part with its whole, parts with their sum, now with before, or a sum with a bound."""

    AT_MOST = "at_most"
    SUM_AT_MOST = "sum_at_most"
    NEVER_FALLS = "never_falls"
    IMMEDIATE = "immediate"


@dataclass(frozen=True, slots=True)
class FigureCheck:
    """One row of the checks. `total` is the whole of the parts; `bound` is only for `immediate`."""

    code: str
    type: CheckType
    parts: tuple[str, ...]
    total: str | None
    bound: float | None
    label: Label


@dataclass(frozen=True, slots=True)
class FigureFault:
    """A contradiction, to be asked about kindly; `facts` name the figures and their values."""

    check: FigureCheck
    facts: Mapping[str, str | float]


def check(figures: Figures, checks: Iterable[FigureCheck], previous: Figures | None = None) -> tuple[FigureFault, ...]:
    """Lists the contradictions within the figures, and with the report before when there is one."""
    found = (_fault(row, figures, previous or {}) for row in checks)
    return tuple(fault for fault in found if fault is not None)


def needs_immediate_report(figures: Figures, checks: Iterable[FigureCheck]) -> tuple[FigureCheck, ...]:
    """Lists the rows that demand a report upward at once; what is known decides, the unknown waits."""
    urgent = (row for row in checks if row.type is CheckType.IMMEDIATE and row.bound is not None)
    return tuple(row for row in urgent if (_known_sum(row, figures) or 0.0) >= (row.bound or 0.0))


def unknown(figures: Figures, catalogue: Iterable[Figure]) -> tuple[Figure, ...]:
    """Lists the figures that nobody knows yet, in the order of asking."""
    return tuple(f for f in catalogue if figures.get(f.code) is None)


def _fault(row: FigureCheck, figures: Figures, previous: Figures) -> FigureFault | None:
    match row.type:
        case CheckType.AT_MOST | CheckType.SUM_AT_MOST:
            total = figures.get(row.total or "")
            parts = _known_sum(row, figures)
            if parts is not None and total is not None and parts > total:
                names = {"part": "+".join(row.parts), "total": row.total or ""}
                return FigureFault(row, {**names, "part_value": parts, "total_value": total})
        case CheckType.NEVER_FALLS:
            now, before = _complete_sum(row, figures), _complete_sum(row, previous)
            if now is not None and before is not None and now < before:
                return FigureFault(row, {"part": "+".join(row.parts), "part_value": now, "before": before})
        case CheckType.IMMEDIATE:
            return None
    return None


def _known_sum(row: FigureCheck, figures: Figures) -> float | None:
    """Adds the parts that are known, a lower bound of their sum; None when none is."""
    known = [value for part in row.parts if (value := figures.get(part)) is not None]
    return sum(known) if known else None


def _complete_sum(row: FigureCheck, figures: Figures) -> float | None:
    """Adds the parts when all are known: only then can a fall be told from a gap."""
    values = [figures.get(part) for part in row.parts]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
