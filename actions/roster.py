"""The roster in an operator's hands: who is in it, and what a new one would change."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from actions.people import member
from actions.ports import Deps
from actions.views import PostView
from models.rules.errors import NoSuchItem
from models.rules.roles import Post, Role
from models.rules.roster import PersonSeed
from models.store.rows import PersonRow, PostRow, RosterRow

EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person of the roster as a list shows them; `n_chats` counts the chats that reach them."""

    person_id: int
    staff_no: str
    name: str
    language: str
    on_duty: bool
    n_chats: int
    posts: tuple[PostView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody whom no chat is bound to yet, and a post of theirs."""

    person_id: int
    staff_no: str
    name: str
    language: str
    role: Role | None
    area_code: str
    area_name: str


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """What a roster would change, by staff number; posts come with the number of who gets or loses them."""

    new: tuple[str, ...]
    renamed: tuple[str, ...]
    leaving: tuple[str, ...]
    posts_begin: tuple[tuple[str, Post], ...]
    posts_end: tuple[tuple[str, Post], ...]

    @property
    def any(self) -> bool:
        """Tells whether it would change anything."""
        return bool(self.new or self.renamed or self.leaving or self.posts_begin or self.posts_end)


async def find(deps: Deps, named: str) -> PersonRow:
    """Finds an active person by staff number or, when only one bears it, by name; raises `NoSuchItem`."""
    async with deps.store.read() as unit:
        person = await unit.people.by_staff_no(named)
        if person is not None:
            return person
        bearing = await unit.people.named(named)
    if len(bearing) > 1:
        raise NoSuchItem(what="person", name=f"{named} ({', '.join(p.staff_no for p in bearing)})")
    if not bearing:
        raise NoSuchItem(what="person", name=named)
    return bearing[0]


async def lines(
    deps: Deps, words: str = "", *, area_code: str | None = None, role: Role | None = None, limit: int = 200
) -> tuple[PersonLine, ...]:
    """Lists active people by a part of the name or the staff number, by a post's area and role."""
    async with deps.store.read() as unit:
        people = await unit.people.search(words, limit=EVERYBODY)
        if area_code is not None or role is not None:
            areas = None if area_code is None else _within(deps, area_code)
            holders = {post.person_id for post in await unit.people.posts(role, areas)}
            people = [person for person in people if person.person_id in holders]
    return tuple([await _line(deps, person) for person in people[:limit]])


def _within(deps: Deps, area_code: str) -> set[str]:
    """Gives the codes of an area and of all that lies in it; raises `NoSuchItem`."""
    if deps.index is None or area_code not in deps.index.areas:
        raise NoSuchItem(what="area", name=area_code)
    found = {area_code}
    # The areas come from the city down: every parent is seen before its children.
    for area in deps.index.areas.values():
        if area.parent_code in found:
            found.add(area.code)
    return found


async def _line(deps: Deps, person: PersonRow) -> PersonLine:
    async with deps.store.read() as unit:
        chats = await unit.people.chats_of(person.person_id)
        seen = await member(deps, person.person_id, "cli")
    return PersonLine(
        person_id=person.person_id,
        staff_no=person.staff_no,
        name=person.name,
        language=person.language,
        on_duty=person.on_duty,
        n_chats=len(chats),
        posts=seen.posts,
    )


def rows_of(people: Iterable[PersonSeed]) -> list[RosterRow]:
    """Lists every post of everybody as the store takes them."""
    return [
        RosterRow(
            staff_no=person.key,
            name=person.name,
            language=person.language,
            role=post.role,
            area_code=post.area_code,
            unit_code=post.unit_code,
            shift=post.shift,
            phone=person.phone,
        )
        for person in people
        for post in person.posts
    ]


async def known_codes(deps: Deps) -> tuple[Collection[str], Collection[str]]:
    """Gives the codes of the units and of the areas that a roster may name."""
    async with deps.store.read() as unit:
        units = {row.code for row in await unit.units.all()}
    return units, (deps.index.areas.keys() if deps.index is not None else ())


async def review(deps: Deps, rows: Sequence[RosterRow], *, complete: bool = False) -> RosterChanges:
    """Compares a roster with the one in use; changes nothing. A complete one ends the people it does not list."""
    async with deps.store.read() as unit:
        people = {person.staff_no: person for person in await unit.people.search("", limit=EVERYBODY)}
        posts = await unit.people.posts()
    listed = {row.staff_no: row for row in rows}
    numbers = {person.person_id: number for number, person in people.items()}
    held = {(numbers[p.person_id], _post(p)) for p in posts if complete or numbers[p.person_id] in listed}
    wanted = {(row.staff_no, _post(row)) for row in rows}
    return RosterChanges(
        new=tuple(sorted(listed.keys() - people.keys())),
        renamed=tuple(sorted(no for no, row in listed.items() if no in people and people[no].name != row.name)),
        leaving=tuple(sorted(people.keys() - listed.keys())) if complete else (),
        posts_begin=_sorted(wanted - held),
        posts_end=_sorted(held - wanted),
    )


def _post(row: PostRow | RosterRow) -> Post:
    return Post(row.role, row.area_code, row.unit_code, row.shift)


def _sorted(posts: Iterable[tuple[str, Post]]) -> tuple[tuple[str, Post], ...]:
    return tuple(sorted(posts, key=lambda one: (one[0], one[1].role, one[1].area_code, one[1].shift)))


async def take_over(
    deps: Deps, rows: Sequence[RosterRow], *, complete: bool = False, done: Callable[[int], None] = lambda _: None
) -> int:
    """Makes people and posts agree with a roster in one transaction; counts the people.

    `done` hears of rows as they are written. What open cases its changes leave without a holder: `staffing.settle`.
    """
    async with deps.store.begin() as unit:
        return await unit.people.import_roster(rows, complete=complete, done=done)


async def waiting(
    deps: Deps, *, area_code: str | None = None, role: Role | None = None, limit: int = EVERYBODY
) -> tuple[Waiting, ...]:
    """Lists who has no chat yet, with the first of their posts that fits; ordered by area, so that cards are handed
    out street by street. People without a post are left out when an area or a role is asked for."""
    areas = None if area_code is None else _within(deps, area_code)
    async with deps.store.read() as unit:
        people = await unit.people.without_chat()
        posts: dict[int, PostRow] = {}
        for post in await unit.people.posts(role, areas):
            posts.setdefault(post.person_id, post)
        names = await unit.areas.names({post.area_code for post in posts.values()})
    narrowed = areas is not None or role is not None
    found = []
    for person in people:
        held = posts.get(person.person_id)
        if held is None and narrowed:
            continue
        code = held.area_code if held else ""
        line = Waiting(
            person_id=person.person_id,
            staff_no=person.staff_no,
            name=person.name,
            language=person.language,
            role=held.role if held else None,
            area_code=code,
            area_name=names.get(code, code),
        )
        found.append(line)
    return tuple(sorted(found, key=lambda one: (one.area_code, one.staff_no))[:limit])


async def without_chat(deps: Deps, staff_nos: Iterable[str]) -> tuple[PersonRow, ...]:
    """Lists those of the people who have no chat yet and so need a code."""
    wanted = set(staff_nos)
    async with deps.store.read() as unit:
        return tuple(person for person in await unit.people.without_chat() if person.staff_no in wanted)
