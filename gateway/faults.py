"""How shall the channel misbehave? Rules for drills and tests, and a ledger of what was really accepted."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LEDGER_LIMIT = 200_000


class FaultKind(StrEnum):
    """What can be made to go wrong; the last three concern webhook delivery."""

    TOO_MANY_REQUESTS = "429"
    SERVER_ERROR = "500"
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    DROP_WEBHOOK = "drop_webhook"
    DUPLICATE = "duplicate"
    REORDER = "reorder"


@dataclass(slots=True)
class Fault:
    """One rule: the next `times` calls of `method` (or of any: "*") fail in this way."""

    method: str
    kind: FaultKind
    times: int
    retry_after: int


class Faults:
    """Holds the rules still in force, in memory only."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, rules: list[Fault]) -> None:
        """Appends rules; earlier ones are used up first."""
        self._rules.extend(rules)

    def clear(self) -> None:
        """Ends all misbehaviour."""
        self._rules.clear()

    def take(self, method: str, *kinds: FaultKind) -> Fault | None:
        """Uses up one time of the first rule that fits."""
        for rule in self._rules:
            if rule.kind in kinds and rule.method.lower() in {"*", method.lower()}:
                rule.times -= 1
                if rule.times <= 0:
                    self._rules.remove(rule)
                return rule
        return None


class Ledger:
    """Lists what bots got accepted, in order; kept in memory while control is on."""

    def __init__(self, enabled: bool) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=LEDGER_LIMIT)
        self._enabled = enabled

    def note(self, entry: dict[str, Any]) -> None:
        """Appends one accepted send or edit."""
        if self._enabled:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, Any]]:
        """Returns everything accepted so far, the oldest first."""
        return list(self._entries)
