"""What goes wrong becomes a problem document (RFC 9457) in the caller's language.

A refusal or a bad parameter says what to do; a fault of ours says only the number under which it was logged.
"""

import json
import secrets
from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from actions.ports import StoreUnavailableError
from models.rules.errors import Refusal
from web.languages import TAGS, language, text

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
NOT_FOUND = frozenset({"unknown_case", "no_such_item"})
"""Refusals that mean that there is no such thing."""
FORBIDDEN = frozenset({"not_your_case", "not_bound", "person_needed"})
CONFLICTS = frozenset({"wrong_state"})
"""Refusals that mean that the case has moved on."""
TOLD = ("field", "low", "high", "limit", "check", "why", "state", "verb", "nearest", "distance_m")
"""Facts of a refusal that a program may need; none of them is a person."""
log = structlog.get_logger(__name__)


class Problem(Exception):
    """A request that cannot be answered; `code` names the sentence `problem.<code>`, `facts` fill it."""

    def __init__(
        self, status: HTTPStatus, code: str, facts: Mapping[str, object] = {}, headers: Mapping[str, str] = {}
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.facts = facts
        self.headers = headers


class BadParameter(Problem):
    """A parameter of the query that cannot be used."""

    def __init__(self, code: str, parameter: str, **facts: object) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, code, {"parameter": parameter} | facts)


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers every failure with a problem document."""
    try:
        return await handler(request)
    except Problem as problem:
        return document(request, problem)
    except Refusal as refusal:
        return document(request, problem_of(refusal))
    except web.HTTPException as answer:
        if answer.status < HTTPStatus.BAD_REQUEST:
            raise
        return document(request, _http(answer))
    except StoreUnavailableError as fault:
        log.error("database cannot answer", path=request.path, fault=type(fault).__name__)
        wait = {"Retry-After": str(RETRY_AFTER_S)}
        return document(request, Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", headers=wait))
    except Exception:  # the door of the web server: the caller gets a number instead of a stack trace
        reference = secrets.token_hex(4)
        log.exception("request failed", path=request.path, reference=reference)
        return document(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", {"reference": reference}))


def document(request: web.Request, problem: Problem) -> web.Response:
    """Writes the problem document."""
    said = text(request)
    body = {
        "type": f"urn:whistle:problem:{problem.code}",
        "title": said(f"problem.{problem.code}.title"),
        "status": problem.status.value,
        "detail": said(f"problem.{problem.code}", **problem.facts),
        "code": problem.code,
        **problem.facts,
    }
    return web.Response(
        status=problem.status,
        body=json.dumps(body, ensure_ascii=False).encode(),
        content_type=MEDIA_TYPE,
        headers={
            **problem.headers,
            "Cache-Control": "no-store",
            "Content-Language": TAGS[language(request)],
            "Vary": "Accept-Language, Cookie",
        },
    )


def problem_of(refusal: Refusal) -> Problem:
    """Gives the problem of a refusal; what was refused is told, whom it concerns is not."""
    if refusal.code in NOT_FOUND:
        what = str(refusal.facts.get("what", "case"))
        given = str(refusal.facts.get("name", refusal.facts.get("case_no", "")))
        return Problem(HTTPStatus.NOT_FOUND, f"no_such_{what}", {"given": given})
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if refusal.code in FORBIDDEN:
        status = HTTPStatus.FORBIDDEN
    elif refusal.code in CONFLICTS:
        status = HTTPStatus.CONFLICT
    told: dict[str, object] = {name: refusal.facts[name] for name in TOLD if refusal.facts.get(name) is not None}
    return Problem(status, "refused", {"reason": refusal.code} | told)


def _http(answer: web.HTTPException) -> Problem:
    """Gives the problem of an answer that aiohttp made."""
    match answer.status:
        case HTTPStatus.NOT_FOUND:
            return Problem(HTTPStatus.NOT_FOUND, "not_found")
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = answer.headers.get("Allow", "")
            return Problem(HTTPStatus.METHOD_NOT_ALLOWED, "method", {"allowed": allowed}, {"Allow": allowed})
        case HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    return Problem(HTTPStatus(answer.status), "bad_request")
