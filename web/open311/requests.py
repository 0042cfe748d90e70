"""GET requests, one request, and the request of a token."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aiohttp import web

from actions import open311
from actions.access import READ
from actions.browse import CaseSearch
from actions.open311 import RequestShown
from models.rules.errors import UnknownCase
from web.callers import Caller
from web.errors import BadParameter
from web.languages import language, text
from web.open311.asking import jurisdiction, reader
from web.open311.written import answer
from web.parts import parts

LONGEST_SPAN = timedelta(days=90)
DEEPEST = 100_000
OPEN, CLOSED = "open", "closed"


async def on_requests(request: web.Request) -> web.Response:
    """Lists requests: those named by number, or the newest of a span of 90 days, 1000 at most."""
    query = request.query
    jurisdiction(request, query.get("jurisdiction_id"))
    known, deps = await reader(request), parts(request).deps
    numbers = _listed(query, "service_request_id")
    if numbers:
        found = []
        for number in numbers[: open311.MOST_REQUESTS]:
            try:
                found.append(await open311.request(deps, known.actor, known.area_code, number))
            except UnknownCase:
                continue
    else:
        size = _number(query, "page_size", open311.MOST_REQUESTS, most=open311.MOST_REQUESTS)
        offset = (_number(query, "page", 1, most=DEEPEST) - 1) * size
        if offset + size > DEEPEST:
            raise BadParameter("bad_parameter", "page", given=query.get("page", ""))
        found = await open311.requests(deps, known.actor, known.area_code, _wanted(request, size), offset=offset)
    return answer(request, "service_requests", [_shown(request, known, one) for one in found])


async def on_request(request: web.Request) -> web.Response:
    """Shows one request."""
    jurisdiction(request, request.query.get("jurisdiction_id"))
    known = await reader(request)
    found = await open311.request(parts(request).deps, known.actor, known.area_code, request.match_info["id"])
    return answer(request, "service_requests", [_shown(request, known, found)])


async def on_token(request: web.Request) -> web.Response:
    """Gives the number of the request that a token was given for; the number is empty while there is none."""
    jurisdiction(request, request.query.get("jurisdiction_id"))
    token = request.match_info["token"]
    case_no = await open311.case_of(parts(request).deps, token)
    return answer(request, "service_requests", [{"service_request_id": case_no, "token": token}], fresh=True)


def _wanted(request: web.Request, limit: int) -> CaseSearch:
    """Reads the filters; raises `BadParameter`."""
    query, deps = request.query, parts(request).deps
    since, until = _span(query, deps.clock())
    states = _listed(query, "status")
    for state in states:
        if state not in (OPEN, CLOSED):
            raise BadParameter("bad_parameter", "status", given=state[:40])
    codes = _listed(query, "service_code")
    known = {kind.code for kind in open311.services(deps)}
    chosen = [code for code in codes if open311.service(deps, code)]
    return CaseSearch(
        kinds=frozenset(chosen) or frozenset(known),
        is_open=None if len(set(states)) != 1 else states[0] == OPEN,
        since=since,
        until=until,
        limit=limit,
    )


def _span(query: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Gives the span: what is left out makes it 90 days, and a longer one is cut to 90."""
    start, end = _moment(query, "start_date"), _moment(query, "end_date")
    if start is None:
        until = end or now + timedelta(minutes=1)
        return until - LONGEST_SPAN, until
    until = start + LONGEST_SPAN if end is None else min(end, start + LONGEST_SPAN)
    return start, until


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    given = query.get(name)
    if not given:
        return None
    try:
        if len(given) == len("2026-01-01"):
            moment = datetime.combine(date.fromisoformat(given), time.min)
        else:
            moment = datetime.fromisoformat(given)
    except ValueError:
        raise BadParameter("bad_parameter", name, given=given[:40]) from None
    if not 2000 <= moment.year <= 2200:
        raise BadParameter("bad_parameter", name, given=given[:40])
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _listed(query: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in query.get(name, "").split(",") if part.strip()]


def _number(query: Mapping[str, str], name: str, usual: int, *, most: int) -> int:
    given = query.get(name)
    if not given:
        return usual
    if not (given.isascii() and given.isdigit() and len(given) <= 7 and 1 <= int(given) <= most):
        raise BadParameter("bad_parameter", name, given=given[:40])
    return int(given)


def _shown(request: web.Request, known: Caller, found: RequestShown) -> dict[str, Any]:
    """Writes a request; a state of ours is open or closed, and its name stands in the notes."""
    case, said = found.case, text(request)
    kind = parts(request).deps.catalogue.kinds.get(case.kind)
    picture = None
    if found.media_id is not None and READ in known.scopes:
        picture = f"{parts(request).deps.city.web_url}/api/v1/photos/{found.media_id}"
    shown: dict[str, Any] = {
        "service_request_id": case.case_no,
        "status": CLOSED if case.closed_at is not None else OPEN,
        "status_notes": said(f"export.state.{case.state}"),
        "service_name": kind.label.in_(language(request)) if kind is not None else case.kind,
        "service_code": case.kind,
        "description": found.text,
        "agency_responsible": case.unit,
        "service_notice": None,
        "requested_datetime": _w3c(case.registered_at),
        "updated_datetime": _w3c(case.changed_at),
        "expected_datetime": _w3c(case.due_at) if case.due_at is not None else None,
        "address": found.address,
        "address_id": case.community_code or case.street_code,
        "zipcode": None,
        "lat": case.latitude,
        "long": case.longitude,
        "media_url": picture,
    }
    if request.query.get("extensions") == "true":
        shown["extended_attributes"] = {
            "state": str(case.state),
            "urgency": str(case.urgency),
            "overdue": case.overdue,
            "district": {"code": case.district_code, "name": case.district},
            "street": {"code": case.street_code, "name": case.street},
        }
    return shown


def _w3c(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
