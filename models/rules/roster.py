"""Who stands in a roster table: people with their posts and invite codes, checked against roles, units and areas."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from models.rules.catalogue_rows import Book, CatalogueFault, Row
from models.rules.kinds import LOCALES
from models.rules.roles import Post, Role

DEFAULTS = {"language": "zh_CN", "phone": "", "unit_code": "", "shift": "A", "invite_code": "", "source": "roster"}
"""What an absent column or an empty cell means."""
ALWAYS = "2000-01-01"
COLUMNS = ("person", "name", "phone", "language", "role", "area_code", "unit_code", "shift", "invite_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeed:
    """One person of the roster, whom the table knows by `key`; several rows are several posts."""

    key: str
    name: str
    language: str
    invite_code: str | None
    phone: str | None = None
    posts: tuple[Post, ...] = ()


class Line(NamedTuple):
    """A row under the house's own column names."""

    file: str
    line: int
    values: Mapping[str, str]


def plain(rows: Iterable[Row], headings: Mapping[str, str], roles: Mapping[str, str]) -> list[Row]:
    """Gives rows of somebody else's table as the roster's: headings and names of roles by their codes.

    Columns and cells that may be left out get what they mean by default.
    """
    found: list[Row] = []
    for row in rows:
        said = {headings.get(name, name): cell.strip() for name, cell in row.values.items()}
        values = {"valid_from": ALWAYS, **DEFAULTS, **{name: cell for name, cell in said.items() if cell}}
        values |= {name: "" for name in said if name not in values}
        values["role"] = roles.get(values.get("role", ""), values.get("role", ""))
        if "role" not in said:
            del values["role"]
        values["shift"] = values["shift"].upper().removesuffix("角").removesuffix("岗").removesuffix("崗")
        found.append(Line(row.file, row.line, values))
    return found


def read_roster(
    rows: Sequence[Row], units: Collection[str] = (), areas: Collection[str] = ()
) -> tuple[PersonSeed, ...]:
    """Gives the people of the rows; raises `CatalogueFault` with every fault, by file and line.

    Unit and area codes are checked when lists of the known ones are given.
    """
    book = Book({"roster": rows})
    people: dict[str, PersonSeed] = {}
    codes: dict[str, str] = {}
    for row in book.every("roster", *COLUMNS):
        person, post = _person(book, row), _post(book, row, units, areas)
        known = people.setdefault(person.key, person)
        if known.name != person.name or known.invite_code != person.invite_code:
            book.fault(row, f"{person.key} has another name or invite code in an earlier row")
        if post in known.posts:
            book.fault(row, f"{person.key} holds this post already")
        owner = codes.setdefault(person.invite_code or person.key, person.key)
        if owner != person.key:
            book.fault(row, f"the invite code of {person.key} belongs to {owner}")
        people[person.key] = replace(known, posts=(*known.posts, post))
    if book.faults:
        raise CatalogueFault(book.faults)
    return tuple(people.values())


def _person(book: Book, row: Row) -> PersonSeed:
    return PersonSeed(
        key=book.text(row, "person"),
        name=book.text(row, "name"),
        language=book.known(row, "language", LOCALES),
        invite_code=book.maybe(row, "invite_code"),
        phone=book.maybe(row, "phone"),
    )


def _post(book: Book, row: Row, units: Iterable[str], areas: Iterable[str]) -> Post:
    role, unit = book.one_of(row, "role", Role), book.maybe(row, "unit_code")
    area = book.text(row, "area_code")
    if role is Role.SYSTEM:
        book.fault(row, "the service itself stands in no roster")
    if role is Role.RESPONSIBLE_UNIT and unit is None:
        book.fault(row, "a responsible unit needs its unit_code")
    if unit is not None and units and unit not in units:
        book.fault(row, f"the unit {unit!r} is defined nowhere")
    if areas and area not in areas:
        book.fault(row, f"the area {area!r} is defined nowhere")
    return Post(role, area, unit, book.known(row, "shift", ("A", "B")))
