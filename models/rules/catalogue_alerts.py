"""The part of the catalogue about alerts: from which figures on a disaster is told to other systems, and as what."""

from collections.abc import Collection, Iterable, Mapping

from models.rules.alerts import AlertLevel, Severity
from models.rules.catalogue_rows import Book
from models.rules.disaster import Figure

CAP_CATEGORIES = frozenset(
    {
        "Geo",
        "Met",
        "Safety",
        "Security",
        "Rescue",
        "Fire",
        "Health",
        "Env",
        "Transport",
        "Infra",
        "CBRNE",
        "Other",
    }
)
"""The codes that CAP 1.2 (OASIS, section 3.2.2) knows."""


def levels(book: Book, known: Iterable[Figure]) -> tuple[AlertLevel, ...]:
    """Builds the thresholds; each names figures that exist."""
    codes = {figure.code for figure in known}
    found = []
    for row in book.latest("alert_levels", lambda r: r.values["code"], "code", "severity", "parts", "bound"):
        parts = book.words(row, "parts")
        for code in parts:
            if code not in codes:
                book.fault(row, f"the figure {code!r} is defined nowhere")
        severity = book.one_of(row, "severity", Severity)
        found.append(AlertLevel(book.text(row, "code"), severity, parts, book.amount(row, "bound")))
    return tuple(found)


def categories(book: Book, kinds: Collection[str]) -> Mapping[str, str]:
    """Builds the CAP category of each kind."""
    found = {}
    for row in book.latest("alert_kinds", lambda r: r.values["kind"], "kind", "category"):
        kind, category = book.text(row, "kind"), book.text(row, "category")
        if kind not in kinds:
            book.fault(row, f"the kind {kind!r} is defined nowhere")
        if category not in CAP_CATEGORIES:
            book.fault(row, f"{category!r} is no category of CAP 1.2")
        found[kind] = category
    return found
