"""Lists that open on a draft's card for a moment: kinds, own areas, districts and streets, what to edit, cancel."""

from typing import Final

from actions import places
from actions.views import AreaView
from bot.callbacks import Answer, DraftTap
from bot.intake import questions as q
from bot.intake.asking import Asked, kind_label
from bot.intake.draft import Draft
from bot.intake.talk import Talk
from bot.replies import Button, button, in_rows
from models.rules.kinds import Group
from models.rules.states import Grade

PAGE: Final = 16
_TWO: Final = 2


def menu(draft: Draft, talk: Talk) -> Asked | None:
    """Gives the list that is open; None for one that does not exist (any more)."""
    name, _, arg = (draft.menu or "").partition(".")
    match name:
        case "edit":
            return _edit(draft, talk)
        case "cancel":
            return _cancel(draft, talk)
        case "groups":
            return _groups(draft, talk)
        case "kinds" if arg in set(Group):
            return _kinds(draft, talk, Group(arg))
        case "own" if arg.isdigit():
            areas = places.own_areas(talk.deps, talk.member)
            return _areas(draft, talk, "intake.ask.own_area", areas, "own", int(arg))
        case "districts":
            areas = places.streets_of(talk.deps, talk.deps.city.code)
            return _areas(draft, talk, "intake.ask.district", areas, "districts", 0, opens="streets")
        case "streets":
            code, _, page = arg.partition(".")
            areas = places.streets_of(talk.deps, code)
            number = int(page) if page.isdigit() else 0
            return _areas(draft, talk, "intake.ask.street", areas, f"streets.{code}", number)
    return None


def _tap(draft: Draft, do: str, label: str, arg: str = "") -> Button:
    return button(label, DraftTap(id=draft.draft_id, do=do, arg=arg))


def _close(draft: Draft, talk: Talk) -> list[Button]:
    return [_tap(draft, "leave", talk.t("intake.key.leave"))]


def _edit(draft: Draft, talk: Talk) -> Asked:
    """Lists everything that can be changed or added."""
    t, catalogue = talk.t, talk.deps.catalogue
    kind = q.kind_of(draft, catalogue)
    buttons = []
    for question in q.editable(draft, catalogue):
        buttons.append(_tap(draft, "ask", _name(question, draft, talk), question))
    rows = in_rows(buttons, _TWO)
    switches = []
    if kind is not None and kind.may_be_major:
        major = q.grade_of(draft, kind) is Grade.MAJOR
        key = "intake.key.general" if major else "intake.key.major"
        switches.append(_tap(draft, "grade", t(key), Grade.GENERAL if major else Grade.MAJOR))
    urgent = "intake.key.not_urgent" if draft.life_danger else "intake.key.urgent"
    switches.append(_tap(draft, "urgent", t(urgent), "no" if draft.life_danger else "yes"))
    return Asked(t.html("intake.ask.edit"), [*rows, switches, _close(draft, talk)])


def _name(question: str, draft: Draft, talk: Talk) -> str:
    """Names an entry of the edit list; one that has a value already is ticked."""
    t, catalogue = talk.t, talk.deps.catalogue
    field = q.field_of(question, q.kind_of(draft, catalogue))
    if field is not None:
        return _ticked(field.label.in_(t.language), field.code in draft.fields)
    figure = catalogue.figure(question.removeprefix(q.FIGURE)) if question.startswith(q.FIGURE) else None
    if figure is not None:
        return _ticked(figure.label.in_(t.language), draft.figures.get(figure.code) is not None)
    return t(f"intake.item.{question}")


def _ticked(label: str, has: bool) -> str:
    return f"✓ {label}" if has else f"＋ {label}"


def _cancel(draft: Draft, talk: Talk) -> Asked:
    t = talk.t
    rows = [
        [_tap(draft, "cancel", t("intake.key.really_cancel"))],
        [_tap(draft, "later", t("intake.key.later")), _tap(draft, "leave", t("intake.key.go_on"))],
    ]
    return Asked(t.html("intake.ask.cancel"), rows)


def _groups(draft: Draft, talk: Talk) -> Asked:
    t = talk.t
    rows = [[_tap(draft, "menu", t(f"intake.group.{group}"), f"kinds.{group}")] for group in Group]
    return Asked(t.html("intake.ask.kind"), [*rows, _close(draft, talk)])


def _kinds(draft: Draft, talk: Talk, group: Group) -> Asked:
    t = talk.t
    buttons = [
        button(kind_label(kind, t.language), Answer(id=draft.draft_id, q=q.KIND, a=kind.code))
        for kind in talk.deps.catalogue.group(group)
    ]
    others = [_tap(draft, "menu", t("intake.key.other_group"), "groups")]
    return Asked(t.html("intake.ask.kind"), [*in_rows(buttons, _TWO), others + _close(draft, talk)])


def _areas(
    draft: Draft, talk: Talk, key: str, areas: tuple[AreaView, ...], name: str, page: int, opens: str | None = None
) -> Asked:
    """Lists areas by name, a page at a time; `opens` names the list that each of them opens."""
    t = talk.t
    shown = areas[page * PAGE : (page + 1) * PAGE]
    buttons = []
    for area in shown:
        if opens is not None:
            buttons.append(_tap(draft, "menu", area.name, f"{opens}.{area.code}"))
        else:
            buttons.append(button(area.name, Answer(id=draft.draft_id, q=q.PLACE, a=area.code)))
    turns = []
    if page > 0:
        turns.append(_tap(draft, "menu", t("intake.key.page_before"), f"{name}.{page - 1}"))
    if len(areas) > (page + 1) * PAGE:
        turns.append(_tap(draft, "menu", t("intake.key.page_after"), f"{name}.{page + 1}"))
    rows = in_rows(buttons, _TWO)
    return Asked(t.html(key), [*rows, *([turns] if turns else []), _close(draft, talk)])
