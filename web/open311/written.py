"""How an answer of the standard is written: the same data as JSON or as XML, errors too."""

import json
from http import HTTPStatus
from typing import Any
from xml.etree.ElementTree import Element

from aiohttp import web

from models.rules.errors import Refusal
from web.answers import as_bytes
from web.errors import Problem, problem_of
from web.exports.xml import add, clean, written
from web.languages import TAGS, language, text

XML, JSON = "xml", "json"
TYPES = {XML: "text/xml", JSON: "application/json"}
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
"""How one of a list is called in XML."""


def answer(request: web.Request, root: str, data: Any, *, fresh: bool = False) -> web.Response:
    """Writes data under the name that its root has in XML; `fresh` for what must not be kept."""
    form = request.match_info.get("format", JSON)
    body = _xml(root, data) if form == XML else json.dumps(data, ensure_ascii=False).encode()
    if fresh:
        made = web.Response(body=body, content_type=TYPES[form], charset="utf-8")
        made.headers["Cache-Control"] = "no-store"
    else:
        made = as_bytes(request, body, content_type=TYPES[form])
    made.headers["Content-Language"] = TAGS[language(request)]
    made.headers["Vary"] = "Accept-Language, Authorization, Cookie, Accept-Encoding"
    return made


def refusal(request: web.Request, fault: Problem | Refusal) -> web.Response:
    """Writes errors as the standard wants them: 404 for what is not there, 403 for keys, 400 for all else."""
    problem = fault if isinstance(fault, Problem) else problem_of(fault)
    said = text(request)(f"problem.{problem.code}", **problem.facts)
    details = ", ".join(
        f"{name}={value}" for name, value in problem.facts.items() if isinstance(value, str | int | float)
    )
    status = HTTPStatus.BAD_REQUEST
    match problem.status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            status = HTTPStatus.FORBIDDEN
        case HTTPStatus.NOT_FOUND | HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            status = problem.status
    described = f"{said} ({details})" if details else said
    made = answer(request, "errors", [{"code": status.value, "description": described}], fresh=True)
    made.set_status(status)
    made.headers.update({name: value for name, value in problem.headers.items() if name != "WWW-Authenticate"})
    return made


def _xml(root: str, data: Any) -> bytes:
    document = Element(root)
    _fill(document, root, data)
    return written(document)


def _fill(parent: Element, name: str, data: Any) -> None:
    match data:
        case dict():
            for key, value in data.items():
                _fill(add(parent, key), key, value)
        case list():
            for item in data:
                _fill(add(parent, ITEMS.get(name, "item")), ITEMS.get(name, "item"), item)
        case None:
            pass
        case bool():
            parent.text = "true" if data else "false"
        case _:
            parent.text = clean(str(data))
