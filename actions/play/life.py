"""The life of one case of the play, from the first look to the last check, through the same actions as any other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from actions import cases, places, reports, routing
from actions.play.cast import CHANNEL, Street
from actions.play.script import Scene, Script
from actions.ports import Deps
from actions.reports import FilingRequest, PlaceGiven
from models.rules.catalogue import Field, FieldType, FieldValue, Kind
from models.rules.clocks import ClockName
from models.rules.errors import Refusal
from models.rules.facts import Ask, CaseFacts
from models.rules.roles import Actor, Role
from models.rules.states import State

STEADY, PILED_UP = 0.45, 1.1
"""The usual share of the time limit that a handling takes, and that of a storm's."""
ON_SPOT, RETURNS, FAILS, ASKS, RELAPSES = 0.08, 0.05, 0.08, 0.06, 0.02
"""How often a hazard is fixed on the spot, a case handed back, a check failed, something asked, a hazard back."""
TRIES = 12
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Life:
    """What a life needs. `clock` is set to the moment of each step; nothing happens after `until`."""

    deps: Deps
    script: Script
    chance: Random
    until: datetime
    set_clock: Callable[[datetime], None]
    photos: tuple[int, ...]
    actor_of: Callable[[int], Actor | None]
    centres: Mapping[str, Actor]

    async def lead(self, street: Street, begun: datetime, number: int, *, storm: bool) -> str | None:
        """Lets a hazard be seen and dealt with; gives the case's number, None when nothing was filed.

        A whole life is one transaction: the clock of a service that runs beside it never meets a step of the past.
        """
        self.set_clock(begun)
        async with self.deps.store.begin():
            case_no = await self._filed(street, self.script.scene(self.chance, storm=storm), number)
            if case_no is not None:
                await self._live(street, case_no, begun + self._some(2), PILED_UP if storm else STEADY)
        return case_no

    async def _live(self, street: Street, case_no: str, now: datetime, pace: float) -> None:
        """Takes one step after another, each with the clocks before it, until nobody moves or time is up."""
        for _ in range(TRIES):
            facts = await self._clocks(case_no, min(now, self.until))
            if now >= self.until:
                return
            self.set_clock(now)
            try:
                moved = await self._step(street, facts)
            except Refusal:
                # A clock or an earlier wish was faster, as in life.
                moved = False
            if not moved:
                break
            now = self._later(now, await self._facts(case_no), pace)
        await self._clocks(case_no, self.until)

    async def _step(self, street: Street, facts: CaseFacts) -> bool:
        """Does what the state asks for; False when the story ends here."""
        deps, no = self.deps, facts.case_no
        holder = self.actor_of(facts.holder_id) if facts.holder_id is not None else None
        match facts.state:
            case State.REGISTERED | State.REOPENED | State.RETURNED:
                return await self._dispatched(street, facts)
            case State.DISPATCHED if holder is not None:
                if self.chance.random() < RETURNS and not facts.designated and not facts.n_returned:
                    words = self.script.say(self.chance, "returned")
                    await cases.hand_back(deps, holder, no, reason="wrong_duty", words=words)
                else:
                    await cases.sign(deps, holder, no)
                return True
            case State.SIGNED | State.HANDLING if holder is not None:
                return await self._handled(street, facts, holder)
            case State.HANDLED:
                return bool(await routing.assign_checks(deps, [no]))
            case State.VERIFYING if facts.verifier_id is not None:
                return await self._checked(facts, self.actor_of(facts.verifier_id))
            case State.CLEARED if self.chance.random() < RELAPSES and not facts.n_reopened:
                words = self.script.say(self.chance, "reopened")
                await cases.reopen(deps, street.actors[Role.GRID_WORKER], no, reason="relapse", words=words)
                return True
        return False

    async def _dispatched(self, street: Street, facts: CaseFacts) -> bool:
        """Lets the rules route; what they cannot is given to the street by its dispatcher."""
        if facts.state is not State.RETURNED and await routing.place_and_route(self.deps, [facts.case_no]):
            return True
        dispatcher = street.actors[Role.STREET_DISPATCHER]
        await cases.dispatch(self.deps, dispatcher, facts.case_no, unit_code=f"ST-{street.code}")
        return True

    async def _handled(self, street: Street, facts: CaseFacts, holder: Actor) -> bool:
        if self.chance.random() < ASKS and not facts.n_extensions and facts.pending is None:
            return await self._asked(street, facts, holder)
        words = self.script.say(self.chance, "handled")
        await cases.hand_in(self.deps, holder, facts.case_no, words=words, media=[self._photo(after=True)])
        return True

    async def _asked(self, street: Street, facts: CaseFacts, holder: Actor) -> bool:
        """Asks for more time, a suspension or the end of a false report, and somebody else decides."""
        deps, no, now = self.deps, facts.case_no, self.deps.clock()
        ask = self.chance.choice((Ask.EXTENSION, Ask.SUSPENSION, Ask.VOID))
        lead = street.actors[Role.STREET_SUPERVISOR]
        if lead.person_id == holder.person_id or ask is not Ask.EXTENSION:
            lead = street.actors[Role.STREET_DISPATCHER]
        centre = self.centres.get(facts.areas.district or "")
        if centre is not None and self.chance.random() < 0.5:
            lead = centre
        match ask:
            case Ask.EXTENSION:
                until = max(facts.due_at or now, now) + timedelta(days=3)
                await cases.ask(deps, holder, no, ask=ask, words=self.script.say(self.chance, "extended"), until=until)
                await cases.extend(deps, lead, no)
            case Ask.SUSPENSION:
                review_on = (now + timedelta(days=90)).date()
                words, measure = self.script.say(self.chance, "suspended"), self.script.say(self.chance, "measure")
                await cases.ask(
                    deps, holder, no, ask=ask, words=words, reason="engineering", review_on=review_on, measure=measure
                )
                await cases.suspend(deps, lead, no)
            case Ask.VOID:
                words = self.script.say(self.chance, "voided")
                await cases.ask(deps, holder, no, ask=ask, words=words, reason="no_fact")
                await cases.void(deps, lead, no)
        return True

    async def _checked(self, facts: CaseFacts, verifier: Actor | None) -> bool:
        if verifier is None:
            return False
        if self.chance.random() < FAILS:
            await cases.fail_check(self.deps, verifier, facts.case_no, words=self.script.say(self.chance, "failed"))
        else:
            await cases.pass_check(self.deps, verifier, facts.case_no)
        return True

    async def _filed(self, street: Street, scene: Scene, number: int) -> str | None:
        kind = self.deps.catalogue.kinds[scene.kind]
        place = self._place(street)
        if place is None:
            return None
        request = FilingRequest(
            kind=scene.kind,
            text=scene.text,
            place=place,
            channel=CHANNEL,
            update_id=number,
            fields=_answers(kind, self.chance, self.deps.clock()),
            before=(self._photo(after=False),),
            after=(self._photo(after=True),) if self.chance.random() < ON_SPOT else (),
        )
        return (await reports.file(self.deps, street.actors[Role.GRID_WORKER], request)).case_no

    def _place(self, street: Street) -> PlaceGiven | None:
        """Puts a finger anywhere in the street; None when the box around it is nearly all of others."""
        west, south, east, north = street.box
        for _ in range(TRIES):
            latitude, longitude = self.chance.uniform(south, north), self.chance.uniform(west, east)
            placed = places.place_fix(self.deps, places.fix(latitude, longitude, accuracy_m=12.0))
            if placed.chain is None or placed.chain.street is None or placed.chain.street.code != street.code:
                continue
            return PlaceGiven(
                areas=places.area_codes(placed.chain),
                edition=placed.edition,
                method="phone",
                reason=placed.reason,
                latitude=latitude,
                longitude=longitude,
                raw_latitude=latitude,
                raw_longitude=longitude,
                coord_sys="wgs84",
                accuracy_m=12.0,
            )
        return None

    async def _clocks(self, case_no: str, until: datetime) -> CaseFacts:
        """Takes every ladder step that is due by then, each at its time."""
        while True:
            facts = await self._facts(case_no)
            due = [k for k in facts.clocks.values() if k.next_at is not None and k.next_at <= until]
            if not due:
                return facts
            clock = min(due, key=lambda k: k.next_at or until)
            self.set_clock(clock.next_at or until)
            async with self.deps.store.begin() as unit:
                await cases.step(self.deps, unit, case_no, ClockName(clock.name), clock.next_percent or 0)

    async def _facts(self, case_no: str) -> CaseFacts:
        async with self.deps.store.read() as unit:
            facts = await unit.cases.facts(case_no)
        assert facts is not None
        return facts

    def _later(self, now: datetime, facts: CaseFacts, pace: float) -> datetime:
        """Gives when the next one moves: around a share of the clock that runs, some much later."""
        running = [k for k in facts.clocks.values() if k.running and k.name is not ClockName.RETURNING]
        share = self.chance.lognormvariate(0.0, 0.6) * pace
        if not running:
            return now + self._some(24 * 60 * 4 if facts.state is State.CLEARED else 20)
        nearest = min(running, key=lambda k: k.due_at)
        return now + max((nearest.due_at - nearest.started_at) * share * 0.6, MINUTE)

    def _some(self, minutes: float) -> timedelta:
        return MINUTE * max(0.2, self.chance.expovariate(1 / minutes))

    def _photo(self, *, after: bool) -> int:
        """Chooses one of the photos, which are half before and half after."""
        half = len(self.photos) // 2
        return self.chance.choice(self.photos[half:] if after else self.photos[:half])


def _answers(kind: Kind, chance: Random, now: datetime) -> dict[str, FieldValue]:
    """Answers what the kind must know, and half of what it may."""
    return {
        field.code: _answer(field, chance, now)
        for field in kind.fields
        if not field.only_major and (field.required or chance.random() < 0.5) and _answerable(field)
    }


def _answerable(field: Field) -> bool:
    return field.type in (FieldType.NUMBER, FieldType.CHOICE, FieldType.TEXT) and (
        field.type is not FieldType.CHOICE or bool(field.choices)
    )


def _answer(field: Field, chance: Random, now: datetime) -> FieldValue:
    match field.type:
        case FieldType.NUMBER:
            low, high = field.low or 0.0, field.high if field.high is not None else 100.0
            value = low + (high - low) * min(1.0, chance.expovariate(20))
            return float(round(value)) if field.whole else round(value, 1)
        case FieldType.CHOICE:
            return chance.choice(field.choices).code
    return f"{now:%m-%d}"
