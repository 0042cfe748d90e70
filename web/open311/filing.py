"""POST requests: what a client of another city sends becomes a report like any other."""

import math
import re
from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from actions import open311
from actions.open311 import Given
from web.errors import BadParameter, Problem
from web.languages import text
from web.open311.asking import jurisdiction, writer
from web.open311.written import answer
from web.parts import parts
from web.uploads import read_fields

LONGEST_TEXT = 4000
_ATTRIBUTE = re.compile(r"attribute\[([^\]\[]{1,64})\](?:\[\])?")


async def on_filing(request: web.Request) -> web.Response:
    """Files a request; gives its number at once, or a token for a service that numbers later."""
    pairs, uploads = await read_fields(request)
    fields = dict(pairs)
    known = await writer(request, fields.get("api_key") or request.query.get("api_key", ""))
    jurisdiction(request, fields.get("jurisdiction_id") or request.query.get("jurisdiction_id"))
    code = fields.get("service_code", "")
    if not code:
        raise Problem(HTTPStatus.BAD_REQUEST, "parameter_needed", {"parameter": "service_code"})
    deps = parts(request).deps
    open311.service(deps, code)
    given = Given(
        service_code=code,
        text=fields.get("description", "")[:LONGEST_TEXT],
        latitude=_degrees(fields, "lat", 90),
        longitude=_degrees(fields, "long", 180),
        address=fields.get("address_string", "") or fields.get("address_id", ""),
        attributes=_attributes(pairs),
        media_url=_link(fields.get("media_url", "")),
        pictures=[await open311.take(deps, known.actor, upload.data) for upload in uploads if upload.data],
    )
    receipt = await open311.file(deps, known.actor, given)
    number = {"service_request_id": receipt.case_no} if receipt.case_no else {"token": receipt.token}
    told = {**number, "service_notice": text(request)("open311.notice"), "account_id": None}
    return answer(request, "service_requests", [told], fresh=True)


def _degrees(fields: dict[str, str], name: str, most: float) -> float | None:
    given = fields.get(name, "").strip()
    if not given:
        return None
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if math.isnan(number) or abs(number) > most:
        raise BadParameter("bad_parameter", name, given=given[:40])
    return number


def _attributes(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Reads `attribute[code]`; several values of one code are joined."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        said = _ATTRIBUTE.fullmatch(name)
        if said is not None:
            found.setdefault(said[1], []).append(value)
    return {code: ",".join(values) for code, values in found.items()}


def _link(given: str) -> str:
    """Keeps an address of a picture as words: nobody fetches what a stranger names."""
    return given[:300] if re.fullmatch(r"https?://[^\s<>\"]{3,300}", given) else ""
