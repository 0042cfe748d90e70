"""The end of every turn: what follows from what was said, kept, and shown on the one live card."""

from dataclasses import replace
from datetime import timedelta

from actions import places, reports
from bot.callbacks import DraftTap
from bot.intake import questions as q
from bot.intake.asking import Asked, ask
from bot.intake.card import summary
from bot.intake.draft import Draft, Twin
from bot.intake.menus import menu
from bot.intake.talk import Talk, card_key, moved
from bot.outgoing.times import span
from bot.replies import button

MOST_BELOW = 2
"""So many messages may stand below the card before it moves down to where the eye is."""


async def go_on(talk: Talk, before: Draft | None, draft: Draft, *, loud: bool = False) -> None:
    """Keeps the draft, asks the next question, and rings only when danger to life was just named."""
    draft = await _with_twins(talk, draft)
    if before is None or replace(before, note=None, below=0) != replace(draft, note=None, below=0):
        draft = moved(draft)
    alarm = draft.life_danger and not (before is not None and before.life_danger)
    await show(talk, draft, loud=loud or alarm or before is None)


async def show(talk: Talk, draft: Draft, *, loud: bool = False) -> None:
    """Draws the card; a note on it is shown once. Moves it down when it is out of sight."""
    loud = loud or draft.below > MOST_BELOW
    if loud:
        draft = replace(draft, below=0)
    asked = _asked(draft, talk)
    parts = [summary(draft, talk.deps.catalogue, talk.t)]
    if draft.note is not None:
        parts.append(talk.t.html(f"intake.note.{draft.note}", **draft.note_facts))
    parts.append(asked.text)
    await talk.keep(replace(draft, note=None, note_facts={}))
    await talk.replies.card(card_key(draft), "\n\n".join(parts), asked.rows, loud=loud)


def _asked(draft: Draft, talk: Talk) -> Asked:
    """Gives the list that is open, or else the next question."""
    opened = menu(draft, talk) if draft.menu is not None else None
    return opened or ask(draft, q.next_question(draft, talk.deps.catalogue), talk)


async def _with_twins(talk: Talk, draft: Draft) -> Draft:
    """Looks once for open cases of the same kind close by, as soon as kind and place are known, and shows them."""
    spot = draft.spot
    if draft.twins is not None or draft.kind is None or spot is None:
        return draft
    if spot.latitude is None or spot.longitude is None:
        return draft
    point = places.point(spot.latitude, spot.longitude)
    found = await reports.nearby(talk.deps, talk.member.actor, draft.kind, point)
    twins = tuple(Twin(n.case_no, n.distance_m, n.state.value, n.age_minutes, n.photo, n.n_reports) for n in found)
    draft = replace(draft, twins=twins)
    if twins:
        await _show_twins(talk, draft, twins)
    return draft


async def _show_twins(talk: Talk, draft: Draft, twins: tuple[Twin, ...]) -> None:
    """Shows the nearest one with its photo, all with distance and state, each to be joined with a tap."""
    t = talk.t
    lines = [t.html("intake.twins.head")]
    rows = []
    for twin in twins:
        age = span(timedelta(minutes=twin.age_minutes), t)
        lines.append(
            t.html(
                "intake.twins.line",
                case_no=twin.case_no,
                metres=f"{twin.distance_m:.0f}",
                state=t(f"state.{twin.state}"),
                age=age,
                n=twin.n_reports,
            )
        )
        join = DraftTap(id=draft.draft_id, do="join", arg=twin.case_no)
        rows.append([button(t("intake.key.join", case_no=twin.case_no), join)])
    rows.append([button(t("intake.key.not_a_twin"), DraftTap(id=draft.draft_id, do="apart"))])
    photo = _nearest_photo(twins)
    await talk.replies.card(twins_key(draft), "\n".join(lines), rows, photo=photo, loud=True)


def _nearest_photo(twins: tuple[Twin, ...]) -> int | None:
    return next((twin.photo for twin in twins if twin.photo is not None), None)


def twins_key(draft: Draft) -> str:
    """Names the message that shows the neighbours of a draft."""
    return f"twins:{draft.draft_id}"


async def close_twins(talk: Talk, draft: Draft, key: str, **facts: str) -> None:
    """Takes the buttons off the message that showed the neighbours, and says what became of it."""
    if draft.twins:
        # The photo stays: the channel cannot turn a picture into plain words.
        photo = _nearest_photo(draft.twins)
        await talk.replies.card(twins_key(draft), talk.t.html(f"intake.twins.{key}", **facts), photo=photo)
