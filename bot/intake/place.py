"""Where a draft lies: from a fix, from words, from a list, or nowhere that anybody knows.

Never guesses silently: what the numbers or the words leave open becomes a doubt that the sender settles.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, Protocol

from actions import places
from actions.ports import Deps
from actions.views import Member
from bot.intake.draft import Doubt, Draft, FixGiven, Option, Spot

MOST_OPTIONS: Final = 8
_LEVELS: Final = ("city", "district", "street", "community", "grid")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def by_fix(
    deps: Deps, member: Member, draft: Draft, given: FixGiven, *, confirmed: bool = False, sure_datum: bool = False
) -> Draft:
    """Places a fix; `confirmed` when the sender already said that the far pin or the datum is meant.

    What was typed is kept whatever comes out; a fix that cannot be used leaves a note. With `sure_datum` a pin cannot
    be shifted: the channel's own map is in WGS-84.
    """
    if not (math.isfinite(given.latitude) and math.isfinite(given.longitude)):
        return draft.noted("fix.not_a_number")
    fix = _fix(given)
    if given.by_hand and not confirmed and not sure_datum:
        other = places.shifted(deps, member, fix)
        if other is not None:
            return replace(draft, doubt=_datum_doubt(deps, given, other.value))
    phone = draft.phone_fix if given.by_hand and not confirmed else None
    found = places.place_fix(deps, fix, _fix(phone) if phone is not None else None)
    if given.method in ("phone", "live") and found.wgs84 is not None:
        draft = replace(draft, phone_fix=given)
    if found.pin_far and phone is not None:
        return replace(draft, doubt=_far_pin_doubt(given, phone, found.pin_to_fix_m or 0.0))
    here = found.wgs84
    at = (here.latitude, here.longitude) if here is not None else None
    match found.outcome.value:
        case "inside" if found.chain is not None:
            return draft.with_spot(_spot(found.chain, given.method, found.reason, found.edition, at, given))
        case "near_border":
            options = tuple(
                _option(c.chain, "chosen_at_border", found.reason, found.edition, at, given)
                for c in found.candidates[:MOST_OPTIONS]
            )
            return replace(draft, spot=None, doubt=Doubt("border", options))
        case "outside":
            nearest = _street_name(found.nearest.chain) if found.nearest is not None else ""
            km = f"{found.nearest.distance_m / 1000:.1f}" if found.nearest is not None else ""
            return draft.noted("outside", nearest=nearest, km=km)
    return _unknown(deps, member, draft, given, found)


def _unknown(deps: Deps, member: Member, draft: Draft, given: FixGiven, found: places.Placement) -> Draft:
    """Says what was wrong with a fix; without any boundaries the dispatcher places the report."""
    if found.reason == "no_boundaries":
        return draft.with_spot(replace(nowhere(deps, member), method="phone", reason=found.reason, fix=given))
    if found.reason == "swapped_coordinates_suspected":
        turned = replace(given, latitude=given.longitude, longitude=given.latitude)
        options = tuple(Option(str(at), _label(c.chain), fix=turned) for at, c in enumerate(found.candidates))
        return replace(draft, doubt=Doubt("swapped", options))
    return draft.noted(f"fix.{found.reason}", accuracy=f"{given.accuracy_m or 0:.0f}")


def by_words(deps: Deps, member: Member, draft: Draft, text: str, *, asked: bool) -> Draft:
    """Reads a place out of words. `asked` when the words answer the question where it is."""
    answer = places.place_words(deps, member, text)
    verdict = answer.verdict.value
    if verdict == "stated":
        code = answer.candidates[0].code
        draft = draft.with_spot(by_code(deps, code, "words", answer.reason))
        return replace(draft, address=text.strip()) if asked else draft
    listed = [c for c in answer.candidates if c.code or c.street_code][:MOST_OPTIONS]
    if verdict == "several" or (asked and listed):
        options = tuple(_by_candidate(deps, c.code or c.street_code or "", answer.reason) for c in listed)
        why = "several" if verdict == "several" else "suggested"
        draft = replace(draft, doubt=Doubt(why, _distinct(options)))
        return replace(draft, address=text.strip()) if asked else draft
    if asked:
        return replace(draft, address=text.strip()).noted("words_unknown")
    return draft


def by_code(deps: Deps, code: str, method: str, reason: str, near: FixGiven | None = None) -> Spot:
    """Gives an area of the list as a place; raises `NoSuchItem`. `near` is a fix too coarse to place by itself."""
    chain = places.chain(deps, code)
    edition = deps.index.edition if deps.index is not None else ""
    return _spot(chain, method, reason, edition, None, near)


def nowhere(deps: Deps, member: Member) -> Spot:
    """Gives the place that nobody knows: it waits in the queue of the sender's own street, or of the city."""
    home = member.home_street_code
    if home is not None:
        return replace(by_code(deps, home, "nobody_knows", "nobody_knows"), placed=False)
    return Spot(
        codes=(deps.city.code, None, None, None, None),
        names=(deps.city.name,),
        method="nobody_knows",
        reason="nobody_knows",
        edition=deps.index.edition if deps.index is not None else "",
        placed=False,
    )


def chosen(deps: Deps, member: Member, draft: Draft, key: str) -> Draft | None:
    """Settles a doubt by one of its options; None when there is no such doubt any more."""
    option = next((o for o in draft.doubt.options if o.key == key), None) if draft.doubt is not None else None
    if option is None:
        return None
    if option.spot is not None:
        return draft.with_spot(option.spot)
    if option.fix is None:
        return None
    return by_fix(deps, member, replace(draft, doubt=None), option.fix, confirmed=True)


def _fix(given: FixGiven) -> places.Fix:
    return places.fix(
        given.latitude, given.longitude, accuracy_m=given.accuracy_m, datum=given.datum, by_hand=given.by_hand
    )


def _datum_doubt(deps: Deps, given: FixGiven, datum: str) -> Doubt:
    """Asks by name which of the two readings of a pin is right."""
    options = []
    for key, reading in (("0", given), ("1", replace(given, datum=datum))):
        found = places.place_fix(deps, _fix(reading))
        named = Option(key, _label(found.chain), fix=reading) if found.chain is not None else None
        options.append(named or Option("outside", "", fix=reading))
    return Doubt("datum", tuple(options))


def _far_pin_doubt(pin: FixGiven, phone: FixGiven, apart_m: float) -> Doubt:
    options = (Option("pin", "", fix=pin), Option("phone", "", fix=phone))
    return Doubt("far_pin", options, {"metres": f"{apart_m:.0f}"})


def _by_candidate(deps: Deps, code: str, reason: str) -> Option:
    spot = by_code(deps, code, "words", reason)
    return Option(code, spot_label(spot), spot)


def _distinct(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple({option.key: option for option in options}.values())


def _spot(
    chain: places.AreaChain,
    method: str,
    reason: str,
    edition: str,
    at: tuple[float, float] | None,
    given: FixGiven | None,
) -> Spot:
    codes = places.area_codes(chain)
    links: list[_Named | None] = [getattr(chain, level) for level in _LEVELS]
    return Spot(
        codes=(codes.city, codes.district, codes.street, codes.community, codes.grid),
        names=tuple(link.name for link in links[1:] if link is not None),
        method=method,
        reason=reason,
        edition=edition,
        latitude=at[0] if at is not None else None,
        longitude=at[1] if at is not None else None,
        fix=given,
    )


def _option(
    chain: places.AreaChain, method: str, reason: str, edition: str, at: tuple[float, float] | None, given: FixGiven
) -> Option:
    spot = _spot(chain, method, reason, edition, at, given)
    return Option(spot.street_code or spot.codes[0] or "", spot_label(spot), spot)


def _label(chain: places.AreaChain) -> str:
    links: list[_Named | None] = [getattr(chain, level) for level in _LEVELS[1:4]]
    return " ".join(link.name for link in links if link is not None)


def _street_name(chain: places.AreaChain) -> str:
    return chain.street.name if chain.street is not None else _label(chain)


def spot_label(spot: Spot) -> str:
    """Gives the names of a place on one line, from the district inwards."""
    return " ".join(spot.names)
