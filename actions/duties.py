"""Daily duties, each done once a day however many processes ask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from actions import buttons, drafts, live, staffing, webhooks
from actions.alarms import tell_admins
from actions.anchoring import Anchored, anchor
from actions.escalation import AuditReport, self_audit
from actions.ports import Deps, Unit
from actions.roots import RootsError
from actions.telling import DIGEST
from actions.todo import supervisors_to_brief


@dataclass(frozen=True, slots=True)
class Tidied:
    """How much was put away."""

    n_sheets: int
    n_drafts: int


async def brief_once(deps: Deps, day: str) -> int:
    """Writes the brief jobs of a day (ISO date); counts them, 0 when that was done already."""
    if await _marked(deps, f"brief:{day}"):
        return 0
    people = await supervisors_to_brief(deps)
    async with deps.store.begin() as unit:
        if not await unit.kv.claim(f"brief:{day}", deps.clock()):
            return 0
        for person_id in people:
            await unit.jobs.add("brief", {"person_id": person_id, "day": day})
        unit.after_commit(deps.hint)
    return len(people)


async def roll_up_once(deps: Deps, day: str) -> bool:
    """Asks for the figures to be counted beforehand, so that a city whose board nobody opens stays quick."""
    return await _ask_once(deps, "rollup", day)


async def tidy_once(deps: Deps, day: str) -> Tidied | None:
    """Strikes off old buttons and news, closes reports nobody finished, begins absences; None when done before."""
    async with _claimed(deps, f"tidy:{day}") as unit:
        if unit is None:
            return None
    await staffing.begin_absences(deps)
    await live.sweep(deps)
    await webhooks.sweep(deps)
    return Tidied(await buttons.purge(deps), await drafts.close_old(deps))


async def retain_once(deps: Deps, day: str) -> bool:
    """Asks a worker to let go of what was kept long enough; False when somebody asked already."""
    return await _ask_once(deps, "retain", day)


async def make_months_once(deps: Deps, day: str) -> list[str]:
    """Has the coming months of events and reports made on PostgreSQL; names those made."""
    async with _claimed(deps, f"months:{day}") as unit:
        return [] if unit is None else await unit.months.make(deps.clock())


async def audit_once(deps: Deps, day: str) -> AuditReport | None:
    """Runs the self-audit of a day and tells the admins what it found; None when it ran already."""
    if await _marked(deps, f"audit:{day}"):
        return None
    report = await self_audit(deps)
    async with deps.store.begin() as unit:
        if not await unit.kv.claim(f"audit:{day}", deps.clock()):
            return None
        if not report.clean:
            facts = {
                "late": len(report.late_steps),
                "undelivered": len(report.undelivered),
                "unowned": len(report.unowned),
                "cases": ", ".join((report.late_steps + report.unowned)[:10]),
            }
            await tell_admins(deps, "notice.audit", facts)
    return report


async def anchor_once(deps: Deps, day: str) -> Anchored | RootsError | None:
    """Signs the root of a day and tells it to the admins, so that a copy lies where nobody here can change it.

    Gives the fault, told once a day, when the file of roots and the database disagree: nothing is signed then.
    None when there was nothing to do.
    """
    if deps.roots is None or await _marked(deps, f"root:{day}") or await _marked(deps, f"root_fault:{day}"):
        return None
    try:
        signed = await anchor(deps)
    except RootsError as fault:
        async with deps.store.begin() as unit:
            if not await unit.kv.claim(f"root_fault:{day}", deps.clock()):
                return None
            await tell_admins(deps, "notice.roots_differ", {"what": str(fault)})
        return fault
    if signed is None:
        return None
    async with deps.store.begin() as unit:
        if not await unit.kv.claim(f"root:{day}", deps.clock()):
            return None
        root = signed.root
        facts = {"n": root.n, "cases": root.cases, "events": root.events, "line": signed.line}
        await tell_admins(deps, "notice.root", facts)
    return signed


async def _ask_once(deps: Deps, verb: str, day: str) -> bool:
    """Writes the one job of a day; False when somebody wrote it already."""
    async with _claimed(deps, f"{verb}:{day}") as unit:
        if unit is None:
            return False
        await unit.jobs.add(verb, {}, priority=DIGEST, dedupe=verb)
        unit.after_commit(deps.hint)
    return True


@asynccontextmanager
async def _claimed(deps: Deps, mark: str) -> AsyncIterator[Unit | None]:
    """Opens a transaction for whoever marks something first; gives None to everybody after."""
    if await _marked(deps, mark):
        yield None
        return
    async with deps.store.begin() as unit:
        yield unit if await unit.kv.claim(mark, deps.clock()) else None


async def _marked(deps: Deps, name: str) -> bool:
    """Looks without writing, because this is asked every second."""
    async with deps.store.read() as unit:
        return await unit.kv.get(name) is not None
