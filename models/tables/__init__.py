"""What is stored, one file an aggregate. Tables only: the questions asked of them live in `models.store`."""

from models.tables import (
    access,
    answered,
    area,
    audit,
    button,
    case,
    change,
    draft,
    inbox,
    keyring,
    mark,
    media,
    outbox,
    person,
    report,
    rollup,
    routing,
)
from models.tables.columns import METADATA

__all__ = [
    "METADATA",
    "access",
    "answered",
    "area",
    "audit",
    "button",
    "case",
    "change",
    "draft",
    "inbox",
    "keyring",
    "mark",
    "media",
    "outbox",
    "person",
    "report",
    "rollup",
    "routing",
]
