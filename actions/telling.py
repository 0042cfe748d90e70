"""Writes who must hear of an event as message rows of the same transaction. Sends nothing."""

from collections.abc import Iterable, Mapping, Sequence

from actions.audience import Audience, card_key
from actions.ports import Deps, Unit
from models.rules import codec, events
from models.rules.facts import CaseFacts
from models.rules.notices import Notice, notices
from models.rules.roles import Party
from models.rules.states import Urgency
from models.store.rows import MessageNew

LIFE_DANGER, CONVERSATION, NORMAL, DIGEST = 0, 2, 5, 8
"""Priorities of messages and jobs: the smaller goes first."""


def priority_of(facts: CaseFacts) -> int:
    """Puts life in danger before everything else."""
    return LIFE_DANGER if facts.urgency is Urgency.U1 else NORMAL


async def tell(deps: Deps, unit: Unit, happened: Iterable[events.Event], facts: CaseFacts) -> None:
    """Tells everyone concerned by these events; whoever has a live card of the case sees it change."""
    await tell_all(deps, unit, [(tuple(happened), facts)], Audience(deps, unit))


async def tell_all(
    deps: Deps, unit: Unit, happened: Sequence[tuple[Sequence[events.Event], CaseFacts]], audience: Audience
) -> None:
    """Does what `tell` does for the events of many cases, in the order in which they come."""
    if deps.silent:
        return
    await audience.know(facts.case_no for _, facts in happened)
    said = [message for some, facts in happened for message in await _messages(deps, some, facts, audience)]
    await unit.messages.add_all(said)
    unit.after_commit(deps.hint)


async def _messages(
    deps: Deps, happened: Sequence[events.Event], facts: CaseFacts, audience: Audience
) -> list[MessageNew]:
    """Lists what is said of the events of one case."""
    said: list[MessageNew] = []
    told: dict[int, bool] = {}
    actor_id: int | None = None
    for event in happened:
        actor_id = event.actor_id
        about = {"tag": event.tag, "seq": event.seq, "data": _told(event)}
        for notice in notices(event, facts, deps.setting.policy):
            for person_id in await audience.of(notice.party, facts):
                loud = notice.loud and person_id != event.actor_id
                if person_id in told and (told[person_id] or not loud):
                    # One ring an event: who reported and holds a case hears of its end once.
                    continue
                told[person_id] = loud
                said.append(_message(person_id, facts, notice, loud=loud, about=about))
    others = {*audience.watching(facts.case_no)} | ({actor_id} if actor_id else set())
    return said + [_message(person_id, facts, None, loud=False) for person_id in sorted(others - told.keys())]


def _message(
    person_id: int, facts: CaseFacts, notice: Notice | None, *, loud: bool, about: Mapping[str, object] | None = None
) -> MessageNew:
    """Makes one message; without a notice the person's card is only drawn anew."""
    template = notice.key if notice else "card"
    body: dict[str, object] = {"template": template, "case_no": facts.case_no, "facts": {}}
    if about is not None:
        body["event"] = about
    return MessageNew(person_id, body, card_key(facts.case_no), loud, priority_of(facts))


def _told(event: events.Event) -> dict[str, object]:
    """Gives what a sentence may need of an event; clocks and limits are the case's own and long."""
    data = codec.dump(event)
    assert isinstance(data, dict)
    return {name: value for name, value in data.items() if name not in ("clocks", "limits")}


async def tell_queue(deps: Deps, unit: Unit, facts: CaseFacts, why: str) -> None:
    """Rings whoever must pick a holder, because no rule could."""
    await tell_queues(deps, unit, [(facts, why)], Audience(deps, unit))


async def tell_queues(deps: Deps, unit: Unit, waiting: Sequence[tuple[CaseFacts, str]], audience: Audience) -> None:
    """Does what `tell_queue` does for many cases, in the order in which they come."""
    if deps.silent:
        return
    said: list[MessageNew] = []
    for facts, why in waiting:
        bounced = facts.n_returned >= deps.setting.policy.n_returns_to_district
        party = Party.DISTRICT if bounced else Party.DISPATCHER
        body = {"template": f"notice.queue.{party}", "case_no": facts.case_no, "facts": {"why": why}}
        for person_id in await audience.of(party, facts):
            said.append(MessageNew(person_id, body, card_key(facts.case_no), True, priority_of(facts)))
    await unit.messages.add_all(said)
    unit.after_commit(deps.hint)
