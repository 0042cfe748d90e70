"""What happens because time passes: ladder steps, the morning brief, the daily self-audit."""

from datetime import datetime

import structlog

from actions.duties import anchor_once, audit_once, brief_once, make_months_once, retain_once, roll_up_once, tidy_once
from actions.escalation import sweep
from actions.jobs import forget_wrong_clock
from actions.outage import still_here
from actions.ports import Deps
from actions.roots import RootsError
from actions.undelivered import tell_deputies
from config.drills import crash_point

AUDIT_HOUR = 6
ROLLUP_HOUR = 2
RETAIN_HOUR = 3
ROOT_HOUR = 7
"""After the night, so that the message with the root wakes nobody."""
BRIEF_UNTIL_HOUR = 12
"""After an outage a brief still comes in the forenoon; later it would ring phones for yesterday's news."""
log = structlog.get_logger(__name__)


class Clock:
    """One clock. Several at once are harmless: steps and daily marks are guarded updates."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def tick(self) -> int:
        """Does everything that is due now; counts the ladder steps."""
        taken = await sweep(self._deps)
        crash_point("schedule.ticked")
        local = self._deps.clock().astimezone(self._deps.setting.calendar.zone)
        await self._daily(local)
        if taken:
            log.info("ladder steps taken", n=taken)
        return taken

    async def look_back(self) -> None:
        """Notes that the service works, and tells the admins when it had not for long."""
        away = await still_here(self._deps)
        if away is not None:
            log.warning("the service was away", minutes=int(away.total_seconds() // 60))

    async def stand_in(self) -> int:
        """Tells deputies of cases whose holders no message reached in time; counts those told."""
        told = await tell_deputies(self._deps)
        if told:
            log.warning("holders not reached, deputies told", n=told)
        return told

    async def set_right(self) -> int:
        """Lets go of what waits for a time that a wrong clock named; counts the rows."""
        freed = await forget_wrong_clock(self._deps)
        if freed:
            log.warning("the clock was ahead and has been set back", freed=freed)
        return freed

    async def _daily(self, local: datetime) -> None:
        day = local.date().isoformat()
        made = await make_months_once(self._deps, day)
        if made:
            log.info("months made", parts=made)
        if local.hour >= AUDIT_HOUR:
            report = await audit_once(self._deps, day)
            if report is not None and not report.clean:
                log.error(
                    "self-audit found faults",
                    late_steps=len(report.late_steps),
                    undelivered=len(report.undelivered),
                    unowned=len(report.unowned),
                )
        if local.hour >= ROOT_HOUR:
            await self._sign(day)
        if local.hour >= RETAIN_HOUR:
            await retain_once(self._deps, day)
        if local.hour >= ROLLUP_HOUR:
            await roll_up_once(self._deps, day)
            tidied = await tidy_once(self._deps, day)
            if tidied is not None:
                log.info("tidied up", n_sheets=tidied.n_sheets, n_drafts=tidied.n_drafts)
        brief_hour = self._deps.catalogue.numbers["brief_hour"]
        if brief_hour <= local.hour < BRIEF_UNTIL_HOUR and self._deps.setting.calendar.is_workday(local.date()):
            await brief_once(self._deps, day)

    async def _sign(self, day: str) -> None:
        """Signs the root of the day."""
        signed = await anchor_once(self._deps, day)
        if isinstance(signed, RootsError):
            log.error("no root was signed", fault=str(signed))
        elif signed is not None:
            log.info("root signed", n=signed.root.n, cases=signed.root.cases, events=signed.root.events)
