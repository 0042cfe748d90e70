"""How the service does, for whoever watches it: read from the database, so that it is one answer for all processes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.ports import Deps, LeaseRow
from models.store.rows import Beats, Depth

LATELY = timedelta(minutes=5)
"""What counts as sent lately; a step that waits for so long is one that nobody takes."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """The service at one moment."""

    at: datetime
    inbox: Depth
    jobs: Depth
    jobs_by_verb: dict[str, int]
    messages: Depth
    latest_update_at: datetime | None
    beats: Beats
    leases: dict[str, LeaseRow]

    def age_s(self, since: datetime | None) -> float:
        """Gives the seconds since a moment; 0 for none, and for one that another host's clock puts ahead."""
        return 0.0 if since is None else max(0.0, (self.at - since).total_seconds())


async def pulse(deps: Deps) -> Pulse:
    """Takes the pulse in one snapshot; raises `StoreUnavailableError`."""
    now = deps.clock()
    async with deps.store.read() as unit:
        return Pulse(
            at=now,
            inbox=await unit.pulse.inbox(),
            jobs=await unit.pulse.jobs(),
            jobs_by_verb=await unit.pulse.jobs_by_verb(),
            messages=await unit.pulse.messages(now),
            latest_update_at=await unit.pulse.latest_update_at(),
            beats=await unit.pulse.beats(now, now - LATELY),
            leases=await unit.kv.leases(),
        )
