"""One turn of the talk about a draft: who, when, and where drafts are kept between two turns."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from actions.ports import Deps
from actions.views import Member
from bot.intake.draft import Draft, from_json, to_json
from bot.replies import Replies
from config.texts import Text

IDLE: Final = timedelta(hours=2)
"""Who comes back later than this has probably found something else: the old draft is then set aside."""
MOST_DRAFTS: Final = 20
_SIGNS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_ID_SPACE: Final = 36**5


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a handler of the intake needs of the update in hand."""

    deps: Deps
    member: Member
    t: Text
    replies: Replies
    channel: str
    now: datetime
    update_id: int

    async def current(self) -> Draft | None:
        """Gives the draft that messages go into now."""
        async with self.deps.store.read() as unit:
            draft_id, _ = await unit.drafts.get(self._pointer)
        return await self.draft(draft_id) if draft_id is not None else None

    async def draft(self, draft_id: str) -> Draft | None:
        """Finds a draft of this person; None once it was filed or cancelled."""
        async with self.deps.store.read() as unit:
            state, data = await unit.drafts.get(self._key(draft_id))
        return from_json(data) if state is not None else None

    async def drafts(self) -> list[Draft]:
        """Lists this person's drafts, the newest first."""
        async with self.deps.store.read() as unit:
            rows = await unit.drafts.of_person(self._key(""))
        found = [from_json(row.data) for row in rows]
        return sorted(found, key=lambda draft: draft.started_at, reverse=True)[:MOST_DRAFTS]

    async def begin(self) -> Draft:
        """Starts a fresh draft; one that was open stays among the drafts."""
        number = self.update_id % _ID_SPACE
        while await self.draft(short(number)) is not None:
            number += 1
        return Draft(draft_id=short(number), started_at=self.now)

    async def keep(self, draft: Draft) -> None:
        """Keeps a draft and makes it the one that messages go into."""
        async with self.deps.store.begin() as unit:
            await unit.drafts.put(self._key(draft.draft_id), "open", to_json(draft))
            await unit.drafts.put(self._pointer, draft.draft_id, {"at": self.now.isoformat()})

    async def set_aside(self) -> None:
        """Lets the next message start something new; the draft stays to be continued."""
        async with self.deps.store.begin() as unit:
            await unit.drafts.clear(self._pointer)

    async def drop(self, draft: Draft) -> None:
        """Forgets a draft that was filed or cancelled."""
        async with self.deps.store.begin() as unit:
            await unit.drafts.clear(self._key(draft.draft_id))
            current, _ = await unit.drafts.get(self._pointer)
            if current == draft.draft_id:
                await unit.drafts.clear(self._pointer)

    async def idle(self) -> bool:
        """Tells whether the open draft was left alone for long."""
        async with self.deps.store.read() as unit:
            draft_id, data = await unit.drafts.get(self._pointer)
        return draft_id is not None and self.now - datetime.fromisoformat(data["at"]) > IDLE

    @property
    def _pointer(self) -> str:
        return f"intake:{self.member.person_id}"

    def _key(self, draft_id: str) -> str:
        return f"draft:{self.member.person_id}:{draft_id}"


def card_key(draft: Draft) -> str:
    """Names the live card of a draft."""
    return f"draft:{draft.draft_id}"


def short(number: int) -> str:
    """Writes a number with few signs: a button has 64 bytes for everything."""
    signs = ""
    while number:
        number, rest = divmod(number, 36)
        signs = _SIGNS[rest] + signs
    return signs or "0"


def moved(draft: Draft) -> Draft:
    """Counts one more version of the card."""
    return replace(draft, version=draft.version + 1)
