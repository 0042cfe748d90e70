"""The command that says where a point or a text is, with every reason."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import terminal
from console.terminal import CannotDo, out

if TYPE_CHECKING:
    from actions.ports import Deps
    from config.settings import Settings
    from geo.address import AddressAnswer
    from geo.areas import AreaChain
    from geo.locate import Candidate, Placement


def where(
    place: Annotated[list[str], typer.Argument(help="Latitude and longitude, or words in quotation marks.")],
    datum: Annotated[str, typer.Option(help="What the numbers are in: wgs84, gcj02, bd09, cgcs2000.")] = "wgs84",
    accuracy: Annotated[float | None, typer.Option(help="How exact the fix is, in metres.")] = None,
    home: Annotated[str | None, typer.Option(help="The code of the worker's own street, for words.")] = None,
) -> None:
    """Say where a point or a text is, as the bot would, with every reason."""
    terminal.run(_where(terminal.settings(), place, datum, accuracy, home))


async def _where(chosen: "Settings", place: list[str], datum: str, accuracy: float | None, home: str | None) -> None:
    from actions.explain import Datum, at_point, in_words, numbers_in

    if datum not in set(Datum):
        raise CannotDo(f"there is no datum {datum!r}; there are {', '.join(Datum)}")
    async with terminal.opened(chosen) as deps:
        point = numbers_in(place)
        if point is not None:
            _show_point(at_point(deps, *point, datum=datum, accuracy_m=accuracy))
        else:
            _show_words(deps, in_words(deps, " ".join(place), home))


def _show_point(found: "Placement") -> None:
    """Shows a placement whole."""
    out.print(f"[bold]{found.outcome.value}[/]: {found.reason}")
    table = terminal.table("", "")
    table.show_header = False
    if found.chain is not None:
        table.add_row("place", _path(found.chain))
    if found.wgs84 is not None:
        table.add_row("WGS-84", f"{found.wgs84.latitude:.6f}, {found.wgs84.longitude:.6f}")
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
    out.print(f"[bold]{found.verdict.value}[/]: {found.reason}")
    if found.road:
        out.print(f"road: {terminal.escaped(found.road)}")
    if found.district_code:
        out.print(f"district: {_name(deps, found.district_code)}")
    if not found.candidates:
        return
    table = terminal.table("street", "community", "#score", "why")
    for one in found.candidates:
        table.add_row(_name(deps, one.street_code), _name(deps, one.community_code), f"{one.score:.2f}", one.why)
    out.print(table)


def _name(deps: "Deps", code: str | None) -> str:
    area = deps.index.areas.get(code) if deps.index is not None and code is not None else None
    return f"{area.name} {area.code}" if area is not None else code or ""
