"""After a drill: is everything there that anybody was told, once, and does everything agree with everything?"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from actions.escalation import self_audit
from actions.ports import Deps
from actions.replay import replay_all
from models.store.rows import ReportRow
from tests.fakes.telegram.server import SECRET, TOKEN, FakeTelegram
from tests.faults.crowd import CASE_NO, CHANNEL, FILED, FIRST_LEAD, N_LEADS, Crowd


@dataclass
class Balance:
    """What a run came to. `faults` must be empty; `n_said_twice` is what an unlucky moment of sending may cost."""

    n_updates: int = 0
    n_reports: int = 0
    n_receipts: int = 0
    n_lost: int = 0
    n_twice: int = 0
    n_said_twice: int = 0
    faults: list[str] = field(default_factory=list)


def lost(acknowledged: Mapping[int, object] | set[int], found: set[int]) -> set[int]:
    """Gives what was acknowledged and is not there: the one question that a losing design must fail."""
    return set(acknowledged) - found


async def balance(deps: Deps, telegram: FakeTelegram, crowd: Crowd, log: str) -> Balance:
    """Draws up the balance of a run that has come to rest, whose processes wrote this log."""
    made = Balance(n_updates=len(telegram.deliveries.taken), n_receipts=len(crowd.receipts))
    await _updates(deps, telegram, made)
    reports = await _reports(deps)
    made.n_reports = len(reports)
    _receipts(reports, crowd, made)
    await _cases(deps, made)
    await _messages(deps, made)
    _cards(telegram, made)
    if TOKEN.partition(":")[2] in log or SECRET in log:
        made.faults.append("the log holds the bot's token or the webhook's secret")
    return made


async def _updates(deps: Deps, telegram: FakeTelegram, made: Balance) -> None:
    """Every update that was answered 200 is kept, and handled."""
    missing, undone = [], []
    async with deps.store.read() as unit:
        for update_id in telegram.deliveries.taken:
            row = await unit.inbox.get(CHANNEL, update_id)
            if row is None:
                missing.append(update_id)
        counts = await unit.inbox.counts()
        undone = [row.update_id for row in await unit.inbox.poisoned()]
    made.n_lost += len(missing)
    if missing:
        made.faults.append(f"{len(missing)} acknowledged updates are not kept: {missing[:5]}")
    if counts.undone:
        made.faults.append(f"{counts.undone} updates are not handled")
    if undone:
        made.faults.append(f"updates were set aside: {undone[:5]}")


async def _reports(deps: Deps) -> list[ReportRow]:
    found: list[ReportRow] = []
    async with deps.store.read() as unit:
        after = ""
        while page := await unit.cases.all_nos(after, 200):
            for case_no in page:
                found += await unit.reports.of_case(case_no)
            after = page[-1]
    return found


def _receipts(reports: list[ReportRow], crowd: Crowd, made: Balance) -> None:
    """Every report whose number somebody was shown is there once, under that number."""
    by_mark: dict[str, list[ReportRow]] = {}
    for report in reports:
        by_mark.setdefault(report.text.split()[-1], []).append(report)
    for mark, case_no in crowd.receipts.items():
        rows = by_mark.get(mark, [])
        if not rows:
            made.n_lost += 1
            made.faults.append(f"{mark} was acknowledged as {case_no} and is not there")
        elif rows[0].case_no != case_no:
            made.faults.append(f"{mark} was acknowledged as {case_no} and is {rows[0].case_no}")
    twice = {mark: len(rows) for mark, rows in by_mark.items() if len(rows) > 1}
    made.n_twice = len(twice)
    if twice:
        made.faults.append(f"reports are there more than once: {twice}")
    origins = Counter((report.channel, report.update_id) for report in reports)
    if doubled := [origin for origin, n in origins.items() if n > 1]:
        made.faults.append(f"updates made several reports: {doubled[:5]}")


async def _cases(deps: Deps, made: Balance) -> None:
    """Every case is what its events say, was signed by one of the two who tapped, and is on somebody's clock."""
    async for replayed in replay_all(deps):
        if not replayed.agrees:
            made.faults.append(f"{replayed.case_no}: {replayed.fault or replayed.differences[:3]}")
        async with deps.store.read() as unit:
            events = await unit.cases.events(replayed.case_no)
        tags = Counter(event.tag for event in events)
        for once in ("case:registered", "case:signed", "case:dispatched"):
            if tags[once] > 1:
                made.faults.append(f"{replayed.case_no}: {tags[once]} times {once}")
    audit = await self_audit(deps)
    if audit.unowned or audit.late_steps:
        made.faults.append(f"no clock, or a late one: {audit.unowned[:5]} {audit.late_steps[:5]}")


async def _messages(deps: Deps, made: Balance) -> None:
    """Nothing waits to be sent, nothing was given up, nothing waits to be done."""
    async with deps.store.read() as unit:
        waiting = await unit.messages.n_waiting()
        buried = [row for row in await unit.messages.buried() if row.error not in ("no_chat",)]
        jobs, dead = await unit.jobs.waiting(), await unit.jobs.buried()
    if waiting or jobs:
        made.faults.append(f"still waiting: {waiting} messages, jobs {dict(jobs)}")
    if buried:
        made.faults.append(f"messages were given up: {[(row.id, row.error) for row in buried[:5]]}")
    if dead:
        made.faults.append(f"jobs were given up: {[row.error.splitlines()[-1] for row in dead[:3]]}")


def _cards(telegram: FakeTelegram, made: Balance) -> None:
    """No phone shows two live cards of one case; one more than once is counted by itself."""
    for chat_id in range(FIRST_LEAD, FIRST_LEAD + N_LEADS):
        live = Counter(_live(telegram, chat_id))
        made.n_said_twice += sum(n - 1 for n in live.values() if n > 1)
    receipts: Counter[tuple[int, str]] = Counter()
    for chat_id, bubbles in telegram.chats.items():
        for bubble in bubbles:
            if FILED in bubble.text and (found := CASE_NO.search(bubble.text)):
                receipts[(chat_id, found[0])] += 1
    made.n_said_twice += sum(n - 1 for n in receipts.values() if n > 1)


def _live(telegram: FakeTelegram, chat_id: int) -> Iterator[str]:
    """Names the case of every message that has buttons."""
    for bubble in telegram.chats.get(chat_id, []):
        if bubble.buttons and (found := CASE_NO.search(bubble.text)):
            yield found[0]
