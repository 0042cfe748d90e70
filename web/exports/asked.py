"""Which cases does a caller of the exports ask for, and which of them are theirs to take away?"""

from collections.abc import Mapping

from aiohttp import web

from actions import browse
from actions.access import READ
from actions.exports import CaseSearch
from web import case_query
from web.access import need
from web.parts import parts


def cases_asked(request: web.Request, *, limit: int, more: Mapping[str, str] = {}) -> CaseSearch:
    """Reads the filters of an address, `more` over them, within the areas of the caller's posts and key."""
    deps, who = parts(request).deps, need(request, READ)
    seen_from = browse.of_posts(deps, who.actor, who.area_code)
    return case_query.read(deps, {**request.query, **more}, seen_from, limit=limit)
