"""Who asks by the standard, and about which jurisdiction: the key comes as a parameter or a header."""

from http import HTTPStatus

from aiohttp import web

from actions import access
from actions.access import OPEN311, READ
from web.access import counted
from web.callers import Caller, How, by_key, caller
from web.errors import Problem
from web.parts import parts

PUBLIC = "public"


async def reader(request: web.Request) -> Caller:
    """Gives who reads; raises the problem of a key that is missing or wrong."""
    known = await _shown(request, request.query.get("api_key", ""))
    if known is not None and known.scopes & {READ, OPEN311}:
        return known
    if known is None and parts(request).open311 == PUBLIC:
        return Caller("open311", How.PUBLIC, frozenset({OPEN311}), access.viewer(parts(request).deps))
    raise Problem(HTTPStatus.FORBIDDEN, "api_key")


async def writer(request: web.Request, api_key: str) -> Caller:
    """Gives who files; raises the problem of a key that is missing, wrong or for something else."""
    known = await _shown(request, api_key)
    if known is None or known.how in (How.PUBLIC, How.BOARD_KEY) or OPEN311 not in known.scopes:
        raise Problem(HTTPStatus.FORBIDDEN, "api_key")
    return known


async def _shown(request: web.Request, api_key: str) -> Caller | None:
    if not api_key:
        return caller(request)
    known = await by_key(request, api_key)
    if known is None:
        raise Problem(HTTPStatus.FORBIDDEN, "api_key")
    await counted(request, known.name, parts(request).caller_rate)
    return known


def jurisdiction(request: web.Request, given: str | None) -> None:
    """Accepts our own jurisdiction, which may be left out; raises the problem of another."""
    if given and given != parts(request).deps.city.code:
        raise Problem(HTTPStatus.NOT_FOUND, "jurisdiction", {"given": given[:40]})
