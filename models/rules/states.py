"""Which states a case can be in, and which of them are open. Names only: `transitions` moves them."""

from enum import StrEnum


class State(StrEnum):
    """The states of a case (案卷), after the seven links of GB/T 30428 and CJJ/T 106."""

    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    HANDLING = "handling"
    HANDLED = "handled"
    VERIFYING = "verifying"
    CLEARED = "cleared"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    REOPENED = "reopened"
    VOIDED = "voided"
    MERGED = "merged"


TERMINAL = frozenset({State.CLEARED, State.VOIDED, State.MERGED})
OPEN = frozenset(State) - TERMINAL
HELD = frozenset({State.DISPATCHED, State.SIGNED, State.HANDLING})
"""States in which a holder owes the next step."""
QUEUED = frozenset({State.REGISTERED, State.RETURNED, State.REOPENED})
"""States in which a dispatcher owes the next step."""


class Urgency(StrEnum):
    """How fast a case must move; the limits of each are rows of the catalogue."""

    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"


class Grade(StrEnum):
    """General or major hazard (重大隐患); a major one carries the five guarantees (五落实)."""

    GENERAL = "general"
    MAJOR = "major"
