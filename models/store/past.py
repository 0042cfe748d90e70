"""The figures as they stood at a past moment, from the events of what changed since and the rows of what did not."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

import numpy as np
from sqlalchemy import ColumnElement, exists, func, select

from models.rules import codec
from models.rules.events import Event, fold
from models.rules.facts import CaseFacts
from models.rules.measures import COUNTS, one
from models.rules.states import State, Urgency
from models.store.counting import CASES, LEVELS, MOMENTS, Cut, Span, count_day, counting, day_of, take_times
from models.store.line import Line
from models.store.packs import COLUMNS, STANDING
from models.store.piles import Counted, Piles, Stand, Stands
from models.tables.case import CaseEvent
from models.tables.columns import table

EVENTS = table(CaseEvent).c
BATCH = 500
DISTRICT, STREET = LEVELS[1:]


async def as_of(line: Line, span: Span, cut: Cut, moment: datetime, column: str) -> tuple[Counted, Stand]:
    """Counts what `Statistics.asked` counts, as it stood at a moment; `column` holds the codes of the areas.

    A case without a later event stands as it stood. Every other one is folded anew, so that the answer takes the
    longer the more happened since.
    """
    piles, stands = Piles(set(span.days)), Stands(day_of(moment, span.zone))
    changed = exists(select(EVENTS.seq).where(EVENTS.case_no == CASES.case_no, EVENTS.at > moment))
    same = (CASES.registered_at <= moment, ~changed, *cut.conditions(CASES))
    for day in span.days:
        piles.days[day] = np.zeros(len(COLUMNS), np.int64)
        tallies = await count_day(line, day, span.zone, None, moment, only=same, inner=column)
        piles.put_tallies(day, tallies, Cut())
    await _stand(line, same, column, span.zone, moment, stands)
    later = select(EVENTS.case_no).where(EVENTS.at > moment).distinct()
    begun = select(CASES.case_no).where(CASES.case_no.in_(later), CASES.registered_at <= moment)
    numbers = await line.column(begun.order_by(CASES.case_no))
    for start in range(0, len(numbers), BATCH):
        for facts in await _folded(line, numbers[start : start + BATCH], moment):
            if _meant(facts, cut):
                _put(facts, span, moment, column, piles, stands)
    return piles.counted(), stands.stand()


async def _stand(
    line: Line, same: Iterable[ColumnElement[bool]], column: str, zone: tzinfo, moment: datetime, stands: Stands
) -> None:
    """Adds what was open then and did not change since."""
    sums = counting(moment)
    life = func.count().filter(CASES.urgency == str(Urgency.U1))
    numbers = [sums.get(name, life) for name in STANDING]
    # By hour is fine enough for the local day, and leaves it to no database to know the zone.
    keys = (CASES.district_code, CASES[column], CASES.registered_at)
    rows = await line.rows(select(*keys, *numbers).where(CASES.closed_at.is_(None), *same).group_by(*keys))
    for row in rows:
        district, place, registered_at, *values = list(row)
        stands.put(day_of(registered_at, zone), (district, place), values)


async def _folded(line: Line, case_nos: list[str], moment: datetime) -> list[CaseFacts]:
    """Folds the events of some cases up to a moment."""
    told: dict[str, list[Event]] = {number: [] for number in case_nos}
    wanted = select(EVENTS.case_no, EVENTS.tag, EVENTS.data).where(EVENTS.case_no.in_(case_nos), EVENTS.at <= moment)
    for row in await line.rows(wanted.order_by(EVENTS.case_no, EVENTS.seq)):
        told[row.case_no].append(codec.load_event(row.tag, row.data))
    return [fold(events) for events in told.values() if events]


def _put(facts: CaseFacts, span: Span, moment: datetime, column: str, piles: Piles, stands: Stands) -> None:
    """Adds one case."""
    area = (facts.areas.district, getattr(facts.areas, column.removesuffix("_code")))
    registered_on, counts = day_of(facts.registered_at, span.zone), one(facts, moment)
    columns = dict.fromkeys(COLUMNS, 0) | {name: getattr(counts, name) for name in COUNTS}
    columns["unplaced"] = int(facts.open and not facts.areas.placed)
    columns["life_danger"] = int(facts.open and facts.urgency is Urgency.U1)
    if span.first <= registered_on <= span.last:
        piles.put(registered_on, area, facts.kind, list(columns.values()))
        cells: dict[int, int] = {}
        take_times(cells, {name: getattr(facts, name) for name in MOMENTS})
        piles.put_times(area, cells)
    if facts.open:
        stands.put(registered_on, area, [columns[name] for name in STANDING])
    if facts.state is State.CLEARED and facts.cleared_at is not None:
        cleared_on = day_of(facts.cleared_at, span.zone)
        if span.first <= cleared_on <= span.last:
            alone = [int(name == "n_cleared_on_day") for name in COLUMNS]
            piles.put(cleared_on, area, facts.kind, alone)


def _meant(facts: CaseFacts, cut: Cut) -> bool:
    return (
        (cut.area_code is None or cut.area_code in facts.areas.chain)
        and (cut.kind is None or cut.kind == facts.kind)
        and (cut.urgency is None or cut.urgency is facts.urgency)
    )
