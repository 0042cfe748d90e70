"""Requests of the Open311 standard over our reports and cases: a request is a case, a token is a report on its way.

Nobody's name leaves here, and no telephone number; what a stranger says of themselves is not kept at all.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from actions import browse, exports, given_places, media, reports
from actions.exports import CaseRow
from actions.ports import Deps
from actions.reports import FilingRequest, PlaceGiven
from actions.text import clean
from models.rules import words
from models.rules.errors import FieldUnreadable, NoSuchItem, PlaceMissing, Refusal, UnknownCase
from models.rules.fields import read
from models.rules.kinds import Field, FieldType, FieldValue, Group, Kind
from models.rules.redaction import redacted
from models.rules.roles import Actor
from models.store.rows import CaseSearch, ReportRow

CHANNEL = "open311"
BATCH = "batch"
REALTIME = "realtime"
MOST_REQUESTS = 1000
LONGEST_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class RequestShown:
    """A case as the public sees it."""

    case: CaseRow
    text: str
    address: str
    media_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a client of the standard sends. `attributes` are typed words by the code of their field."""

    service_code: str
    text: str
    latitude: float | None = None
    longitude: float | None = None
    address: str = ""
    attributes: Mapping[str, str]
    media_url: str = ""
    pictures: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A token, and the number of the request where the service gives it at once."""

    token: str
    case_no: str | None


def services(deps: Deps) -> list[Kind]:
    """Lists the kinds that can be asked for: hazards and disasters; observations are for workers."""
    return [kind for kind in deps.catalogue.kinds.values() if kind.group is not Group.OBSERVATION]


def service(deps: Deps, code: str) -> Kind:
    """Finds a service; raises `NoSuchItem`."""
    kind = deps.catalogue.kinds.get(code)
    if kind is None or kind.group is Group.OBSERVATION:
        raise NoSuchItem(what="kind", name=code)
    return kind


def how(kind: Kind) -> str:
    """Tells whether a number is given at once, or later for a token: a disaster is looked at together first."""
    return BATCH if kind.group is Group.DISASTER else REALTIME


def attributes(kind: Kind) -> list[Field]:
    """Lists what is asked of the public; pictures come as media, and what only a major hazard needs is not asked."""
    return [field for field in kind.asked(kind.grade) if field.type is not FieldType.PHOTO]


async def file(deps: Deps, actor: Actor, given: Given) -> Receipt:
    """Files a request; raises the refusals of `reports.file`, and `PlaceMissing` or `OutsideCity` for its place."""
    kind, actor = service(deps, given.service_code), replace(actor, channel=CHANNEL)
    text = f"{given.text}\n{given.media_url}".strip()
    danger = words.danger(text, deps.catalogue)
    number = secrets.randbits(62)
    filed = await reports.file(
        deps,
        actor,
        FilingRequest(
            kind=kind.code,
            text=text,
            place=_place(deps, given),
            channel=CHANNEL,
            update_id=number,
            fields=_fields(deps, kind, given.attributes),
            life_danger=bool(danger),
            danger=danger,
            before=tuple(given.pictures),
            phase="first" if kind.group is Group.DISASTER else None,
        ),
    )
    return Receipt(f"{number:016x}", filed.case_no if how(kind) == REALTIME else None)


async def take(deps: Deps, actor: Actor, data: bytes) -> int:
    """Takes a picture in; raises `BadPhoto`."""
    return (await media.take(deps, actor.person_id, data)).media_id


async def case_of(deps: Deps, token: str) -> str | None:
    """Gives the number of the request of a token; raises `NoSuchItem` for a token that was never given."""
    number = int(token, 16) if len(token) == 16 and all(sign in "0123456789abcdef" for sign in token) else None
    async with deps.store.read() as unit:
        row = await unit.reports.by_update(CHANNEL, number) if number is not None and number < 2**62 else None
    if row is None:
        raise NoSuchItem(what="token", name=token[:40])
    return row.case_no


async def requests(
    deps: Deps, actor: Actor, bound: str | None, wanted: CaseSearch, *, offset: int = 0
) -> list[RequestShown]:
    """Lists requests that fit, the newest first, from an offset on."""
    seen = replace(wanted, seen_from=browse.viewpoint(actor, bound), limit=offset + wanted.limit)
    async with deps.store.read() as unit:
        numbers = (await unit.cases.search(seen))[offset:]
    return await _shown(deps, numbers)


async def request(deps: Deps, actor: Actor, bound: str | None, case_no: str) -> RequestShown:
    """Shows one request; raises `UnknownCase`."""
    await browse.reachable(deps, actor, bound, case_no)
    found = await _shown(deps, [case_no])
    if not found:
        raise UnknownCase(case_no=case_no)
    return found[0]


async def _shown(deps: Deps, numbers: Sequence[str]) -> list[RequestShown]:
    rows = await exports.listed(deps, numbers)
    async with deps.store.read() as unit:
        first = await unit.reports.first_of(numbers)
        people = {r.person_id for r in first.values() if r.person_id is not None}
        names = frozenset((await unit.people.names(people)).values())
        pictures = {}
        if len(numbers) == 1:
            evidence = await unit.media.of_case(numbers[0])
            pictures = {numbers[0]: next((m.media_id for m in evidence if m.role == "before"), None)}
    return [
        RequestShown(
            case=row,
            text=redacted(first[row.case_no].text, names) if row.case_no in first else "",
            address=_address(row, first.get(row.case_no), names),
            media_id=pictures.get(row.case_no),
        )
        for row in rows
    ]


def _address(row: CaseRow, report: ReportRow | None, names: frozenset[str]) -> str:
    said = redacted(report.address_text, names) if report is not None and report.address_text else None
    return " ".join(part for part in (row.district, row.street, row.community, said) if part)


def _place(deps: Deps, given: Given) -> PlaceGiven:
    address = clean(given.address, LONGEST_ADDRESS)
    if given.latitude is not None and given.longitude is not None:
        return given_places.by_point(deps, given.latitude, given.longitude, address=address or None)
    if not address:
        raise PlaceMissing(why="nothing_given")
    return given_places.by_words(deps, address)


def _fields(deps: Deps, kind: Kind, typed: Mapping[str, str]) -> dict[str, FieldValue]:
    """Reads typed attributes as the fields of the kind; raises the refusal of the first that cannot be one."""
    known = {field.code: field for field in attributes(kind)}
    found: dict[str, FieldValue] = {}
    for code, words_ in typed.items():
        if not words_.strip():
            continue
        if code not in known:
            raise FieldUnreadable(field=code)
        value = _moment(words_) if known[code].type is FieldType.TIME else None
        answer = value if value is not None else read(known[code], words_, deps.clock())
        if isinstance(answer, Refusal):
            raise answer
        found[code] = answer
    return found


def _moment(written: str) -> str | None:
    """Reads a moment as the standard writes it (W3C); anything else is read as a person would type it."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment.isoformat() if moment.tzinfo is not None else None
