"""How a chat becomes somebody's: by a one-time code, and where the city asks for it by an admin's word besides.

Until then the person can do nothing, and nothing they send is lost: it is held in the inbox and handled once they
are confirmed, as if it had just come. Nobody unconfirmed gets a receipt, and so nobody believes in a report that
no one has taken up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.people import LANGUAGES, above, digest, ends_at, member_of
from actions.ports import Deps, Unit
from actions.staffing import farewell
from actions.telling import CONVERSATION, LIFE_DANGER
from actions.views import Member, PostView
from models.rules import words
from models.rules.errors import NoSuchCode, NoSuchItem, NotYourTeam, TooManyTries
from models.rules.rights import Deed, may
from models.rules.roles import Actor, Role
from models.store.bindings import CONFIRMED, REFUSED, RequestRow

TEMPLATE = "binding"


@dataclass(frozen=True, slots=True)
class Pending:
    """A chat whose person an admin has not confirmed yet; `admins` are the names of who may."""

    request_id: int
    name: str
    language: str
    admins: tuple[str, ...]
    n_held: int = 0
    danger: bool = False


@dataclass(frozen=True, slots=True)
class RequestView:
    """What an admin sees of a request."""

    request_id: int
    name: str
    staff_no: str
    posts: tuple[PostView, ...]
    asked_at: datetime
    verdict: str | None
    decided_by: str | None
    n_held: int


async def start(deps: Deps, channel: str, chat_id: int, code: str, language: str | None = None) -> Member | Pending:
    """Takes a one-time code of a chat: binds the chat, or asks the admins; raises `TooManyTries` and `NoSuchCode`.

    A binding that the chat or the person had before ends with the new one. Wrong codes are counted outside the
    caller's fate: they stay counted although the refusal is raised.
    """
    now = deps.clock()
    async with deps.store.begin() as unit:
        numbers = deps.catalogue.numbers
        most, minutes = int(numbers["invite_tries"]), numbers["invite_wait_minutes"]
        tries = await unit.people.attempts(channel, chat_id, now - timedelta(minutes=minutes))
        if tries >= most:
            raise TooManyTries(minutes=int(minutes))
        person_id = await unit.people.take_invite(digest(code), now)
        if person_id is not None:
            if digest(code) in deps.standing_codes:
                await unit.people.new_invite(person_id, digest(code), ends_at(deps))
            known = await unit.people.by_chat(channel, chat_id)
            if deps.confirm_bindings and (known is None or known.person_id != person_id):
                return await _ask(deps, unit, channel, chat_id, person_id, language, now)
            return await _bind(deps, unit, channel, chat_id, person_id, language, now)
        await unit.people.add_attempt(channel, chat_id, now)
    raise NoSuchCode(left=most - tries - 1)


async def _bind(
    deps: Deps, unit: Unit, channel: str, chat_id: int, person_id: int, language: str | None, now: datetime
) -> Member:
    """Binds a chat, and tells the phone that the person had before that it is signed out."""
    before = [chat for chat in await unit.people.chats_of(person_id) if chat.channel == channel]
    person = await unit.people.get(person_id)
    await unit.people.bind(channel, chat_id, person_id, now)
    for chat in before:
        if chat.chat_id != chat_id and person is not None:
            await farewell(unit, channel, chat.chat_id, "moved", person.language)
            unit.after_commit(deps.hint)
    if language in LANGUAGES:
        await unit.people.set_language(person_id, language)
    return await member_of(deps, unit, person_id, channel)


async def _ask(
    deps: Deps, unit: Unit, channel: str, chat_id: int, person_id: int, language: str | None, now: datetime
) -> Pending:
    """Notes what a chat asks for, and lays it before the admins."""
    person = await unit.people.get(person_id)
    assert person is not None
    speaks = language if language in LANGUAGES else person.language
    request_id = await unit.bindings.ask(channel, chat_id, person_id, speaks or person.language, now)
    await _show_admins(deps, unit, request_id, person_id, loud=True)
    request = await unit.bindings.get(request_id)
    assert request is not None
    return await _pending(deps, unit, request)


async def _pending(deps: Deps, unit: Unit, request: RequestRow) -> Pending:
    names = await unit.people.names({request.person_id})
    admins = await _admins(deps, unit, request.person_id)
    named = await unit.people.names(set(admins))
    return Pending(
        request.request_id,
        names.get(request.person_id, ""),
        request.language,
        tuple(named[one] for one in admins if one in named),
        await unit.inbox.n_held(request.channel, str(request.chat_id)),
    )


async def _show_admins(
    deps: Deps, unit: Unit, request_id: int, person_id: int, *, loud: bool, danger: bool = False
) -> None:
    """Draws the card of a request on the admins' phones; a loud one rings."""
    for admin_id in await _admins(deps, unit, person_id):
        await unit.messages.add(
            person_id=admin_id,
            body={"template": TEMPLATE, "facts": {"request_id": request_id, "danger": danger}},
            card_key=f"{TEMPLATE}:{request_id}",
            loud=loud,
            priority=LIFE_DANGER if danger else CONVERSATION,
        )
    unit.after_commit(deps.hint)


async def _admins(deps: Deps, unit: Unit, person_id: int) -> list[int]:
    """Lists who may confirm a person: the admins of their areas, never they themselves; else the city's."""
    codes = await _codes(deps, unit, person_id)
    found = await unit.people.with_post(Role.ADMIN, codes)
    return [admin for admin in found if admin != person_id]


async def _codes(deps: Deps, unit: Unit, person_id: int) -> tuple[str, ...]:
    """Gives the areas of a person's posts and all above them, the city's always."""
    actor = await unit.people.actor(person_id, "binding")
    return tuple(dict.fromkeys((*above(deps, {post.area_code for post in actor.posts}), deps.city.code)))


async def hold(deps: Deps, channel: str, chat_id: int, update_id: int, text: str) -> Pending | None:
    """Keeps what an unconfirmed chat sends until its person is confirmed; None when the chat waits for nothing.

    Words for life in danger ring the admins again, because nobody else can see the message yet.
    """
    async with deps.store.begin() as unit:
        request = await unit.bindings.open_of(channel, chat_id)
        if request is None or request.asked_at <= deps.clock() - timedelta(days=deps.catalogue.numbers["invite_days"]):
            return None
        await unit.inbox.hold(channel, update_id, deps.clock())
        danger = bool(words.danger(text, deps.catalogue))
        if danger:
            await _show_admins(deps, unit, request.request_id, request.person_id, loud=True, danger=True)
        pending = await _pending(deps, unit, request)
        return Pending(
            pending.request_id, pending.name, pending.language, pending.admins, pending.n_held, danger=danger
        )


async def view(deps: Deps, actor: Actor, request_id: int) -> RequestView:
    """Shows a request to an admin of the person's areas; raises `NotYourTeam` for anybody else."""
    async with deps.store.read() as unit:
        request = await _theirs(deps, unit, actor, request_id)
        return await _view(deps, unit, request)


async def _view(deps: Deps, unit: Unit, request: RequestRow) -> RequestView:
    person = await unit.people.get(request.person_id)
    assert person is not None
    names = await unit.people.names({request.decided_by} if request.decided_by else set())
    asked = await member_of(deps, unit, request.person_id, "binding")
    return RequestView(
        request_id=request.request_id,
        name=person.name,
        staff_no=person.staff_no,
        posts=asked.posts,
        asked_at=request.asked_at,
        verdict=request.verdict,
        decided_by=names.get(request.decided_by) if request.decided_by else None,
        n_held=await unit.inbox.n_held(request.channel, str(request.chat_id)),
    )


async def waiting(deps: Deps) -> tuple[RequestView, ...]:
    """Lists every request that waits, for the operator at the command line."""
    async with deps.store.read() as unit:
        return tuple([await _view(deps, unit, request) for request in await unit.bindings.open()])


async def _theirs(deps: Deps, unit: Unit, actor: Actor | None, request_id: int) -> RequestRow:
    request = await unit.bindings.get(request_id)
    if request is None:
        raise NoSuchItem(what="request", name=str(request_id))
    if actor is not None:
        codes = await _codes(deps, unit, request.person_id)
        if actor.person_id == request.person_id or not may(actor, Deed.CONFIRM_BINDING, codes):
            raise NotYourTeam
    return request


async def decide(deps: Deps, actor: Actor | None, request_id: int, *, confirmed: bool) -> bool:
    """Confirms or refuses a request; False when somebody has decided it already.

    `actor` None is the operator at the command line, by whom the first admin of a city is confirmed. Confirming
    binds the chat and lets everything that was held be handled; refusing keeps it, unhandled, in the inbox.
    """
    now = deps.clock()
    async with deps.store.begin() as unit:
        request = await _theirs(deps, unit, actor, request_id)
        by = actor.person_id if actor is not None else None
        if not await unit.bindings.decide(request_id, CONFIRMED if confirmed else REFUSED, by, now):
            return False
        if confirmed:
            await _bind(deps, unit, request.channel, request.chat_id, request.person_id, request.language, now)
            await unit.inbox.release(request.channel, str(request.chat_id))
            facts: dict[str, object] = {"name": (await unit.people.names({request.person_id}))[request.person_id]}
            await unit.messages.add(
                person_id=request.person_id,
                body={"template": "notice.bound", "facts": facts},
                card_key=TEMPLATE,
                loud=True,
                priority=CONVERSATION,
            )
        else:
            await farewell(unit, request.channel, request.chat_id, "refused", request.language)
        await _show_admins(deps, unit, request_id, request.person_id, loud=False)
        return True
