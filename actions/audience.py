"""Who are the parties of many cases now? Asked of the database once for all of them, remembered for a transaction."""

from collections.abc import Iterable, Sequence

from actions.ports import Deps, Unit
from actions.posts import nearest, present, with_role
from models.rules.facts import AreaCodes, CaseFacts
from models.rules.roles import PARTY_ROLE, Party, Role
from models.store.rows import PostRow

LAST_RESORT = (Party.DISPATCHER, Party.SUPERVISOR, Party.DISTRICT)
"""When nobody is on post for a party, the next of these hears instead; an alarm never falls silent."""


def card_key(case_no: str) -> str:
    """Names the live card of a case; each person has one at most."""
    return f"case:{case_no}"


class Audience:
    """The people around some cases, as they are within one transaction; not to be kept beyond it."""

    def __init__(self, deps: Deps, unit: Unit) -> None:
        self._deps = deps
        self._unit = unit
        self._reporters: dict[str, list[int]] = {}
        self._watching: dict[str, set[int]] = {}
        self._posts: dict[str, list[PostRow]] = {}
        self._holders: dict[tuple[Role, tuple[str, ...]], list[int]] = {}

    async def know(self, case_nos: Iterable[str]) -> None:
        """Reads who reported the cases and in whose chats their cards are."""
        new = [number for number in dict.fromkeys(case_nos) if number not in self._reporters]
        if new:
            self._reporters |= await self._unit.reports.reporters_of(new)
            keys = {card_key(number): number for number in new}
            shown = await self._unit.cards.people_of(keys)
            self._watching |= {number: shown.get(key, set()) for key, number in keys.items()}

    async def know_units(self, unit_codes: Iterable[str]) -> None:
        """Reads who holds the posts of these units."""
        new = [code for code in dict.fromkeys(unit_codes) if code not in self._posts]
        if new:
            self._posts |= await self._unit.people.posts_of_units(new)

    def watching(self, case_no: str) -> set[int]:
        """Gives the people in whose chats the card of a known case is shown."""
        return self._watching[case_no]

    async def on_post(self, unit_code: str, areas: AreaCodes) -> int | None:
        """Finds who of a unit receives a case of a place; None when everybody is off duty."""
        await self.know_units([unit_code])
        return present(self._deps, nearest(self._posts[unit_code], areas))

    async def of(self, party: Party, facts: CaseFacts) -> Sequence[int]:
        """Finds the people who are that party now; falls back along `LAST_RESORT` when nobody is."""
        found = await self._people(party, facts)
        if found or party is Party.REPORTER:
            return found
        for other in LAST_RESORT:
            found = await self._people(other, facts)
            if found:
                return found
        return await self._unit.people.with_post(Role.ADMIN, facts.areas.chain)

    async def _people(self, party: Party, facts: CaseFacts) -> list[int]:
        match party:
            case Party.REPORTER:
                await self.know([facts.case_no])
                return self._reporters[facts.case_no]
            case Party.HOLDER if facts.holder_id is not None:
                return [facts.holder_id]
            case Party.HOLDER:
                person = await self.on_post(facts.unit_code, facts.areas) if facts.unit_code else None
                return [person] if person is not None else []
            case Party.VERIFIER if facts.verifier_id is not None:
                return [facts.verifier_id]
            case Party.SYSTEM | Party.MEMBER:
                return []
        found = await self._with_role(PARTY_ROLE[party], facts.areas.chain)
        if party is Party.VERIFIER:
            return [person for person in found if person not in facts.rectifier_ids]
        return found

    async def _with_role(self, role: Role, codes: tuple[str, ...]) -> list[int]:
        key = (role, codes)
        if key not in self._holders:
            self._holders[key] = await with_role(self._unit, role, codes)
        return self._holders[key]
