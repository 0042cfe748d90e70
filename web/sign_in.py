"""Signing in to the board by the link that the bot sent, who is signed in, and signing out."""

from datetime import datetime
from http import HTTPStatus

from aiohttp import web

from actions import access
from web.address import is_https
from web.answers import as_json
from web.api.operation import Operation, Shape
from web.board import pages
from web.callers import SESSION_COOKIE, How, caller
from web.languages import TAGS, text
from web.parts import parts
from web.uploads import read_fields


class MeOut(Shape):
    """The person who is signed in."""

    id: int
    name: str


class SessionOut(Shape):
    """Who the caller is here. `csrf` must come with every write of a browser."""

    how: How
    scopes: list[str]
    area: str | None
    person: MeOut | None
    csrf: str | None
    expires_at: datetime | None


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses of signing in and out."""
    return [
        web.get("/board/in", on_page),
        web.post("/board/in", on_token),
    ]


def operations() -> list[Operation]:
    """Lists the declarations of what the API says about the caller."""
    path = "/api/v1/session"
    return [
        Operation(
            name="get_session", tag="about", method="GET", path=path, raw=on_session, answer=SessionOut, scope=None
        ),
        Operation(name="sign_out", tag="about", method="DELETE", path=path, raw=on_sign_out, status=204, scope=None),
    ]


async def on_page(request: web.Request) -> web.Response:
    """Shows the page whose script takes the secret from behind the `#` and gives it back by POST."""
    return _page(request)


async def on_token(request: web.Request) -> web.Response:
    """Uses the link up; the session comes as a cookie."""
    fields, _ = await read_fields(request, most_files=0)
    # Another site must not sign a browser in as somebody of its own choice.
    own = request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    given = dict(fields).get("token", "") if own else ""
    signed = await access.sign_in(parts(request).deps, given, request.headers.get("User-Agent", ""))
    if signed is None:
        return _page(request, "access.over", HTTPStatus.FORBIDDEN)
    secret, session = signed
    answer = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/board/", "Cache-Control": "no-store"})
    answer.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int((session.expires_at - parts(request).deps.clock()).total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=is_https(request),
        path="/",
    )
    return answer


async def on_session(request: web.Request) -> web.Response:
    """Tells the caller who they are here, and the token that their writes must bring."""
    known = caller(request)
    assert known is not None
    signed_in = known.session
    answer = as_json(
        request,
        {
            "how": known.how.value,
            "scopes": sorted(known.scopes),
            "area": known.area_code,
            "person": None if known.member is None else {"id": known.member.person_id, "name": known.member.name},
            "csrf": signed_in.csrf if signed_in else None,
            "expires_at": signed_in.expires_at.isoformat(timespec="seconds") if signed_in else None,
        },
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def on_sign_out(request: web.Request) -> web.Response:
    """Ends the session of this browser."""
    known = caller(request)
    if known is not None and known.how is How.SESSION and known.session is not None:
        await access.sign_out(parts(request).deps, known.session.session_hash)
    answer = web.Response(status=HTTPStatus.NO_CONTENT)
    answer.del_cookie(SESSION_COOKIE, path="/")
    return answer


def _page(request: web.Request, note: str = "", status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    said = text(request)
    fills = pages.Fills(said, {"lang": TAGS[said.language], "note": said(note) if note else ""})
    return web.Response(
        status=status,
        text=pages.document("sign_in.html", fills),
        content_type="text/html",
        headers={"Cache-Control": "no-store"},
    )
