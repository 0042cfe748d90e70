"""What is stored, one file an aggregate. Tables only: the questions asked of them live in `models.store`."""

from models.tables import (
    access,
    area,
    audit,
    button,
    case,
    draft,
    inbox,
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
    "area",
    "audit",
    "button",
    "case",
    "draft",
    "inbox",
    "mark",
    "media",
    "outbox",
    "person",
    "report",
    "rollup",
    "routing",
]
