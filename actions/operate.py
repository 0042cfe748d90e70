"""What an operator does about work that was set aside: looks at it, lets it be tried again, or strikes it off.

Each has a reference that people can say: J and the number of a job, M of a message, U of an update, as the bot
tells it to the person whose update it was.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from actions.ports import Deps, Unit
from models.rules.errors import NoSuchItem
from models.store.rows import DeadJob, DeadMessage, InboxRow


class Sort(StrEnum):
    """What was set aside; the value is the letter in front of its number."""

    JOB = "J"
    MESSAGE = "M"
    UPDATE = "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """One thing that was set aside. `what` names it, `whom` whose it is, `why` is the whole fault."""

    sort: Sort
    number: int
    what: str
    whom: str
    chat: str = ""
    why: str
    set_aside_at: datetime

    @property
    def reference(self) -> str:
        """Gives what a person says to name it."""
        return f"{self.sort}{self.number}"

    @property
    def why_shortly(self) -> str:
        """Gives the last line of the fault, which in a traceback is the fault itself."""
        lines = [line.strip() for line in self.why.splitlines() if line.strip()]
        return lines[-1] if lines else ""

    @property
    def retriable(self) -> bool:
        """Tells whether trying again can help: a message that no chat would get has to wait for a chat."""
        return self.sort is not Sort.MESSAGE or bool(self.chat)


async def dead(deps: Deps, sorts: Collection[Sort] = tuple(Sort), limit: int = 100) -> tuple[Dead, ...]:
    """Lists what was set aside, the latest first, at most `limit` of each sort."""
    found: list[Dead] = []
    async with deps.store.read() as unit:
        if Sort.JOB in sorts:
            found += [_job(row) for row in await unit.jobs.buried(limit)]
        if Sort.MESSAGE in sorts:
            rows = await unit.messages.buried(limit)
            names = await unit.people.names({row.person_id for row in rows if row.person_id is not None})
            found += [_message(row, names) for row in rows]
        if Sort.UPDATE in sorts:
            found += [_update(row) for row in await unit.inbox.poisoned(limit)]
    return tuple(sorted(found, key=lambda one: one.set_aside_at, reverse=True))


async def retry(deps: Deps, reference: str, channel: str) -> None:
    """Lets one of them be tried again at once; raises `NoSuchItem` for what is not on the list.

    A message without a chat is not tried again: its person has to bind a chat first.
    """
    sort, number = read_reference(reference)
    async with deps.store.begin() as unit:
        now = deps.clock()
        match sort:
            case Sort.JOB:
                again = await unit.jobs.dig_up(number, now)
            case Sort.MESSAGE:
                again = await unit.messages.dig_up(number, now)
            case Sort.UPDATE:
                again = await unit.inbox.replay(channel, number)
        _listed(reference, again)
        unit.after_commit(deps.hint)


async def drop(deps: Deps, reference: str, channel: str) -> None:
    """Strikes one of them off the list for good; the row stays. Raises `NoSuchItem` for what is not on it."""
    sort, number = read_reference(reference)
    async with deps.store.begin() as unit:
        _listed(reference, await _struck(unit, sort, number, channel))


async def _struck(unit: Unit, sort: Sort, number: int, channel: str) -> bool:
    match sort:
        case Sort.JOB:
            return await unit.jobs.drop(number)
        case Sort.MESSAGE:
            return await unit.messages.drop(number)
        case Sort.UPDATE:
            return await unit.inbox.drop(channel, number)


def _listed(reference: str, found: bool) -> None:
    if not found:
        raise NoSuchItem(what="dead", name=reference)


def read_reference(reference: str) -> tuple[Sort, int]:
    """Reads J12, m 34 or U-5; raises `NoSuchItem` for anything else."""
    letter, number = reference[:1].upper(), reference[1:].strip()
    if letter in set(Sort) and number.removeprefix("-").isdecimal():
        return Sort(letter), int(number)
    raise NoSuchItem(what="dead", name=reference)


def _job(row: DeadJob) -> Dead:
    args = ", ".join(f"{name}={value}" for name, value in row.job.args.items())
    return Dead(
        sort=Sort.JOB,
        number=row.job.job_id,
        what=row.job.verb,
        whom=args,
        why=row.error,
        set_aside_at=row.buried_at,
    )


def _message(row: DeadMessage, names: Mapping[int, str]) -> Dead:
    person = names.get(row.person_id, "") if row.person_id is not None else ""
    chat = f"{row.channel} {row.chat_id}" if row.chat_id is not None else ""
    return Dead(
        sort=Sort.MESSAGE,
        number=row.id,
        what=str(row.body.get("template", "say")),
        whom=", ".join(part for part in (person, chat, str(row.body.get("case_no", ""))) if part),
        chat=chat,
        why=row.error,
        set_aside_at=row.buried_at,
    )


def _update(row: InboxRow) -> Dead:
    assert row.poison_at is not None
    return Dead(
        sort=Sort.UPDATE,
        number=row.update_id,
        what="update",
        whom=f"{row.channel} {row.chat_key}",
        why=row.fault or "",
        set_aside_at=row.poison_at,
    )
