"""Lists of cases as one message: what somebody owes, a dispatcher's queue, the morning brief, a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from actions.views import Brief, CaseLine
from bot.callbacks import ListTap, Page
from bot.outgoing import times
from bot.outgoing.buttons import open_button
from bot.outgoing.content import Button, Content, Rows
from bot.outgoing.wording import Say, escaped
from models.rules.calendars import SHANGHAI
from models.rules.catalogue import Catalogue

A_PAGE: Final = 8


def list_content(
    what: str, lines: Sequence[CaseLine], catalogue: Catalogue, t: Say, now: datetime, *, page: int = 0
) -> Content:
    """Lays out one page of a list (`todo` or `queue`), each case with a button that opens its card."""
    if not lines:
        said = t(f"list.{what}.empty")
        return Content(html=escaped(said), plain=said)
    last = (len(lines) - 1) // A_PAGE
    page = min(max(page, 0), last)
    shown = lines[page * A_PAGE : (page + 1) * A_PAGE]
    head = t(f"list.{what}.head", n=len(lines), late=sum(line.overdue for line in lines))
    told = [head, *(case_line(i, x, catalogue, t, now) for i, x in enumerate(shown, page * A_PAGE + 1))]
    rows = list(_numbers(shown, page * A_PAGE + 1))
    if last:
        rows.append(turning(what, "", page, last, t))
    rows.append(({"text": t("button.refresh"), "callback_data": ListTap(what=what, arg="here").pack()},))
    plain = "\n".join(told)
    return Content(html=f"<b>{escaped(head)}</b>\n" + escaped("\n".join(told[1:])), plain=plain, rows=tuple(rows))


def case_line(number: int, line: CaseLine, catalogue: Catalogue, t: Say, now: datetime) -> str:
    """Says a case on two short lines: what and where, then what is owed until when."""
    kind = catalogue.kinds.get(line.kind)
    return t(
        "list.line",
        number=number,
        mark=t(f"urgency.mark.{line.urgency}"),
        kind=kind.label.in_(t.language) if kind else line.kind,
        where=line.area_name,
        state=t(f"state.{line.state}"),
        case_no=line.case_no,
        due=times.due(line.due_at, now, t) if line.due_at else t("list.no_due"),
    )


def brief_content(brief: Brief, catalogue: Catalogue, t: Say, now: datetime) -> Content:
    """Lays out what a supervisor reads in the morning."""
    head = t("brief.head", street=brief.street_name, day=times.day(now.astimezone(SHANGHAI).date(), t))
    body = t(
        "brief.figures",
        new=brief.n_new,
        open=brief.n_open,
        overdue=brief.n_overdue,
        due_today=brief.n_due_today,
    )
    told = [head, body]
    if brief.lines:
        told.append(t("brief.due_head"))
        told += [case_line(i, line, catalogue, t, now) for i, line in enumerate(brief.lines, 1)]
    elif not brief.n_open:
        told.append(t("brief.quiet"))
    rows = (
        *_numbers(brief.lines, 1),
        ({"text": t("button.todo"), "callback_data": ListTap(what="todo").pack()},),
    )
    return Content(html=f"<b>{escaped(head)}</b>\n" + escaped("\n".join(told[1:])), plain="\n".join(told), rows=rows)


def bundle_content(told: Sequence[tuple[str, str, str]], t: Say) -> Content:
    """Bundles notices of a storm into one message; each is (number of the case, its title, the sentence)."""
    head = t("bundle.head", n=len(told))
    marked = [head]
    plain = [head]
    for i, (_, title, said) in enumerate(told, 1):
        marked.append(f"\n{i}. <b>{escaped(title)}</b>\n{escaped(said)}")
        plain.append(f"\n{i}. {title}\n{said}")
    buttons: list[Button] = [open_button(case_no, str(i)) for i, (case_no, _, _) in enumerate(told, 1)]
    rows: Rows = tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))
    todo: Button = {"text": t("button.todo"), "callback_data": ListTap(what="todo").pack()}
    return Content(html="\n".join(marked), plain="\n".join(plain), rows=(*rows, (todo,)))


def turning(what: str, case_no: str, page: int, last: int, t: Say) -> tuple[Button, ...]:
    """Gives the buttons that turn pages."""
    found: list[Button] = []
    if page > 0:
        back = Page(what=what, no=case_no, page=page - 1)
        found.append({"text": t("button.previous"), "callback_data": back.pack()})
    if page < last:
        onward = Page(what=what, no=case_no, page=page + 1)
        found.append({"text": t("button.next"), "callback_data": onward.pack()})
    return tuple(found)


def _numbers(lines: Sequence[CaseLine], first: int) -> Rows:
    """Gives numbered buttons, four a row, that open the cases."""
    buttons = [open_button(line.case_no, str(i)) for i, line in enumerate(lines, first)]
    return tuple(tuple(buttons[i : i + 4]) for i in range(0, len(buttons), 4))
