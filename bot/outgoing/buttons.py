"""Which buttons stand under a case's card, after what its viewer may do now. Chooses nothing else."""

from __future__ import annotations

from typing import Final

from actions.views import CaseView
from bot.callbacks import CaseTap
from bot.outgoing.content import Button, Rows
from bot.outgoing.wording import Say
from models.rules.commands import Verb
from models.rules.facts import Ask
from models.rules.roles import Party
from models.rules.states import QUEUED, State, Urgency

_FIRST: Final = (
    Verb.SIGN,
    Verb.ARRIVE,
    Verb.HAND_IN,
    Verb.PASS_CHECK,
    Verb.FAIL_CHECK,
    Verb.RESUME,
    Verb.HAND_BACK,
    Verb.REOPEN,
)
"""What somebody is most likely to want, in the order of the buttons."""
_MORE: Final = (Verb.URGE, Verb.HAND_OVER, Verb.NOTE, Verb.MERGE, Verb.RELOCATE)
_GRANTS: Final = {
    Verb.EXTEND: Ask.EXTENSION,
    Verb.SUSPEND: Ask.SUSPENSION,
    Verb.VOID: Ask.VOID,
}
_A_ROW: Final = 2


def card_rows(view: CaseView, t: Say, *, map_url: str | None = None, more: bool = False) -> Rows:
    """Lays out the buttons: what is due first, then a fold with the rest, then where and what it looks like."""
    first = _decisions(view, t) + [_tap(verb.value, view, t) for verb in _FIRST if verb in view.verbs]
    first = _pickers(view, t) + first
    rest = _rest(view, t)
    rows = _in_rows(first)
    if more or (not first and len(rest) <= 2 * _A_ROW):
        # Where nothing is due there is room for the rest at once.
        rows += _in_rows(rest)
        rest = []
    rows += _in_rows(_looking(view, t, map_url), a_row=3)
    if rest:
        rows.append((_tap("more", view, t),))
    return tuple(rows)


def _pickers(view: CaseView, t: Say) -> list[Button]:
    """Offers to find a holder where one is owed, and a place where nobody knew it."""
    found: list[Button] = []
    if view.facts.state not in QUEUED:
        return found
    if not view.facts.areas.placed and Verb.RELOCATE in view.verbs:
        found.append(_tap("relocate", view, t))
    if Verb.DISPATCH in view.verbs:
        found.append(_tap("dispatch", view, t))
    if Verb.DESIGNATE in view.verbs:
        found.append(_tap("designate", view, t))
    return found


def _decisions(view: CaseView, t: Say) -> list[Button]:
    """Offers the second person to grant or to decline what was asked."""
    grants = [_tap(f"grant_{ask.value}", view, t) for verb, ask in _GRANTS.items() if verb in view.verbs]
    if Verb.DECLINE in view.verbs:
        grants.append(_tap("decline", view, t))
    return grants


def _rest(view: CaseView, t: Say) -> list[Button]:
    """Offers what is rarely needed."""
    found: list[Button] = []
    void: list[Button] = []
    holder = Party.HOLDER in view.parties
    if Verb.ASK in view.verbs and view.facts.pending is None:
        if holder and view.facts.state in (State.DISPATCHED, State.SIGNED, State.HANDLING):
            if view.facts.urgency is not Urgency.U1:
                found.append(_tap("ask_extension", view, t))
            found.append(_tap("ask_suspension", view, t))
        void = [_tap("ask_void", view, t)]
    for verb in _MORE:
        placing = verb is Verb.RELOCATE and view.facts.state in QUEUED and not view.facts.areas.placed
        if verb in view.verbs and not placing:
            found.append(_tap(verb.value, view, t))
    if view.facts.state not in QUEUED:
        found += [_tap(verb.value, view, t) for verb in (Verb.DISPATCH, Verb.DESIGNATE) if verb in view.verbs]
    return found + void


def _looking(view: CaseView, t: Say, map_url: str | None) -> list[Button]:
    """Offers a closer look: the map, the pictures in full, the history."""
    found: list[Button] = []
    if map_url:
        found.append({"text": t("button.map"), "url": map_url})
    if view.before or view.after:
        found.append(_tap("photos", view, t))
    found.append(_tap("history", view, t))
    return found


def _tap(do: str, view: CaseView, t: Say) -> Button:
    data = CaseTap(do=do, no=view.case_no, v=view.facts.version)
    return {"text": t(f"button.{do}"), "callback_data": data.pack()}


def open_button(case_no: str, label: str) -> Button:
    """Gives the button that shows a case anew."""
    return {"text": label, "callback_data": CaseTap(do="open", no=case_no).pack()}


def _in_rows(buttons: list[Button], a_row: int = _A_ROW) -> list[tuple[Button, ...]]:
    return [tuple(buttons[i : i + a_row]) for i in range(0, len(buttons), a_row)]
