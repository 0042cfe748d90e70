"""/my, /new and /cancel: what one has reported, what one has begun, and how to begin or end."""

from dataclasses import replace

from aiogram.types import Message

from actions import reports
from actions.views import CaseLine
from bot.callbacks import CaseTap, DraftTap
from bot.intake import questions as q
from bot.intake.draft import Draft
from bot.intake.talk import Talk
from bot.intake.turn import show
from bot.outgoing.times import moment
from bot.outgoing.wording import shortened
from bot.replies import Button, button

MOST_REPORTS = 10
_TITLE = 28


async def on_my(message: Message, talk: Talk) -> None:
    """Lists one's drafts and one's reports, each with a button."""
    t = talk.t
    drafts = [draft for draft in await talk.drafts() if not draft.empty]
    lines = await reports.mine(talk.deps, talk.member.actor, MOST_REPORTS)
    if not drafts and not lines:
        await talk.replies.say(t.html("intake.my.nothing"))
        return
    said: list[str] = []
    rows: list[list[Button]] = []
    if drafts:
        said.append(t.html("intake.my.drafts", n=len(drafts)))
        for draft in drafts:
            title = _title(draft, talk)
            said.append(t.html("intake.my.draft", title=title, at=moment(draft.started_at, talk.now, t)))
            rows.append([button(t("intake.my.continue", title=title), DraftTap(id=draft.draft_id, do="go"))])
    if lines:
        said += ([""] if said else []) + [t.html("intake.my.reports")]
        for line in lines:
            said.append(t.html("intake.my.report", **_facts(line, talk)))
            rows.append([button(t("intake.my.open", case_no=line.case_no), CaseTap(do="open", no=line.case_no))])
    await talk.replies.say("\n".join(said), rows)


def _title(draft: Draft, talk: Talk) -> str:
    """Names a draft by what is known of it."""
    kind = q.kind_of(draft, talk.deps.catalogue)
    known = [kind.label.in_(talk.t.language) if kind is not None else "", draft.spot.names[-1] if draft.spot else ""]
    title = " · ".join(part for part in known if part) or draft.text.partition("\n")[0]
    return shortened(title, _TITLE) or talk.t("intake.my.untitled")


def _facts(line: CaseLine, talk: Talk) -> dict[str, object]:
    kind = talk.deps.catalogue.kinds.get(line.kind)
    return {
        "case_no": line.case_no,
        "kind": kind.label.in_(talk.t.language) if kind is not None else line.kind,
        "area": line.area_name,
        "state": talk.t(f"state.{line.state}"),
        "at": moment(line.registered_at, talk.now, talk.t),
    }


async def on_new(message: Message, talk: Talk) -> None:
    """Puts an open draft away and says how to begin."""
    current = await talk.current()
    if current is not None:
        await talk.set_aside()
    kept = current is not None and not current.empty
    await talk.replies.say(talk.t.html("intake.new_with_draft" if kept else "intake.how_to_begin"))


async def on_cancel(message: Message, talk: Talk) -> None:
    """Asks whether to throw the open draft away; says so when there is none."""
    current = await talk.current()
    if current is None:
        await talk.replies.say(talk.t.html("intake.nothing_to_cancel"))
        return
    await show(talk, replace(current, menu="cancel"), loud=True)
