"""Whose names may stand in what a caller of the exports gets?"""

from collections.abc import Callable

from actions.views import CaseView
from web.callers import Caller


def names(who: Caller, view: CaseView) -> Callable[[int | None], str | None]:
    """Gives the names of those who acted to somebody of the roster.

    A key or a screen gets numbers within the case instead, the same person the same number.
    """
    known: dict[int, str] = {}
    for line in view.history:
        if line.actor_id is not None:
            number = f"P{len(known) + 1}"
            known.setdefault(line.actor_id, (line.actor_name or number) if who.sees_names else number)
    return lambda person_id: None if person_id is None else known.get(person_id)
