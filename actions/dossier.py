"""Everything about one case in one piece: its history, its pictures with their hashes, and where it lies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from actions import looking
from actions.browse import within
from actions.ports import Deps
from actions.views import CaseView
from models.rules.roles import Actor
from models.store.rows import EvidenceRow, MediaRow


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture of the case; `sha256` is that of the bytes as they came from the phone.

    `status` is `ready`, or says why there are no bytes (`loading`, `refused`).
    """

    media_id: int
    role: str
    event_seq: int
    status: str
    sha256: str | None
    received_at: datetime | None
    taken_at: datetime | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A case as one viewer may see it, with its exhibits in the order of the history."""

    view: CaseView
    exhibits: tuple[Exhibit, ...]

    @property
    def changed_at(self) -> datetime:
        """Gives when the case changed last."""
        return self.view.history[-1].at


async def dossier(deps: Deps, actor: Actor, bound: str | None, case_no: str) -> Dossier:
    """Collects a case; raises `UnknownCase` for one that is not there, not the viewer's to see, or out of bounds."""
    async with deps.store.read() as unit:
        view = await looking.look(deps, unit, actor, case_no)
        within(bound, view.facts)
        shown = await unit.media.of_case(case_no)
        rows = await unit.media.many([row.media_id for row in shown])
    return Dossier(view, tuple(_exhibits(shown, rows)))


async def content(deps: Deps, exhibit: Exhibit) -> bytes | None:
    """Reads the bytes of an exhibit as they are kept: upright, without metadata; None when there are none."""
    if exhibit.key is None:
        return None
    try:
        return await deps.photos.get(exhibit.key)
    except FileNotFoundError:
        return None


def _exhibits(shown: Iterable[EvidenceRow], rows: dict[int, MediaRow]) -> Iterable[Exhibit]:
    for evidence in shown:
        row = rows.get(evidence.media_id)
        yield Exhibit(
            media_id=evidence.media_id,
            role=evidence.role,
            event_seq=evidence.event_seq,
            status=evidence.status,
            sha256=evidence.sha256,
            received_at=row.received_at if row else None,
            taken_at=row.taken_at if row else None,
            key=row.key if row else None,
        )
