"""The pages of an evidence pack: what the case is, where, what was seen, and everything that happened."""

from collections.abc import Callable, Sequence

from actions.dossier import Dossier, Exhibit
from actions.ports import Deps
from actions.views import HistoryLine
from config.texts import Text
from models.rules.kinds import Purpose
from web.exports.columns import in_words
from web.exports.paper import Paper

MAP_MM = 90
PHOTO_MM = 120
Names = Callable[[int | None], str | None]


def printed(
    deps: Deps,
    said: Text,
    found: Dossier,
    names: Names,
    pictures: Sequence[tuple[Exhibit, bytes]],
    ground: bytes | None,
) -> bytes:
    """Prints a case; raises `NoFontError`."""
    view = found.view
    foot = said("pack.foot", case_no=view.case_no, city=deps.city.name, at=in_words(found.changed_at))
    paper = Paper(said.language, foot, found.changed_at)
    kind = deps.catalogue.kinds.get(view.facts.kind)
    paper.heading(said("pack.title", case_no=view.case_no))
    paper.heading(kind.label.in_(said.language) if kind else view.facts.kind, 13)
    if deps.city.synthetic:
        paper.line_of(said("pack.synthetic"), grey=True)
    paper.rows(_facts(said, found), (30, 150), head=False)
    if ground is not None:
        paper.picture(ground, width_mm=MAP_MM, caption=said("pack.map"))
    paper.heading(said("pack.history"), 13)
    head = [said(f"pack.history.{column}") for column in ("at", "what", "who", "words")]
    paper.rows([head, *(_line(deps, said, line, names) for line in view.history)], (32, 40, 18, 90))
    for number, (exhibit, data) in enumerate(pictures, 1):
        under = said("pack.photos") if number == 1 else ""
        paper.picture(data, width_mm=PHOTO_MM, caption=_caption(said, number, exhibit), under=under)
    return paper.finished()


def _facts(said: Text, found: Dossier) -> list[list[str]]:
    view, facts = found.view, found.view.facts
    areas = (view.areas.city, view.areas.district, view.areas.street, view.areas.community, view.areas.grid)
    pairs = [
        ("state", said(f"export.state.{facts.state}")),
        ("urgency", str(facts.urgency)),
        ("place", "".join(name for name in areas if name)),
        ("text", view.text),
        ("unit", view.unit_name or ""),
        ("registered_at", in_words(facts.registered_at)),
        ("due_at", in_words(facts.due_at)),
        ("cleared_at", in_words(facts.cleared_at)),
    ]
    if view.place is not None:
        pairs.insert(3, ("point", f"{view.place.latitude:.6f}, {view.place.longitude:.6f} (WGS-84)"))
    return [[said(f"pack.fact.{name}"), value] for name, value in pairs if value]


def _line(deps: Deps, said: Text, line: HistoryLine, names: Names) -> list[str]:
    what = said(f"pack.event.{line.tag.partition(':')[2]}")
    if line.step is not None:
        what = said(f"pack.step.{line.step.name.lower()}")
    reason = _reason(deps, said, line.reason)
    return [
        in_words(line.at),
        what,
        names(line.actor_id) or "",
        "　".join(part for part in (reason, line.words) if part),
    ]


def _reason(deps: Deps, said: Text, code: str | None) -> str:
    """Gives a reason in words; one that the catalogue has no more keeps its code."""
    if code is None:
        return ""
    found = (deps.catalogue.reason(purpose, code) for purpose in Purpose)
    return next((reason.label.in_(said.language) for reason in found if reason), code)


def _caption(said: Text, number: int, exhibit: Exhibit) -> str:
    facts = {"n": number, "role": said(f"pack.role.{exhibit.role}"), "sha256": exhibit.sha256 or "—"}
    return said("pack.caption", at=in_words(exhibit.received_at), **facts)
