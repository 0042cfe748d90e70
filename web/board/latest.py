"""GET /board/latest: what happened last, for the board's ticker. Names no person, here or in any language."""

from aiohttp import web

from actions import statistics
from actions.access import READ
from web.access import need
from web.answers import as_json
from web.languages import text
from web.parts import parts


def routes() -> list[web.AbstractRouteDef]:
    """Lists the address."""
    return [web.get("/board/latest", on_latest)]


async def on_latest(request: web.Request) -> web.Response:
    """Answers with the last events in words; nothing new is a 304."""
    need(request, READ)
    said, deps = text(request), parts(request).deps
    items = [
        {
            "at": happening.at.isoformat(timespec="seconds"),
            "what": said(f"board.happened.{happening.tag.removeprefix('case:')}"),
            "case_no": happening.case_no,
            "kind": deps.catalogue.kinds[happening.kind].label.in_(said.language)
            if happening.kind in deps.catalogue.kinds
            else happening.kind,
            "street": happening.area_name,
            "life_danger": happening.life_danger,
        }
        for happening in await statistics.latest(deps)
    ]
    return as_json(request, {"items": items})
