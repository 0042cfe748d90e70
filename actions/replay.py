"""Is the row of a case what its events say, and are these the events that were written? Changes nothing.

The history is folded anew and compared with the tables; the chain of hashes tells the first event that was
changed, removed or moved.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from actions.ports import Deps, Unit
from models.rules import codec
from models.rules.errors import UnknownCase
from models.rules.events import fold
from models.store.cases import to_store
from models.store.chain import Broken, broken
from models.store.rows import Stored

PAGE = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the tables hold and the events do not say; `part` is facts, columns, clock, or people."""

    part: str
    name: str
    stored: str
    folded: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What replaying one case found.

    `fault` is set when its events could not be read or folded at all, `broken` when they are not those that were
    written.
    """

    case_no: str
    n_events: int
    differences: tuple[Difference, ...] = ()
    fault: str | None = None
    broken: Broken | None = None

    @property
    def agrees(self) -> bool:
        """Tells whether the tables say what the events say, and the events are those that were written."""
        return not self.differences and self.fault is None and self.broken is None


async def replay(deps: Deps, case_no: str) -> Replayed:
    """Replays one case; raises `UnknownCase`."""
    async with deps.store.read() as unit:
        return await _replay(unit, case_no)


async def replay_all(deps: Deps) -> AsyncIterator[Replayed]:
    """Replays every case in the order of the numbers, a page of cases to a snapshot."""
    after = ""
    while True:
        async with deps.store.read() as unit:
            numbers = await unit.cases.all_nos(after, PAGE)
            found = [await _replay(unit, number) for number in numbers]
        for replayed in found:
            yield replayed
        if len(numbers) < PAGE:
            return
        after = numbers[-1]


async def _replay(unit: Unit, case_no: str) -> Replayed:
    held = await unit.cases.stored(case_no)
    if held is None:
        raise UnknownCase(case_no=case_no)
    links = await unit.cases.links(case_no)
    first = broken(links, held.columns["version"], held.head)
    try:
        folded = fold(codec.load_event(link.tag, link.data) for link in links)
    except (ValueError, TypeError, KeyError) as fault:
        # An event that the code cannot read, a gap, or no events: found by replaying, so it is the answer.
        return Replayed(case_no, len(links), fault=f"{type(fault).__name__}: {fault}", broken=first)
    return Replayed(case_no, len(links), tuple(_differences(held, to_store(folded))), broken=first)


def _differences(held: Stored, wanted: Stored) -> Iterator[Difference]:
    """Lists everything in which the tables and the fold differ."""
    columns = {name: value for name, value in held.columns.items() if name != "facts"}
    said = {name: value for name, value in wanted.columns.items() if name != "facts"}
    yield from _unequal("facts", held.columns["facts"], wanted.columns["facts"])
    yield from _unequal("columns", columns, said)
    for name in sorted(held.clocks.keys() | wanted.clocks.keys()):
        yield from _unequal(f"clock {name}", held.clocks.get(name, {}), wanted.clocks.get(name, {}))
    if held.rectifiers != wanted.rectifiers:
        yield Difference("people", "rectifiers", _shown(sorted(held.rectifiers)), _shown(sorted(wanted.rectifiers)))


def _unequal(part: str, held: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted(held.keys() | wanted.keys()):
        one, other = held.get(name), wanted.get(name)
        if one != other:
            yield Difference(part, name, _shown(one), _shown(other))


def _shown(value: object) -> str:
    """Writes a value as it would be stored, so that a person can compare the two."""
    return str(codec.dump(value))
