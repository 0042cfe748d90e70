"""One declaration a handler: its address, who may call it, what it takes and what it gives, as types.

The server routes by these declarations and the OpenAPI document is written from the same ones, so that neither can
say what the other does not do. aiohttp has no such layer; what exists for it (aiohttp-apispec, aiohttp-pydantic)
speaks OpenAPI 2 or 3.0 and leaves problem documents, languages and repeated writes to every handler.
"""

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from actions import media
from actions.access import READ, WRITE
from actions.once import once
from actions.ports import Deps
from actions.views import MediaView
from config.texts import Text
from models.rules.errors import PersonNeeded
from models.rules.roles import Actor
from web.access import SAFE, need
from web.answers import as_json
from web.callers import Caller, caller
from web.errors import BadParameter, Problem
from web.languages import text
from web.parts import parts
from web.uploads import Upload, read_form

JSON = "application/json"
FORM = "multipart/form-data"
IDEMPOTENCY = "Idempotency-Key"
LONGEST_KEY = 200


class Shape(BaseModel):
    """Root of what is taken and given: no field more than declared, no number that JSON lacks."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Number = Annotated[int, Field(ge=1, lt=2**53)]
"""A number that a database, and every JSON reader, can hold."""


class Query(BaseModel):
    """Root of what stands behind the `?`; other parameters, such as `lang`, are not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Nothing(Query):
    """No parameters of one's own."""


Q = TypeVar("Q", bound=Query)
B = TypeVar("B", bound=Shape | None)


@dataclass(frozen=True, slots=True)
class Call(Generic[Q, B]):
    """One call as its handler sees it. `taken` are the pictures that came with it, taken in before it was begun."""

    request: web.Request
    caller: Caller
    query: Q
    body: B
    taken: tuple[MediaView, ...] = ()

    @property
    def deps(self) -> Deps:
        """Gives what actions need."""
        return parts(self.request).deps

    @property
    def said(self) -> Text:
        """Gives the sentences in the caller's language."""
        return text(self.request)

    @property
    def actor(self) -> Actor:
        """Gives as whom the caller looks and acts."""
        return self.caller.actor

    @property
    def bound(self) -> str | None:
        """Gives the area that the caller's key is bound to."""
        return self.caller.area_code

    def path(self, name: str) -> str:
        """Gives a part of the address."""
        return self.request.match_info[name]


Handler = Callable[[Call[Any, Any]], Awaitable[Any]]
Raw = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The declaration. `raw` handlers make their answer themselves; `answer` then only describes it."""

    name: str
    tag: str
    method: str
    path: str
    handler: Handler | None = None
    raw: Raw | None = None
    query: type[Query] = Nothing
    body: type[Shape] | None = None
    answer: Any = None
    status: int = 200
    scope: str | None = READ
    uploads: bool = False
    media_types: Sequence[str] = (JSON,)
    headers: Sequence[str] = ()
    refuses: Mapping[int, str] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Tells whether a call changes something."""
        return self.method not in SAFE

    def route(self) -> web.RouteDef:
        """Gives what the router takes."""
        if self.method == "GET":
            return web.get(self.path, self.answered)
        return web.route(self.method, self.path, self.answered)

    async def answered(self, request: web.Request) -> web.StreamResponse:
        """Answers a request: checks the right, reads what came, and does a named write once."""
        known = need(request, self.scope) if self.scope is not None else caller(request)
        if self.raw is not None:
            return await self.raw(request)
        assert known is not None
        if self.writes and self.scope == WRITE and known.actor.person_id is None:
            raise PersonNeeded()
        body, uploads, print_ = await self._read(request)
        query = read_query(self.query, request)
        # Pictures are developed before any transaction: nobody waits for the database meanwhile.
        deps, owner = parts(request).deps, known.actor.person_id
        taken = tuple([await media.take(deps, owner, upload.data) for upload in uploads])
        call = Call(request, known, query, body, taken)
        key = request.headers.get(IDEMPOTENCY) if self.writes else None
        if key is None:
            status, data = await self._done(call)
            return self._sent(request, status, data, repeated=False)
        if not 0 < len(key) <= LONGEST_KEY:
            raise BadParameter("bad_parameter", IDEMPOTENCY, given=key[:40])

        async def write() -> tuple[int, str]:
            status, data = await self._done(call)
            return status, json.dumps(data, ensure_ascii=False)

        status, written, repeated = await once(call.deps, known.name, key, print_, write)
        return self._sent(request, status, json.loads(written), repeated=repeated)

    async def _read(self, request: web.Request) -> tuple[Shape | None, tuple[Upload, ...], str]:
        """Reads the body; gives with it a fingerprint of the whole write."""
        seen = hashlib.sha256(f"{self.method} {request.path_qs}".encode())
        if self.uploads and request.content_type != JSON:
            written, uploads = await read_form(request)
            seen.update(written)
            for upload in uploads:
                seen.update(hashlib.sha256(upload.data).digest())
            body = read_body(self.body, written) if self.body is not None else None
            return body, uploads, seen.hexdigest()
        if self.body is None:
            return None, (), seen.hexdigest()
        if request.can_read_body and request.content_type != JSON:
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media_type", {"wanted": JSON})
        written = await request.read()
        seen.update(written)
        return read_body(self.body, written), (), seen.hexdigest()

    async def _done(self, call: Call[Any, Any]) -> tuple[int, Any]:
        """Runs the handler and gives its answer as JSON data."""
        assert self.handler is not None
        answer = await self.handler(call)
        return self.status, None if answer is None else adapter(self.answer).dump_python(answer, mode="json")

    def _sent(self, request: web.Request, status: int, data: Any, *, repeated: bool) -> web.Response:
        """Makes the response; what was read may be kept by the caller, what was written is told once."""
        if data is None:
            return web.Response(status=status)
        if not self.writes:
            answer = as_json(request, data)
            next_page = data.get("next") if isinstance(data, dict) else None
            if next_page:
                answer.headers["Link"] = f'<{request.rel_url.update_query(cursor=next_page)}>; rel="next"'
            return answer
        headers = {"Cache-Control": "no-store"} | ({"Idempotent-Replayed": "true"} if repeated else {})
        if status == HTTPStatus.CREATED and "href" in data:
            headers["Location"] = data["href"]
        return web.Response(
            status=status,
            body=json.dumps(data, ensure_ascii=False).encode(),
            content_type=JSON,
            headers=headers,
        )


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(shape: Any) -> TypeAdapter[Any]:
    """Gives what writes a shape; made once."""
    if shape not in _ADAPTERS:
        _ADAPTERS[shape] = TypeAdapter(shape)
    return _ADAPTERS[shape]


def read_query(shape: type[Q], request: web.Request) -> Q:
    """Reads what stands behind the `?`; raises the problem that names the first parameter that cannot be used."""
    try:
        return shape.model_validate(dict(request.query))
    except ValidationError as fault:
        first = fault.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        raise BadParameter("bad_parameter", name, given=request.query.get(name, "")[:40]) from None


def read_body(shape: type[Shape], written: bytes) -> Shape:
    """Reads a body of JSON; raises the problem that lists every place that cannot be used."""
    try:
        return shape.model_validate_json(written or b"{}")
    except ValidationError as fault:
        errors = [{"at": _place(e["loc"]), "why": e["type"]} for e in fault.errors(include_input=False)]
        if errors[0]["why"] == "json_invalid":
            raise Problem(HTTPStatus.BAD_REQUEST, "not_json") from None
        facts: dict[str, object] = {"at": errors[0]["at"], "why": errors[0]["why"], "errors": errors[:20]}
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad_body", facts) from None


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


PATH_PART = re.compile(r"\{(\w+)(?::([^{}]+(?:\{[^{}]*\})?[^{}]*))?\}")
"""A part of an address that differs from call to call, with its pattern."""
