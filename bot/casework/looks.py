"""A closer look at a case: its photos in full, and its history line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from actions import cases
from actions.views import CaseView, HistoryLine
from bot.casework.desk import Desk
from bot.outgoing import times
from bot.outgoing.card import CardText, purpose_of
from bot.outgoing.wording import escaped, shortened

MOST_PHOTOS: Final = 10
_MOST_LINES: Final = 30
_WORDS_UNITS: Final = 120


async def photos(desk: Desk, case_no: str) -> None:
    """Sends the photos at full size, before and after apart."""
    view = await cases.view(desk.deps, desk.actor, case_no)
    for name, ids in (("before", view.before), ("after", view.after)):
        if ids:
            said = desk.t.html(f"case.photos.{name}", case_no=case_no, n=len(ids))
            await desk.replies.say(said, album=ids[:MOST_PHOTOS])


async def history(desk: Desk, case_no: str) -> None:
    """Sends what happened so far, the latest last."""
    view = await cases.view(desk.deps, desk.actor, case_no)
    head = desk.t.html("case.history", case_no=case_no)
    told = [f"<b>{head}</b>", *map(escaped, _lines(desk, view))]
    await desk.replies.say("\n".join(told))


def _lines(desk: Desk, view: CaseView) -> Iterable[str]:
    text = CardText(desk.deps.catalogue, desk.t, desk.now)
    shown = [line for line in view.history if line.tag != "clock:stepped" or line.step not in (None, "close")]
    if len(shown) > _MOST_LINES:
        yield desk.t("history.left_out", n=len(shown) - _MOST_LINES)
    for line in shown[-_MOST_LINES:]:
        yield desk.t(
            "history.line",
            at=times.moment(line.at, desk.now, desk.t),
            what=_what(desk, line),
            said=_said(desk, text, line),
        ).rstrip()


def _what(desk: Desk, line: HistoryLine) -> str:
    name = line.actor_name or desk.t("notice.the_service")
    if line.clock is not None and line.step is not None:
        clock = desk.t(f"clock.{line.clock}")
        return desk.t(f"history.step.{line.step}", clock=clock)
    return desk.t(f"history.{line.tag.partition(':')[2]}", name=name, place=line.area_name or "")


def _said(desk: Desk, text: CardText, line: HistoryLine) -> str:
    said = text.because(purpose_of(line.tag), line.reason, line.words)
    return desk.t("history.said", said=shortened(said, _WORDS_UNITS)) if said else ""
