"""The command that says where a point or a text is, with every reason."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out
from console.terminal_map import draw

if TYPE_CHECKING:
    from actions.explain import Typed
    from actions.ports import Deps
    from config.settings import Settings
    from geo.address import AddressAnswer
    from geo.areas import AreaChain
    from geo.locate import Candidate, Placement

SAID = {
    "inside_by_margin": "farther from every border than the fix may be off",
    "inside_at_city_edge": "the only border that is near is the city's own",
    "on_border": "exactly on a border: the area whose code comes first covers it",
    "within_border_margin": "nearer to a border than any fix is sure of",
    "accuracy_circle_crosses_border": "the fix may be off by more than the way to the border",
    "outside_but_within_accuracy": "outside the city, but by less than the fix may be off",
    "outside_city": "no area of the city covers it",
    "gap_between_areas": "in the city, where no area of this level lies",
    "accuracy_too_coarse": "the fix may be off by so much that too many areas are possible",
    "not_a_number": "these are no numbers",
    "out_of_range": "there is no such place on earth",
    "zero_coordinates": "what a phone without a position sends",
    "swapped_coordinates_suspected": "in the city only when latitude and longitude are exchanged",
    "no_boundaries": "no boundaries were brought in yet",
}
"""What the reasons of a placement mean."""

SAID_OF_WORDS = {
    "street_named": "the street is named",
    "street_alias": "the street is named as it once was, or as people call it",
    "street_spelt": "the street is named in Latin letters",
    "street_typo": "the street is named with a typing error",
    "street_guess": "a street is named nearly so",
    "street_with_estate": "the street's short name, with an estate after it",
    "street_elsewhere": "a street of this name lies in another district than the one named",
    "street_short": "only the short name, which other things bear too",
    "streets_named": "several streets are named",
    "town_short": "the town's short name",
    "community_in_street": "a community right after the short name of its street",
    "community_in_district": "a community of the district that is named",
    "community_named": "a community of this name",
    "community_alias": "a community's other name",
    "community_spelt": "a community in Latin letters",
    "community_typo": "a community with a typing error",
    "community_unsure": "a community's name, which may be part of another",
    "community_after_unit": "a community's name after the name of a street that is not in the list",
    "community_doubtful": "a community's name, as likely part of another",
    "community_similar": "a community with a similar name",
    "community_elsewhere": "a community of this name lies in another district than the one named",
    "road_community": "a community that is called like a road",
    "name_shared": "several areas share the name",
    "landmark": "a building that was brought in",
    "road": "a road that was brought in",
    "home": "the worker's own street",
    "nothing_stated": "no place is named",
    "road_only": "only a road is named, and which streets it runs through is not known",
    "district_only": "only the district is named",
    "outside_area": "another city is named",
    "no_boundaries": SAID["no_boundaries"],
}
"""What the reasons of a text's place mean."""


def where(
    place: Annotated[list[str], typer.Argument(help="Longitude and latitude, or words in quotation marks.")],
    datum: Annotated[str, typer.Option(help="What the numbers are in: wgs84, gcj02, bd09, cgcs2000.")] = "wgs84",
    accuracy: Annotated[float | None, typer.Option(help="How exact the fix is, in metres.")] = None,
    home: Annotated[str | None, typer.Option(help="The code of the worker's own street, for words.")] = None,
    show_map: Annotated[bool, typer.Option("--map", help="Draw the ground around the place.")] = False,
) -> None:
    """Say where a point or a text is, as the bot would, with every reason."""
    terminal.run(_where(terminal.settings(), place, datum, accuracy, home, show_map=show_map))


async def _where(
    chosen: "Settings", place: list[str], datum: str, accuracy: float | None, home: str | None, *, show_map: bool
) -> None:
    from actions.explain import Datum, at_point, in_words, middle_of, point_in

    if datum not in set(Datum):
        raise CannotDo(f"there is no datum {datum!r}; there are {', '.join(Datum)}")
    async with terminal.opened(chosen) as deps:
        typed = point_in(deps, place)
        found = None
        if typed is not None:
            found = at_point(deps, typed.latitude, typed.longitude, datum=datum, accuracy_m=accuracy)
            _show_point(found, typed, datum)
        elif place[0].startswith("-"):
            raise CannotDo(f"there is no option {place[0]}")
        else:
            answer = in_words(deps, " ".join(place), home)
            _show_words(deps, answer)
            middle = await middle_of(deps, answer.candidates[0].code) if answer.candidates and show_map else None
            found = at_point(deps, *middle) if middle is not None else None
        if show_map and found is not None:
            draw(deps, found, "the place" if typed is not None else "some point of the first candidate")


def _show_point(found: "Placement", typed: "Typed", datum: str) -> None:
    """Shows a placement whole."""
    out.print(f"[bold]{found.outcome.value}[/]: {found.reason} [dim]({SAID[found.reason]})[/]")
    table = terminal.table("", "")
    table.show_header = False
    if found.chain is not None:
        table.add_row("place", _path(found.chain))
    if datum != "wgs84":
        table.add_row(f"given in {datum}", f"longitude {typed.longitude:.6f}, latitude {typed.latitude:.6f}")
    if found.wgs84 is not None:
        order = " (read as latitude, longitude)" if typed.latitude_first else ""
        table.add_row("WGS-84", f"longitude {found.wgs84.longitude:.6f}, latitude {found.wgs84.latitude:.6f}{order}")
    if found.border_distance_m is not None:
        table.add_row("nearest border", f"{found.border_distance_m:.1f} m")
    if found.nearest is not None and found.chain is None:
        table.add_row("nearest area", _candidate(found.nearest))
    table.add_row("edition", found.edition or "none")
    out.print(table)
    if found.candidates:
        out.print("To be asked:")
        for candidate in found.candidates:
            out.print(f"  {_candidate(candidate)}")


def _candidate(candidate: "Candidate") -> str:
    return f"{_path(candidate.chain)} ({candidate.distance_m:.1f} m)"


def _path(chain: "AreaChain") -> str:
    areas = (chain.city, chain.district, chain.street, chain.community, chain.grid)
    return " › ".join(f"{area.name} {area.code}" for area in areas if area is not None)


def _show_words(deps: "Deps", found: "AddressAnswer") -> None:
    """Shows what a text says about its place."""
    out.print(f"[bold]{found.verdict.value}[/]: {found.reason} [dim]({SAID_OF_WORDS[found.reason]})[/]")
    if found.roads:
        out.print(f"{'road' if len(found.roads) == 1 else 'roads'}: {terminal.escaped(', '.join(found.roads))}")
    if found.district_code:
        out.print(f"district: {_name(deps, found.district_code)}")
    if not found.candidates:
        return
    table = terminal.table("street", "community", "#score", "why")
    for one in found.candidates:
        why = SAID_OF_WORDS[one.why]
        table.add_row(_name(deps, one.street_code), _name(deps, one.community_code), f"{one.score:.2f}", why)
    out.print(table)


def _name(deps: "Deps", code: str | None) -> str:
    area = deps.index.areas.get(code) if deps.index is not None and code is not None else None
    return f"{area.name} {area.code}" if area is not None else code or ""
