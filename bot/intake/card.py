"""The summary on a draft's card: what has been told so far, shortest first, danger on top."""

from typing import Final

from bot.intake.draft import AFTER, BEFORE, Draft, Spot
from bot.intake.questions import grade_of, kind_of
from bot.outgoing.wording import shortened
from config.texts import Html, Text
from models.rules import fields
from models.rules.catalogue import Catalogue
from models.rules.disaster import needs_immediate_report
from models.rules.kinds import Group, Kind
from models.rules.states import Grade

_WORDS_SHOWN: Final = 700
_VALUE_SHOWN: Final = 120


def summary(draft: Draft, catalogue: Catalogue, t: Text) -> str:
    """Gives the card without its question, as Telegram HTML."""
    kind = kind_of(draft, catalogue)
    lines = [*_danger(draft, t), _title(draft, kind, t)]
    lines += _place(draft, t)
    if draft.text:
        lines.append(t.html("intake.card.words", words=shortened(draft.text, _WORDS_SHOWN)))
    lines += _photos(draft, t)
    if kind is not None:
        lines += _fields(draft, kind, t)
        lines += _figures(draft, kind, catalogue, t)
    if draft.on_spot:
        lines.append(t.html("intake.card.on_spot"))
    return "\n".join(lines)


def _danger(draft: Draft, t: Text) -> list[str]:
    """Puts the telephone before everything else: a report is not a rescue."""
    if not draft.life_danger:
        return []
    words = " ".join(draft.danger)
    said = t.html("intake.card.danger_words", words=words) if words else t.html("intake.card.danger")
    return [t.html("intake.card.call_first"), said, ""]


def _title(draft: Draft, kind: Kind | None, t: Text) -> str:
    if kind is None:
        return t.html("intake.card.title_new")
    key = "intake.card.title_first_report" if kind.group is Group.DISASTER else "intake.card.title"
    title = t.html(key, icon=kind.icon, kind=kind.label.in_(t.language))
    if grade_of(draft, kind) is Grade.MAJOR:
        title = Html(f"{title} · {t.html('intake.card.major')}")
    return title


def _place(draft: Draft, t: Text) -> list[str]:
    lines = []
    if draft.spot is not None:
        lines.append(place_line(draft.spot, t))
    if draft.address:
        lines.append(t.html("intake.card.address", address=shortened(draft.address, _VALUE_SHOWN)))
    return lines


def place_line(spot: Spot, t: Text) -> str:
    """Says where it is and how we know."""
    if not spot.placed and spot.method == "nobody_knows":
        return t.html("intake.card.place_nobody_knows")
    how = t(f"intake.method.{spot.method}")
    fix = spot.fix
    if fix is not None and fix.accuracy_m and not fix.by_hand:
        how = t("intake.card.with_accuracy", how=how, metres=f"{fix.accuracy_m:.0f}")
    names = " ".join(spot.names) if spot.placed else t("intake.card.place_later")
    return t.html("intake.card.place", names=names, how=how)


def _photos(draft: Draft, t: Text) -> list[str]:
    lines = []
    for role, key in ((BEFORE, "intake.card.photos"), (AFTER, "intake.card.after_photos")):
        shots = draft.photos(role)
        if not shots:
            continue
        notes = []
        n_loading, n_forwarded = sum(s.loading for s in shots), sum(s.forwarded for s in shots)
        if n_loading:
            notes.append(t("intake.card.photos_loading", n=n_loading))
        if n_forwarded:
            notes.append(t("intake.card.photos_forwarded", n=n_forwarded))
        lines.append(
            t.html(key, n=len(shots)) + (t.html("intake.card.aside", notes=" · ".join(notes)) if notes else "")
        )
    return lines


def _fields(draft: Draft, kind: Kind, t: Text) -> list[str]:
    lines: list[str] = []
    for field in kind.asked(grade_of(draft, kind)):
        value = draft.fields.get(field.code)
        if value is None:
            continue
        photo = field.type.value == "photo"
        said = t("intake.card.has_photo") if photo else fields.shown(field, value, t.language)
        lines.append(
            t.html("intake.card.field", label=field.label.in_(t.language), value=shortened(said, _VALUE_SHOWN))
        )
    return lines


def _figures(draft: Draft, kind: Kind, catalogue: Catalogue, t: Text) -> list[str]:
    """Lists the figures by name; an unknown one says so, because it is not zero."""
    if kind.group is not Group.DISASTER:
        return []
    lines: list[str] = []
    for figure in catalogue.figures:
        if figure.code not in draft.figures:
            continue
        value = draft.figures[figure.code]
        unit = figure.unit.label.in_(t.language)
        said = t("intake.card.unknown") if value is None else f"{value:g} {unit}"
        lines.append(t.html("intake.card.field", label=figure.label.in_(t.language), value=said))
    if needs_immediate_report(draft.figures, catalogue.figure_checks):
        lines.append(t.html("intake.card.report_upward"))
    return lines
