"""What a case's card says to its viewer, line by line. Reads a view; asks nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from actions.views import CaseView
from bot.outgoing import times
from bot.outgoing.content import CAPTION_UNITS
from bot.outgoing.wording import Say, escaped, shortened, utf16_len
from models.rules.catalogue import Catalogue, Field, FieldType, Purpose
from models.rules.clocks import ClockName
from models.rules.commands import Verb
from models.rules.facts import Ask
from models.rules.fields import shown
from models.rules.roles import Party
from models.rules.states import QUEUED, Grade, State

_WORDS_UNITS: Final = 240
_LEAST_WORDS_UNITS: Final = 60
_SHOWN_CLOCKS: Final = {
    State.REGISTERED: (ClockName.DISPATCHING,),
    State.RETURNED: (ClockName.DISPATCHING,),
    State.REOPENED: (ClockName.DISPATCHING,),
    State.DISPATCHED: (ClockName.ACKNOWLEDGE, ClockName.ON_SCENE, ClockName.DONE),
    State.SIGNED: (ClockName.ON_SCENE, ClockName.DONE),
    State.HANDLING: (ClockName.DONE,),
    State.HANDLED: (ClockName.CHECKING,),
    State.VERIFYING: (ClockName.CHECKING,),
    State.SUSPENDED: (ClockName.REVIEW,),
}
ASK_PURPOSE: Final = {Ask.SUSPENSION: Purpose.SUSPEND, Ask.VOID: Purpose.VOID}
_TAG_PURPOSE: Final = {
    "case:returned": Purpose.RETURN,
    "case:suspended": Purpose.SUSPEND,
    "case:voided": Purpose.VOID,
    "case:reopened": Purpose.REOPEN,
}
_OFFICE: Final = frozenset({Party.DISPATCHER, Party.SUPERVISOR, Party.DISTRICT})


class CardText:
    """Writes cards in one language at one moment."""

    def __init__(self, catalogue: Catalogue, t: Say, now: datetime) -> None:
        self._catalogue = catalogue
        self._t = t
        self._now = now

    def write(self, view: CaseView, *, caption: bool = False, above: str = "", sides: bool = False) -> tuple[str, str]:
        """Gives the card as HTML and plain, under a sentence if there is one.

        As a caption it is cut where it hurts least: the long words, then the last lines. `sides` explains a
        picture that sets before and after side by side.
        """
        heading = [_both(f"{above}\n")] if above else []
        for units in (_WORDS_UNITS, _WORDS_UNITS // 2, _LEAST_WORDS_UNITS):
            lines = heading + list(self._lines(view, units, sides=sides))
            plain = "\n".join(p for _, p in lines)
            if not caption or utf16_len(plain) <= CAPTION_UNITS:
                break
        while caption and utf16_len(plain) > CAPTION_UNITS and len(lines) > 1:
            lines.pop()
            plain = "\n".join(p for _, p in lines)
        return "\n".join(h for h, _ in lines), plain

    def title(self, view: CaseView) -> str:
        """Gives the first line without markup: how urgent, what, which number."""
        return self._t(
            "card.title",
            mark=self._t(f"urgency.mark.{view.facts.urgency}"),
            kind=self.kind(view.facts.kind),
            case_no=view.case_no,
        )

    def kind(self, code: str) -> str:
        """Names a kind; a code that left the catalogue stays readable as itself."""
        kind = self._catalogue.kinds.get(code)
        return kind.label.in_(self._t.language) if kind else code

    def where(self, view: CaseView) -> str:
        """Says the place from the district inwards, then the words that were given."""
        if not view.facts.areas.placed:
            given = view.address_text or ""
            return self._t("card.unplaced", given=given).strip()
        names = (view.areas.district, view.areas.street, view.areas.community, view.areas.grid)
        parts = [name for name in names if name]
        if view.address_text:
            parts.append(view.address_text)
        return " ".join(parts) or view.areas.city

    def state(self, view: CaseView) -> str:
        """Says the state with its flags."""
        return " · ".join([self._t(f"state.{view.facts.state}"), *self._flags(view)])

    def _lines(self, view: CaseView, words_units: int, *, sides: bool) -> Iterable[tuple[str, str]]:
        title = self.title(view)
        yield f"<b>{escaped(title)}</b>", title
        yield _both(self.state(view))
        if view.danger and view.facts.open:
            danger = self._t("card.danger", words=self._listed(view.danger))
            yield f"<b>{escaped(danger)}</b>", danger
        yield _both(self._t("card.where", where=self.where(view)))
        if view.text:
            yield _both(self._t("card.words", words=shortened(view.text, words_units)))
        yield from map(_both, self._fields(view))
        yield _both(self._who_reported(view))
        yield from map(_both, self._who_works(view))
        yield from map(_both, self._last_words(view, words_units))
        yield from map(_both, self._due(view))
        yield from map(_both, self._asked(view))
        if sides:
            yield _both(self._t("card.sides"))

    def _flags(self, view: CaseView) -> Iterable[str]:
        facts = view.facts
        raised = {
            "overdue": facts.overdue,
            "urged": facts.urged and facts.open,
            "supervised": facts.supervised and facts.open,
            "designated": facts.designated and facts.open,
            "extended": facts.extended,
            "whistled": facts.whistled,
            "major": facts.grade is Grade.MAJOR,
            "on_spot": facts.on_spot,
        }
        yield from (self._t(f"flag.{name}") for name, up in raised.items() if up)
        if facts.n_rework and facts.open:
            yield self._t("flag.reworked", n=facts.n_rework)

    def _fields(self, view: CaseView) -> Iterable[str]:
        kind = self._catalogue.kinds.get(view.facts.kind)
        for field in kind.fields if kind else ():
            value = view.fields.get(field.code)
            if value is None or value == "" or field.type is FieldType.PHOTO:
                continue
            yield self._t("card.field", label=field.label.in_(self._t.language), value=self._value(field, value))
        for figure in self._catalogue.figures:
            amount = view.figures.get(figure.code)
            if amount is not None:
                label, unit = figure.label.in_(self._t.language), figure.unit.label.in_(self._t.language)
                yield self._t("card.field", label=label, value=f"{amount:g} {unit}")

    def _value(self, field: Field, value: Any) -> str:
        """Says a value as people would; a day or moment as on the other lines."""
        match field.type:
            case FieldType.TIME:
                return times.moment(datetime.fromisoformat(value), self._now, self._t)
            case FieldType.DAY:
                return times.day(date.fromisoformat(value), self._t)
        return shortened(shown(field, value, self._t.language), 120)

    def _who_reported(self, view: CaseView) -> str:
        names = self._listed(view.reporters[:3]) or self._t("card.nobody")
        key = "card.reported_by_many" if view.facts.n_reports > 1 else "card.reported"
        at = times.moment(view.facts.registered_at, self._now, self._t)
        return self._t(key, names=names, n=view.facts.n_reports, at=at)

    def _who_works(self, view: CaseView) -> Iterable[str]:
        who = self._listed((view.unit_name, view.holder_name))
        if who and view.facts.state not in QUEUED:
            yield self._t("card.holder", who=who)
        if view.verifier_name and view.facts.state in (State.VERIFYING, State.CLEARED):
            yield self._t("card.verifier", who=view.verifier_name)
        if view.facts.merged_into:
            yield self._t("card.merged_into", case_no=view.facts.merged_into)

    def _last_words(self, view: CaseView, units: int) -> Iterable[str]:
        """Quotes what the next person must know: why it came back, what was done."""
        wanted = {
            State.RETURNED: "case:returned",
            State.HANDLED: "case:handed_in",
            State.VERIFYING: "case:handed_in",
            State.CLEARED: "case:handed_in",
            State.HANDLING: "case:check_failed",
            State.VOIDED: "case:voided",
            State.REOPENED: "case:reopened",
        }
        tag = wanted.get(view.facts.state)
        line = next((h for h in reversed(view.history) if h.tag == tag and (h.words or h.reason)), None)
        if line is None or tag is None:
            return
        said = shortened(self.because(purpose_of(line.tag), line.reason, line.words), units)
        yield self._t(f"card.{tag.partition(':')[2]}", name=line.actor_name or "", words=said)

    def reason(self, purpose: Purpose | None, code: str | None) -> str:
        """Names a reason of the catalogue."""
        if code is None:
            return ""
        found = self._catalogue.reason(purpose, code) if purpose else None
        return found.label.in_(self._t.language) if found else code

    def because(self, purpose: Purpose | None, code: str | None, words: str | None) -> str:
        """Says a reason and its words, as far as there are any."""
        return self._t("join.colon").join(part for part in (self.reason(purpose, code), words) if part)

    def _listed(self, names: Iterable[str | None]) -> str:
        return self._t("join.list").join(name for name in names if name)

    def _due(self, view: CaseView) -> Iterable[str]:
        for name in _SHOWN_CLOCKS.get(view.facts.state, ()):
            clock = view.facts.clock(name)
            if clock is not None and clock.stopped_at is None and clock.paused_at is None:
                yield self._t(f"card.due.{name}", due=times.due(clock.due_at, self._now, self._t))
        if Verb.HAND_BACK in view.verbs and view.returnable_until is not None:
            yield self._t("card.returnable", until=times.moment(view.returnable_until, self._now, self._t))
        if view.facts.cleared_at is not None and view.facts.state is State.CLEARED:
            took = view.facts.cleared_at - view.facts.registered_at
            yield self._t(
                "card.cleared_after",
                at=times.moment(view.facts.cleared_at, self._now, self._t),
                span=times.span(max(took, timedelta(minutes=1)), self._t),
            )

    def _asked(self, view: CaseView) -> Iterable[str]:
        pending = view.facts.pending
        if pending is None or not view.parties & (_OFFICE | {Party.HOLDER, Party.REPORTER}):
            return
        until = times.moment(pending.until, self._now, self._t) if pending.until else ""
        review = times.day(pending.review_on, self._t) if pending.review_on else ""
        said = self.because(ASK_PURPOSE.get(pending.ask), pending.reason, pending.words)
        yield self._t(
            f"card.asked.{pending.ask}",
            words=shortened(said, _WORDS_UNITS),
            until=until,
            review=review,
            measure=shortened(pending.measure or "", 120),
        )


def purpose_of(tag: str, ask: Ask | None = None) -> Purpose | None:
    """Tells which list of reasons an event's reason is from."""
    return ASK_PURPOSE.get(ask) if ask else _TAG_PURPOSE.get(tag)


def _both(text: str) -> tuple[str, str]:
    return escaped(text), text
