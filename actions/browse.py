"""What a caller of the open interfaces may see: the same bounds as in chat, in pages.

Reads only. `bound` is the area of a key, which narrows whatever its person could see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions import exports, looking
from actions.exports import CaseRow
from actions.places import areas_below
from actions.ports import Deps, Unit
from actions.views import CaseView, PostView
from models.rules.errors import NoSuchItem, UnknownCase
from models.rules.facts import CaseFacts
from models.rules.parties import may_see
from models.rules.roles import Actor, Role
from models.store.rows import CaseSearch as CaseSearch
from models.store.rows import ReportRow as ReportRow
from models.store.rows import Viewpoint as Viewpoint

SEE_PHONES = frozenset({Role.ADMIN, Role.DISTRICT_CENTRE, Role.STREET_SUPERVISOR, Role.STREET_DISPATCHER})
"""Roles that may call the people of their area."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture of a case. `sha256` is of the file that is given out, `received_sha256` of what was sent to us."""

    media_id: int
    role: str
    event_seq: int
    status: str
    sha256: str | None
    received_sha256: str | None
    mime: str | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody of the roster, with the posts that lie in the viewer's scope."""

    person_id: int
    staff_no: str
    name: str
    phone: str | None
    on_duty: bool
    posts: tuple[PostView, ...]


def viewpoint(actor: Actor, bound: str | None) -> Viewpoint:
    """Gives from where an actor looks at lists."""
    return Viewpoint(
        area_codes=frozenset(post.area_code for post in actor.posts),
        person_id=actor.person_id,
        unit_codes=frozenset(post.unit_code for post in actor.posts if post.unit_code is not None),
        bound=bound,
    )


def of_posts(deps: Deps, actor: Actor, bound: str | None) -> Viewpoint | None:
    """Gives from where an export looks: the areas of the asker's posts and no other part; None for the whole city."""
    codes = frozenset(post.area_code for post in actor.posts)
    return None if bound is None and deps.city.code in codes else Viewpoint(area_codes=codes, bound=bound)


async def cases(deps: Deps, wanted: CaseSearch) -> Sequence[CaseRow]:
    """Lists the cases that fit, the newest first."""
    return [row async for page in exports.pages(deps, wanted) for row in page]


async def case(deps: Deps, actor: Actor, bound: str | None, case_no: str) -> tuple[CaseView, tuple[Evidence, ...]]:
    """Shows a case with its pictures; raises `UnknownCase`."""
    async with deps.store.read() as unit:
        seen = await looking.look(deps, unit, actor, case_no)
        within(bound, seen.facts)
        return seen, await _evidence(unit, case_no)


async def reachable(deps: Deps, actor: Actor, bound: str | None, case_no: str) -> None:
    """Makes sure that a case is the actor's to see and lies within the bound; raises `UnknownCase`."""
    async with deps.store.read() as unit:
        if not await _sees(unit, actor, bound, await unit.cases.facts(case_no)):
            raise UnknownCase(case_no=case_no)


async def _sees(unit: Unit, actor: Actor, bound: str | None, facts: CaseFacts | None) -> bool:
    """Tells whether a case is there, the actor's to see, and inside the bound."""
    return facts is not None and inside(bound, facts) and await looking.visible(unit, actor, facts)


def inside(bound: str | None, facts: CaseFacts) -> bool:
    """Tells whether a case lies within a key's area."""
    return bound is None or bound in facts.areas.chain


def within(bound: str | None, facts: CaseFacts) -> None:
    """Raises `UnknownCase` for a case outside of a key's area."""
    if not inside(bound, facts):
        raise UnknownCase(case_no=facts.case_no)


def hears(actor: Actor, bound: str | None, facts: CaseFacts) -> bool:
    """Tells whether changes of a case are for somebody: the part of `looking.visible` that needs no database."""
    if not inside(bound, facts):
        return False
    # The post over the place comes first: it is the usual answer, and five hundred listeners ask.
    if any(post.area_code in facts.areas.chain for post in actor.posts) or may_see(actor, facts):
        return True
    return actor.person_id is not None and actor.person_id in facts.rectifier_ids


async def evidence(deps: Deps, case_no: str) -> tuple[Evidence, ...]:
    """Lists the pictures of a case for who has just been shown it."""
    async with deps.store.read() as unit:
        return await _evidence(unit, case_no)


async def _evidence(unit: Unit, case_no: str) -> tuple[Evidence, ...]:
    rows = await unit.media.of_case(case_no)
    media = await unit.media.many([row.media_id for row in rows])
    found = []
    for row in rows:
        kept = media[row.media_id]
        # A picture is stored under the hash of its file.
        stored = kept.key.rpartition("/")[2].removesuffix(".jpg") if kept.key else None
        found.append(
            Evidence(
                row.media_id,
                row.role,
                row.event_seq,
                row.status,
                stored,
                row.sha256,
                kept.mime,
                kept.width,
                kept.height,
            )
        )
    return tuple(found)


async def photo_of(deps: Deps, actor: Actor, bound: str | None, media_id: int) -> None:
    """Makes sure that a picture is the actor's to see: one's own, or of a case that is; raises `NoSuchItem`."""
    async with deps.store.read() as unit:
        row = await unit.media.get(media_id)
        if row is not None:
            if actor.person_id is not None and row.person_id == actor.person_id:
                return
            for facts in (await unit.cases.many(await unit.media.cases_of(media_id))).values():
                if await _sees(unit, actor, bound, facts):
                    return
    raise NoSuchItem(what="media", name=str(media_id))


async def reports(
    deps: Deps, actor: Actor, bound: str | None, *, mine: bool, after: int | None, limit: int
) -> list[ReportRow]:
    """Lists the reports that the actor may see, the newest first."""
    streets = _streets(deps, actor, bound)
    async with deps.store.read() as unit:
        view = viewpoint(actor, bound)
        return await unit.reports.seen_from(view, streets, mine=mine, after=after, limit=limit)


async def report(deps: Deps, actor: Actor, bound: str | None, report_no: str) -> ReportRow:
    """Shows one report; raises `NoSuchItem`."""
    async with deps.store.read() as unit:
        row = await unit.reports.by_no(report_no)
        if row is None:
            raise NoSuchItem(what="report", name=report_no)
        if row.person_id is not None and row.person_id == actor.person_id:
            return row
        if row.case_no is not None:
            if await _sees(unit, actor, bound, await unit.cases.facts(row.case_no)):
                return row
        elif row.street_code in _streets(deps, actor, bound):
            return row
    raise NoSuchItem(what="report", name=report_no)


async def names_of(deps: Deps, rows: Sequence[ReportRow]) -> frozenset[str]:
    """Gives the names of who sent these reports."""
    async with deps.store.read() as unit:
        found = await unit.people.names({row.person_id for row in rows if row.person_id is not None})
    return frozenset(found.values())


def _streets(deps: Deps, actor: Actor, bound: str | None) -> frozenset[str]:
    """Gives the streets of an actor's areas; observations without a case know no smaller place."""
    if deps.index is None:
        return frozenset()
    below = areas_below(deps, [post.area_code for post in actor.posts])
    if bound is not None:
        below &= areas_below(deps, [bound])
    return frozenset(code for code in below if code in deps.index.areas and deps.index.areas[code].level == "street")


async def people(
    deps: Deps, actor: Actor, bound: str | None, *, text: str = "", after: int = 0, limit: int = 50
) -> list[PersonShown]:
    """Lists the people whose posts lie in the actor's areas; nobody for who is no person of the roster."""
    if actor.person_id is None:
        return []
    scope = areas_below(deps, [post.area_code for post in actor.posts])
    if bound is not None:
        scope &= areas_below(deps, [bound])
    may_call = areas_below(deps, [post.area_code for post in actor.posts if post.role in SEE_PHONES])
    everywhere = bound is None and any(post.area_code == deps.city.code for post in actor.posts)
    async with deps.store.read() as unit:
        rows = await unit.people.with_posts_in(None if everywhere else scope, text, after=after, limit=limit)
        held = {row.person_id: (await unit.people.actor(row.person_id, actor.channel)).posts for row in rows}
        codes = {post.area_code for posts in held.values() for post in posts}
        areas = await unit.areas.names(codes)
        units = await unit.units.names(sorted({p.unit_code for posts in held.values() for p in posts if p.unit_code}))
    shown = []
    for row in rows:
        posts = [post for post in held[row.person_id] if post.area_code in scope]
        callable_ = row.person_id == actor.person_id or any(post.area_code in may_call for post in posts)
        views = tuple(PostView(p, areas.get(p.area_code, p.area_code), _unit(p.unit_code, units)) for p in posts)
        phone = row.phone if callable_ else None
        shown.append(PersonShown(row.person_id, row.staff_no, row.name, phone, row.on_duty, views))
    return shown


def _unit(code: str | None, names: Mapping[str, str]) -> str | None:
    return names.get(code, code) if code is not None else None
