"""What happened last in all cases: the news of a board, without anybody's name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.rules import events as e
from models.rules.states import Urgency
from models.store.line import Line
from models.tables.case import Case, CaseEvent
from models.tables.columns import table

CASES, EVENTS = table(Case).c, table(CaseEvent).c
TOLD: tuple[type[e.Event], ...] = (
    e.CaseRegistered,
    e.CaseDispatched,
    e.CaseDesignated,
    e.CaseSigned,
    e.CaseReturned,
    e.HolderArrived,
    e.CaseHandedIn,
    e.CheckPassed,
    e.CheckFailed,
    e.CaseSuspended,
    e.CaseResumed,
    e.CaseVoided,
    e.CaseMerged,
    e.CaseReopened,
)
"""Events that move a case; what people ask or note is not told to everybody."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of a case. `area` is its street, else what is known of where it lies."""

    at: datetime
    tag: str
    case_no: str
    kind: str
    life_danger: bool
    area: str


async def latest(line: Line, since: datetime, limit: int) -> list[Happening]:
    """Lists the last events since then, the latest first."""
    told = [event.tag for event in TOLD]
    wanted = (
        select(EVENTS.at, EVENTS.tag, EVENTS.case_no)
        .where(EVENTS.at >= since, EVENTS.tag.in_(told))
        .order_by(EVENTS.at.desc(), EVENTS.case_no, EVENTS.seq.desc())
        .limit(limit)
    )
    rows = await line.rows(wanted)
    columns = (CASES.case_no, CASES.kind, CASES.urgency, CASES.street_code, CASES.district_code, CASES.city_code)
    found = await line.rows(select(*columns).where(CASES.case_no.in_({row.case_no for row in rows})))
    known = {row.case_no: row for row in found}
    return [
        Happening(
            at=row.at,
            tag=row.tag,
            case_no=row.case_no,
            kind=known[row.case_no].kind,
            life_danger=known[row.case_no].urgency == str(Urgency.U1),
            area=known[row.case_no].street_code or known[row.case_no].district_code or known[row.case_no].city_code,
        )
        for row in rows
    ]
