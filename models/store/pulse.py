"""How the service does, in counts and ages that an index answers, for whoever watches it every few seconds."""

from datetime import datetime

from sqlalchemy import and_, func, select, text

from models.store.inbox import INBOX, Inbox
from models.store.jobs import JOBS
from models.store.line import Line
from models.store.messages import MESSAGES
from models.store.rows import Beats, Depth
from models.tables.case import TIMER_RUNS, Timer
from models.tables.columns import table
from models.tables.outbox import JOB_BURIED, JOB_OPEN, MESSAGE_ASIDE, MESSAGE_OPEN

TIMERS = table(Timer)
CARDS = "case:%"


class Pulse:
    """Counts what waits, what was set aside and what was sent."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def inbox(self) -> Depth:
        """Updates: the oldest is the one that waits longest since it was kept."""
        found = await Inbox(self._line).counts()
        return Depth(waiting=found.undone, oldest_at=found.oldest_at, dead=found.poison)

    async def latest_update_at(self) -> datetime | None:
        """Tells when the last update was kept."""
        newest = select(func.max(INBOX.c.inbox_id)).scalar_subquery()
        last = select(INBOX.c.received_at).where(INBOX.c.inbox_id == newest)
        found: datetime | None = await self._line.scalar(last)
        return found

    async def jobs(self) -> Depth:
        """Jobs of any verb; one that rests until another try waits too."""
        row = await self._line.one(
            select(func.count().label("n"), func.min(JOBS.c.created_at).label("at")).where(text(JOB_OPEN))
        )
        assert row is not None
        dead = await self._line.scalar(select(func.count()).select_from(JOBS).where(text(JOB_BURIED)))
        return Depth(waiting=row.n, oldest_at=row.at, dead=int(dead))

    async def jobs_by_verb(self) -> dict[str, int]:
        """Counts the jobs that wait, by what is to be done."""
        counted = select(JOBS.c.verb, func.count().label("n")).where(text(JOB_OPEN)).group_by(JOBS.c.verb)
        return {row.verb: row.n for row in await self._line.rows(counted)}

    async def messages(self, now: datetime) -> Depth:
        """Messages; one that is meant for later counts as waiting from its time on."""
        due = and_(text(MESSAGE_OPEN), MESSAGES.c.not_before <= now)
        row = await self._line.one(
            select(func.count().label("n"), func.min(MESSAGES.c.not_before).label("at")).where(due)
        )
        assert row is not None
        dead = await self._line.scalar(select(func.count()).select_from(MESSAGES).where(text(MESSAGE_ASIDE)))
        return Depth(waiting=row.n, oldest_at=row.at, dead=int(dead))

    async def beats(self, now: datetime, since: datetime) -> Beats:
        """Counts what was sent since a moment, the clocks that ran out, and the steps that nobody took in time."""
        card = MESSAGES.c.card_key.like(CARDS)
        sent = await self._line.one(
            select(func.count().label("n"), func.count().filter(card).label("cards")).where(
                MESSAGES.c.sent_at.is_not(None), MESSAGES.c.sent_at >= since
            )
        )
        assert sent is not None
        late = select(func.count()).select_from(TIMERS).where(TIMERS.c.next_at.is_not(None), TIMERS.c.next_at < since)
        overdue = select(func.count()).select_from(TIMERS).where(text(TIMER_RUNS), TIMERS.c.due_at < now)
        return Beats(
            sent=sent.n,
            cards=sent.cards,
            steps_late=int(await self._line.scalar(late)),
            clocks_overdue=int(await self._line.scalar(overdue)),
        )
