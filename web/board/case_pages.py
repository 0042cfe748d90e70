"""The pages of the cases: a list, and one case on which a dispatcher can work with the same rights as in chat.

The documents hold nothing; everything comes by script from the API, which knows who asks.
"""

from aiohttp import web

from actions import browse, todo
from actions.access import READ
from models.rules.commands import Verb
from models.rules.facts import Ask
from models.rules.states import State
from web.access import need
from web.answers import as_bytes, as_json
from web.board.pages import UNFILLED, Fills, document
from web.languages import TAGS, text
from web.parts import parts

UNSHOWN = (Verb.JOIN, Verb.STEP, Verb.RELOCATE)
"""Verbs that the page does not offer: what comes by itself, and moving a pin, which chat does better."""


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses of the cases."""
    return [
        web.get("/board/cases", on_cases),
        web.get("/board/case/texts", on_texts),
        web.get("/board/case/{case_no}", on_case),
        web.get("/board/case/{case_no}/takers", on_takers),
    ]


async def on_cases(request: web.Request) -> web.Response:
    """Answers with the document of the list."""
    return _page(request, "cases.html")


async def on_case(request: web.Request) -> web.Response:
    """Answers with the document of a case; which one, its script reads from the address."""
    return _page(request, "case.html")


async def on_texts(request: web.Request) -> web.Response:
    """Answers with the sentences of both pages, in which `{facts}` are still to be filled in."""
    said = text(request)
    keys = [*sorted(parts(request).texts.keys("case_page.")), *(f"export.state.{state}" for state in State)]
    keys += ["board.none", "board.minutes", "board.hours", "board.days"]
    sentences = {key: said(key, **UNFILLED) for key in keys}
    return as_json(request, {"language": TAGS[said.language], "sentences": sentences})


async def on_takers(request: web.Request) -> web.Response:
    """Answers with who can take a case: units, the routed one first, and the holder's colleagues."""
    who, deps, case_no = need(request, READ), parts(request).deps, request.match_info["case_no"]
    actor = who.actor
    await browse.reachable(deps, actor, who.area_code, case_no)
    units = await todo.units_for(deps, actor, case_no)
    people = await todo.colleagues(deps, actor, case_no) if actor.person_id is not None else ()
    return as_json(
        request,
        {
            "units": [{"code": unit.code, "name": unit.name, "suggested": unit.suggested} for unit in units],
            "people": [{"id": person.person_id, "name": person.name} for person in people],
        },
    )


def _page(request: web.Request, name: str) -> web.Response:
    said = text(request)
    verbs = " ".join(verb for verb in Verb if verb not in UNSHOWN)
    fills = Fills(said, {"lang": TAGS[said.language], "verbs": verbs, "asks": " ".join(Ask)})
    answer = as_bytes(request, document(name, fills).encode(), content_type="text/html")
    answer.headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
    return answer
