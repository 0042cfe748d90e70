"""Which picture a card shows, and how it is made when the channel does not have it yet.

One picture a card, so that the card can be edited in place: the photos and the map, or before beside after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from actions import media
from actions.ports import Deps
from actions.views import CaseView
from bot.outgoing import sheets
from bot.outgoing.content import Loaded, Picture
from bot.outgoing.ground import Ground
from bot.outgoing.wording import Say
from models.rules.errors import NoSuchItem
from models.rules.roles import Party
from models.rules.states import State

log = structlog.get_logger(__name__)

_COMPARED = frozenset({State.HANDLED, State.VERIFYING, State.CLEARED, State.REOPENED})
"""States in which before and after are looked at together."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo of a sheet and the colour of its rim."""

    media_id: int
    rim: str | None


def of_card(deps: Deps, view: CaseView, ground: Ground, t: Say) -> Picture | None:
    """Chooses the picture of a card; None when there is nothing to show or nobody who needs it.

    A reporter knows the place and took the photos: their card gets a picture once the hazard is gone.
    """
    if view.parties <= {Party.REPORTER, Party.MEMBER} and view.facts.state is not State.CLEARED:
        return None
    if compares(view):
        shots = [Shot(m, sheets.BEFORE) for m in view.before[:1]] + [
            Shot(m, sheets.AFTER) for m in view.after[: 1 if len(view.after) == 1 else 3]
        ]
        return _sheet(deps, shots, None, ground, "")
    shots = [Shot(m, None) for m in view.before[:3]]
    place = view.place if view.facts.areas.placed or view.place else None
    where = (place.latitude, place.longitude) if place else None
    note = t("map.schematic") if where and deps.city.synthetic else ""
    return _sheet(deps, shots, where, ground, note) if shots or where else None


def compares(view: CaseView) -> bool:
    """Tells whether the picture sets before and after side by side."""
    return view.facts.state in _COMPARED and bool(view.after)


def photo(deps: Deps, media_id: int) -> Picture:
    """Gives a stored photo at full size."""

    async def load() -> Loaded | None:
        data = await _bytes(deps, media_id, thumb=False)
        return Loaded(data) if data is not None else None

    return Picture(f"media:{media_id}", load)


def _sheet(deps: Deps, shots: Sequence[Shot], where: tuple[float, float] | None, ground: Ground, note: str) -> Picture:
    edition = ground.edition if where else ""
    told = ";".join([*(f"{s.media_id}{s.rim or ''}" for s in shots), f"{where}{edition}{note}" if where else ""])
    name = "sheet:" + hashlib.sha256(told.encode()).hexdigest()[:24]

    async def load() -> Loaded | None:
        photos = [(await _bytes(deps, shot.media_id, thumb=True), shot.rim) for shot in shots]
        sketch = await ground.sketch(*where, note) if where else None
        data = await ground.compose(photos, sketch)
        whole = all(photo is not None for photo, _ in photos)
        return Loaded(data, whole) if data is not None else None

    return Picture(name, load)


async def _bytes(deps: Deps, media_id: int, *, thumb: bool) -> bytes | None:
    """Reads a stored photo; None while it is still on its way or when the store has lost it."""
    try:
        return await media.photo(deps, media_id, thumb=thumb)
    except NoSuchItem:
        return None
    except FileNotFoundError:
        log.error("photo is missing in the store", media_id=media_id)
        return None
