"""GET /api/v1/people: who is on post in the caller's own areas; telephone numbers only for who may call them."""

from pydantic import Field

from actions import browse
from actions.browse import PersonShown
from models.rules.errors import PersonNeeded
from models.rules.roles import Role
from web.api import paging
from web.api.operation import Call, Operation, Shape
from web.api.paging import PageQuery


class PeopleQuery(PageQuery):
    """A part of the name, or the staff number."""

    q: str = Field(default="", max_length=100)


class PostOut(Shape):
    """A post."""

    role: Role
    role_name: str
    area: str
    area_name: str
    unit: str | None
    unit_name: str | None
    shift: str


class PersonOut(Shape):
    """Somebody of the roster."""

    person_id: int
    staff_no: str
    name: str
    phone: str | None
    on_duty: bool
    posts: list[PostOut]


class PeoplePage(Shape):
    """Some people, by number."""

    items: list[PersonOut]
    next: str | None


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="list_people",
            tag="people",
            method="GET",
            path="/api/v1/people",
            handler=on_people,
            query=PeopleQuery,
            answer=PeoplePage,
            refuses={403: "person_needed"},
        )
    ]


async def on_people(call: Call[PeopleQuery, None]) -> PeoplePage:
    """Answers with the people of the caller's areas; a key that acts for nobody sees nobody."""
    if call.actor.person_id is None:
        raise PersonNeeded()
    after = paging.by_number(call.query.cursor) or 0
    limit = call.query.limit
    found = await browse.people(call.deps, call.actor, call.bound, text=call.query.q, after=after, limit=limit + 1)
    shown = found[:limit]
    more = paging.pack(shown[-1].person_id) if len(found) > limit else None
    return PeoplePage(items=[_person(call, person) for person in shown], next=more)


def _person(call: Call[PeopleQuery, None], person: PersonShown) -> PersonOut:
    roles = call.deps.catalogue.roles
    return PersonOut(
        person_id=person.person_id,
        staff_no=person.staff_no,
        name=person.name,
        phone=person.phone,
        on_duty=person.on_duty,
        posts=[
            PostOut(
                role=view.post.role,
                role_name=roles[view.post.role].in_(call.said.language),
                area=view.post.area_code,
                area_name=view.area_name,
                unit=view.post.unit_code,
                unit_name=view.unit_name,
                shift=view.post.shift,
            )
            for view in person.posts
        ],
    )
