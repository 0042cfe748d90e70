"""GET /api/v1/openapi.json: the OpenAPI 3.1 document, written from the declarations of the handlers."""

import json
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from config.texts import Text
from web.access import CSRF_HEADER
from web.answers import as_bytes
from web.api.contents import operations
from web.api.operation import IDEMPOTENCY, JSON, PATH_PART, Operation, Shape
from web.callers import SESSION_COOKIE
from web.errors import MEDIA_TYPE as PROBLEM_TYPE
from web.languages import TAGS, text
from web.once import Once
from web.uploads import WRITTEN as JSON_PART

WRITTEN = web.AppKey("written documents", Once[bytes])
"""Documents by language: made once, for nothing in them changes while the process lives."""
REF = "#/components/schemas/{model}"
ALWAYS = (HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
"""What any call may be answered with."""


class ProblemOut(Shape):
    """A problem document (RFC 9457) in the caller's language; some bring further members."""

    type: str
    title: str
    status: int
    detail: str
    code: str


async def on_openapi(request: web.Request) -> web.Response:
    """Answers with the document; its sentences are in the caller's language."""
    said = text(request)

    async def written() -> bytes:
        return json.dumps(document(said), ensure_ascii=False, separators=(",", ":")).encode()

    body = await request.app[WRITTEN].get(said.language, written)
    answer = as_bytes(request, body, content_type=JSON)
    answer.headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
    return answer


def document(said: Text) -> dict[str, Any]:
    """Writes the document."""
    declared = operations()
    shapes = _shapes(declared)
    _, schemas = models_json_schema([(shape, "validation") for shape in shapes], ref_template=REF)
    problem = schemas["$defs"]["ProblemOut"]
    problem["additionalProperties"] = True
    paths: dict[str, dict[str, Any]] = {}
    for operation in declared:
        address = PATH_PART.sub(r"{\1}", operation.path)
        paths.setdefault(address, {})[operation.method.lower()] = _operation(operation, said)
    return {
        "openapi": "3.1.0",
        "info": {"title": said("api.name"), "version": "v1", "description": said("api.about")},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag, "description": said(f"api.tag.{tag}")} for tag in _tags(declared)],
        "security": [{"key": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": said("api.security.key")},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": SESSION_COOKIE,
                    "description": said("api.security.session", header=CSRF_HEADER),
                },
            },
        },
        "x-language": TAGS[said.language],
    }


def _tags(declared: list[Operation]) -> list[str]:
    return list(dict.fromkeys(operation.tag for operation in declared))


def _shapes(declared: list[Operation]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {ProblemOut: None}
    for operation in declared:
        for shape in (operation.body, operation.answer):
            if isinstance(shape, type) and issubclass(shape, BaseModel):
                found[shape] = None
    return list(found)


def _operation(operation: Operation, said: Text) -> dict[str, Any]:
    """Describes one operation."""
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": said(f"api.op.{operation.name}"),
        "parameters": [*_path_parts(operation, said), *_query(operation, said), *_headers(operation, said)],
        "responses": _responses(operation, said),
    }
    if operation.scope is None:
        described["security"] = [{}]
    else:
        described["x-scope"] = operation.scope
    body = _body(operation)
    if body is not None:
        described["requestBody"] = body
    return described


def _path_parts(operation: Operation, said: Text) -> list[dict[str, Any]]:
    found = []
    for name, pattern in PATH_PART.findall(operation.path):
        schema = {"type": "integer", "minimum": 0, "maximum": 10**15 - 1} if r"\d" in pattern else {"type": "string"}
        found.append(
            {"name": name, "in": "path", "required": True, "schema": schema, "description": said(f"api.param.{name}")}
        )
    return found


def _query(operation: Operation, said: Text) -> list[dict[str, Any]]:
    schema = operation.query.model_json_schema(by_alias=True)
    within = schema.get("$defs", {})
    return [
        {"name": name, "in": "query", "schema": _plain(of, within), "description": said(f"api.param.{name}")}
        for name, of in schema.get("properties", {}).items()
    ]


def _plain(schema: dict[str, Any], within: dict[str, Any]) -> dict[str, Any]:
    """Takes null out of what may be left out: an address has no null. Lists of values are written out."""
    kept = {name: value for name, value in schema.items() if name not in ("title", "anyOf", "default")}
    options = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    options = [within[option["$ref"].rpartition("/")[2]] if "$ref" in option else option for option in options]
    plain = kept | (options[0] if len(options) == 1 else {"anyOf": options} if options else {})
    return plain | ({"default": schema["default"]} if schema.get("default") is not None else {})


def _headers(operation: Operation, said: Text) -> list[dict[str, Any]]:
    named = [IDEMPOTENCY] if operation.writes and operation.handler is not None else []
    return [
        {
            "name": name,
            "in": "header",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            "description": said(f"api.header.{name}"),
        }
        for name in (*named, *operation.headers)
    ]


def _body(operation: Operation) -> dict[str, Any] | None:
    ref = {"$ref": REF.format(model=operation.body.__name__)} if operation.body is not None else None
    if not operation.uploads:
        return {"required": False, "content": {JSON: {"schema": ref}}} if ref is not None else None
    file = {"type": "string", "contentMediaType": "image/*"}
    form: dict[str, Any] = {"media": {"type": "array", "items": file, "maxItems": 9}}
    if ref is not None:
        form[JSON_PART] = ref
    form_schema = {"type": "object", "properties": form, "required": [JSON_PART] if ref is not None else ["media"]}
    encoding = {JSON_PART: {"contentType": JSON}} if ref is not None else {}
    content: dict[str, Any] = {}
    for media_type in operation.media_types:
        if media_type == JSON:
            content[JSON] = {"schema": ref}
        elif media_type.startswith("image/"):
            content[media_type] = {"schema": {"type": "string", "contentMediaType": media_type}}
        else:
            content[media_type] = {"schema": form_schema, "encoding": encoding}
    return {"required": True, "content": content}


def _responses(operation: Operation, said: Text) -> dict[str, Any]:
    given: dict[str, Any] = {"description": said("api.answer")}
    if operation.answer is not None:
        given["content"] = _content(operation)
    found = {str(operation.status): given}
    if not operation.writes and operation.answer is not None:
        found["304"] = {"description": said("api.answer.same")}
    codes = {int(status) for status in ALWAYS} | set(operation.refuses)
    if operation.scope is not None:
        codes |= {401, 403}
    if operation.writes:
        codes |= {413, 415, 422}
    problem = {PROBLEM_TYPE: {"schema": {"$ref": REF.format(model="ProblemOut")}}}
    for status in sorted(codes):
        found[str(status)] = {"description": said("api.answer.problem"), "content": problem}
    return found


def _content(operation: Operation) -> dict[str, Any]:
    """Describes what is given: a shape as JSON, or another type by its name."""
    if isinstance(operation.answer, str):
        return {operation.answer: {"schema": {}}}
    return {JSON: {"schema": {"$ref": REF.format(model=operation.answer.__name__)}}}
