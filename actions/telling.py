"""Writes who must hear of an event as message rows of the same transaction. Sends nothing."""

from collections.abc import Iterable

from actions.ports import Deps, Unit
from actions.posts import on_post_of, with_role
from models.rules import codec, events
from models.rules.facts import CaseFacts
from models.rules.notices import Notice, notices
from models.rules.roles import PARTY_ROLE, Party, Role
from models.rules.states import Urgency

LIFE_DANGER, CONVERSATION, NORMAL, DIGEST = 0, 2, 5, 8
"""Priorities of messages and jobs: the smaller goes first."""

LAST_RESORT = (Party.DISPATCHER, Party.SUPERVISOR, Party.DISTRICT)
"""When nobody is on post for a party, the next of these hears instead; an alarm never falls silent."""


def card_key(case_no: str) -> str:
    """Names the live card of a case; each person has one at most."""
    return f"case:{case_no}"


def priority_of(facts: CaseFacts) -> int:
    """Puts life in danger before everything else."""
    return LIFE_DANGER if facts.urgency is Urgency.U1 else NORMAL


async def tell(deps: Deps, unit: Unit, happened: Iterable[events.Event], facts: CaseFacts) -> None:
    """Tells everyone concerned by these events; whoever has a live card of the case sees it change."""
    told: dict[int, bool] = {}
    actor_id: int | None = None
    for event in happened:
        actor_id = event.actor_id
        for notice in notices(event, facts, deps.setting.policy):
            for person_id in await listeners(deps, unit, notice.party, facts):
                loud = notice.loud and person_id != event.actor_id
                if person_id in told and (told[person_id] or not loud):
                    # One ring an event: who reported and holds a case hears of its end once.
                    continue
                told[person_id] = loud
                await add(deps, unit, person_id, facts, notice, loud=loud, about=event)
    watching = await unit.cards.people(card_key(facts.case_no))
    for person_id in sorted(({*watching} | ({actor_id} if actor_id else set())) - told.keys()):
        await add(deps, unit, person_id, facts, None, loud=False)
    unit.after_commit(deps.hint)


async def add(
    deps: Deps,
    unit: Unit,
    person_id: int,
    facts: CaseFacts,
    notice: Notice | None,
    *,
    loud: bool,
    about: events.Event | None = None,
) -> None:
    """Writes one message; without a notice the person's card is only drawn anew."""
    template = notice.key if notice else "card"
    body: dict[str, object] = {"template": template, "case_no": facts.case_no, "facts": {}}
    if about is not None:
        body["event"] = {"tag": about.tag, "seq": about.seq, "data": _told(about)}
    await unit.messages.add(
        person_id=person_id,
        body=body,
        card_key=card_key(facts.case_no),
        loud=loud,
        priority=priority_of(facts),
    )


def _told(event: events.Event) -> dict[str, object]:
    """Gives what a sentence may need of an event; clocks and limits are the case's own and long."""
    data = codec.dump(event)
    assert isinstance(data, dict)
    return {name: value for name, value in data.items() if name not in ("clocks", "limits")}


async def tell_queue(deps: Deps, unit: Unit, facts: CaseFacts, why: str) -> None:
    """Rings whoever must pick a holder, because no rule could."""
    bounced = facts.n_returned >= deps.setting.policy.n_returns_to_district
    party = Party.DISTRICT if bounced else Party.DISPATCHER
    notice = Notice(party, f"notice.queue.{party}", loud=True)
    for person_id in await listeners(deps, unit, party, facts):
        body: dict[str, object] = {
            "template": notice.key,
            "case_no": facts.case_no,
            "facts": {"why": why},
        }
        await unit.messages.add(
            person_id=person_id,
            body=body,
            card_key=card_key(facts.case_no),
            loud=True,
            priority=priority_of(facts),
        )
    unit.after_commit(deps.hint)


async def listeners(deps: Deps, unit: Unit, party: Party, facts: CaseFacts) -> list[int]:
    """Finds the people who are that party now; falls back along `LAST_RESORT` when nobody is."""
    found = await _people(deps, unit, party, facts)
    if found or party is Party.REPORTER:
        return found
    for other in LAST_RESORT:
        found = await _people(deps, unit, other, facts)
        if found:
            return found
    return await unit.people.with_post(Role.ADMIN, facts.areas.chain)


async def _people(deps: Deps, unit: Unit, party: Party, facts: CaseFacts) -> list[int]:
    match party:
        case Party.REPORTER:
            return await unit.reports.reporters(facts.case_no)
        case Party.HOLDER if facts.holder_id is not None:
            return [facts.holder_id]
        case Party.HOLDER:
            return await on_post_of(deps, unit, facts.unit_code, facts.areas) if facts.unit_code else []
        case Party.VERIFIER if facts.verifier_id is not None:
            return [facts.verifier_id]
        case Party.SYSTEM | Party.MEMBER:
            return []
    found = await with_role(unit, PARTY_ROLE[party], facts.areas.chain)
    if party is Party.VERIFIER:
        return [person for person in found if person not in facts.rectifier_ids]
    return found
