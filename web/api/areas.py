"""GET /api/v1/areas: outlines for a map, few points, as GeoJSON. They say so when they are invented."""

import json
from typing import Literal

from aiohttp import web

from actions import statistics
from web.answers import as_bytes
from web.api.operation import Operation, Query
from web.errors import BadParameter
from web.once import Once
from web.parts import parts

OUTLINES = web.AppKey("outlines", Once[bytes])
LEVELS = ("district", "street")
MEDIA_TYPE = "application/geo+json"


class AreasQuery(Query):
    """Of which level."""

    level: Literal["district", "street"] = "street"


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="list_areas",
            tag="figures",
            method="GET",
            path="/api/v1/areas",
            raw=on_areas,
            query=AreasQuery,
            answer=MEDIA_TYPE,
        )
    ]


async def on_areas(request: web.Request) -> web.Response:
    """Answers with the outlines of a level."""
    level = request.query.get("level", "street")
    if level not in LEVELS:
        raise BadParameter("unknown_level", "level", given=level, known=", ".join(LEVELS))

    async def drawn() -> bytes:
        outlines = await statistics.outlines(parts(request).deps, level)
        return json.dumps(outlines, ensure_ascii=False, separators=(",", ":")).encode()

    return as_bytes(request, await request.app[OUTLINES].get(level, drawn), content_type=MEDIA_TYPE)
