"""The only SQL: one unit of work a transaction, methods named by intent. Rows never leave it as rows."""

from models.store.errors import (
    StoreAwayError,
    StoreBusyError,
    StoreError,
    StoreFullError,
    StoreMisuseError,
    StoreUnavailableError,
)
from models.store.unit import Store, Unit

__all__ = [
    "Store",
    "StoreAwayError",
    "StoreBusyError",
    "StoreError",
    "StoreFullError",
    "StoreMisuseError",
    "StoreUnavailableError",
    "Unit",
]
