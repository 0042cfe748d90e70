"""Takes the ladder steps that are due, and audits that nothing that should have happened is missing."""

from dataclasses import dataclass
from datetime import timedelta

from actions.cases import step
from actions.ports import Deps
from models.rules.clocks import ClockName
from models.rules.errors import Refusal

GRACE = timedelta(minutes=5)
"""How late a step may be before the audit calls it missed (after Grafana OnCall's escalation auditor)."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the self-audit found.

    Cases whose next step is late, messages without a delivery record, open cases on which no clock runs.
    """

    late_steps: tuple[str, ...]
    undelivered: tuple[int, ...]
    unowned: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Tells whether nothing was found."""
        return not (self.late_steps or self.undelivered or self.unowned)


async def sweep(deps: Deps, limit: int = 200) -> int:
    """Takes every due step, oldest first, each in its own transaction; counts those taken.

    After an outage a clock may owe several steps: they are taken in the order of the ladder, so that each leaves its
    event. Two sweeps at once take each step once: the second finds it gone.
    """
    taken = 0
    while True:
        async with deps.store.read() as unit:
            due = await unit.cases.due_steps(deps.clock(), limit)
        before = taken
        for case_no, clock, percent in due:
            taken += await _take(deps, case_no, clock, percent)
        if taken == before:
            return taken


async def _take(deps: Deps, case_no: str, clock: ClockName, percent: int) -> bool:
    try:
        async with deps.store.begin() as unit:
            return bool((await step(deps, unit, case_no, clock, percent)).events)
    except Refusal:
        # The case closed between the look and the step; its clocks are stopped and will not come again.
        return False


async def self_audit(deps: Deps) -> AuditReport:
    """Looks for steps that are late, messages that never left, and open cases that nobody owes."""
    now = deps.clock()
    async with deps.store.read() as unit:
        late = await unit.cases.late_steps(now - GRACE)
        unsent = await unit.messages.unsent_since(now - GRACE)
        unowned = await unit.cases.without_clock()
    return AuditReport(
        late_steps=tuple(dict.fromkeys(case_no for case_no, *_ in late)),
        undelivered=tuple(unsent),
        unowned=tuple(unowned),
    )
