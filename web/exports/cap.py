"""Disaster cases as alerts after the Common Alerting Protocol (OASIS CAP 1.2), one message a document.

Nothing about an alert is stored: it follows from the case's reports and events, and keeps its identifier for ever.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from xml.etree.ElementTree import Element

from actions.exports import CaseAlert
from actions.ports import Deps
from config.texts import LANGUAGES, Text, Texts
from models.rules.alerts import Alert, Message, Turn
from models.rules.calendars import SHANGHAI
from web.exports.xml import add, written
from web.languages import TAGS

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"
FALLBACK_HOURS = 24.0


def document(deps: Deps, texts: Texts, told: CaseAlert, status: str) -> bytes:
    """Writes one message; `status` is `Actual`, or `Exercise` for a demonstration."""
    alert = told.alert
    root = Element("alert", {"xmlns": NAMESPACE})
    add(root, "identifier", identifier(deps, told.case.case_no, alert))
    add(root, "sender", sender(deps))
    add(root, "sent", moment(alert.sent_at))
    add(root, "status", status)
    add(root, "msgType", str(alert.message))
    # Figures of a first report are for those on duty, until somebody publishes them.
    add(root, "scope", "Restricted")
    add(root, "restriction", texts.of(None)("cap.restriction"))
    if alert.message is not Message.ALERT:
        add(root, "references", " ".join(_reference(deps, told, earlier) for earlier in _chain(told)))
    for locale in LANGUAGES:
        _info(root, deps, texts.of(locale), told)
    return written(root)


def identifier(deps: Deps, case_no: str, alert: Alert) -> str:
    """Names a message: without spaces, commas, `<` and `&`, as the standard demands."""
    return f"whistle.{deps.city.code}.{case_no}.{alert.number}"


def sender(deps: Deps) -> str:
    """Names the sender, the same for all messages of a city."""
    return f"whistle.{deps.city.code}"


def moment(at: datetime) -> str:
    """Writes a moment as CAP wants it: whole seconds and an offset in figures, never `Z`."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def headline(deps: Deps, said: Text, told: CaseAlert) -> str:
    """Says in one line what happened where."""
    facts = {"kind": _kind(deps, said, told), "place": _place(deps, told)}
    return said(f"cap.headline.{told.alert.turn}", **facts)


def _chain(told: CaseAlert) -> tuple[Alert, ...]:
    """Lists the messages that this one refers to: from the last first one on."""
    begun = max(n for n, alert in enumerate(told.earlier) if alert.message is Message.ALERT)
    return told.earlier[begun:]


def _reference(deps: Deps, told: CaseAlert, earlier: Alert) -> str:
    return f"{sender(deps)},{identifier(deps, told.case.case_no, earlier)},{moment(earlier.sent_at)}"


def _info(root: Element, deps: Deps, said: Text, told: CaseAlert) -> None:
    alert, over = told.alert, told.alert.turn in (Turn.CLEARED, Turn.VOIDED, Turn.MERGED)
    info = add(root, "info")
    add(info, "language", TAGS[said.language])
    add(info, "category", deps.catalogue.alert_categories[told.case.kind])
    add(info, "event", _kind(deps, said, told))
    if alert.turn is Turn.CLEARED:
        add(info, "responseType", "AllClear")
    add(info, "urgency", "Past" if over else "Immediate")
    add(info, "severity", alert.severity.value.capitalize())
    # A grid worker saw it; nobody here forecasts.
    add(info, "certainty", "Observed")
    hours = deps.catalogue.numbers.get("follow_up_hours", FALLBACK_HOURS)
    add(info, "expires", moment(alert.sent_at + timedelta(hours=hours)))
    add(info, "senderName", said("cap.sender", city=deps.city.name))
    add(info, "headline", headline(deps, said, told))
    add(info, "description", _figures(deps, said, alert.figures))
    _parameter(info, "caseNumber", told.case.case_no)
    for code, value in alert.figures.items():
        _parameter(info, code, f"{value:g}")
    _area(info, deps, told)


def _parameter(info: Element, name: str, value: str) -> None:
    pair = add(info, "parameter")
    add(pair, "valueName", name)
    add(pair, "value", value)


def _area(info: Element, deps: Deps, told: CaseAlert) -> None:
    case = told.case
    area = add(info, "area")
    add(area, "areaDesc", _place(deps, told))
    if case.latitude is not None and case.longitude is not None:
        kind = deps.catalogue.kinds[case.kind]
        radius_km = max(told.accuracy_m or 0.0, kind.duplicate_radius_m) / 1000
        add(area, "circle", f"{case.latitude:.6f},{case.longitude:.6f} {radius_km:g}")
    code = add(area, "geocode")
    add(code, "valueName", "area_code")
    add(code, "value", case.community_code or case.street_code or case.district_code or deps.city.code)


def _figures(deps: Deps, said: Text, figures: Mapping[str, float]) -> str:
    """Lists what is known; the unknown is left out and said to be so, since it is not zero."""
    known = [figure for figure in deps.catalogue.figures if figure.code in figures]
    lines = [
        said(
            "cap.figure",
            name=figure.label.in_(said.language),
            value=f"{figures[figure.code]:g}",
            unit=figure.unit.label.in_(said.language),
        )
        for figure in known
    ]
    return "\n".join([*lines, said("cap.unknown")])


def _kind(deps: Deps, said: Text, told: CaseAlert) -> str:
    return deps.catalogue.kinds[told.case.kind].label.in_(said.language)


def _place(deps: Deps, told: CaseAlert) -> str:
    case = told.case
    return "".join(name for name in (case.district, case.street, case.community) if name) or deps.city.name
