"""GET /api/v1/: what there is, and GET /api/v1/definitions: what each figure means."""

from aiohttp import web

from models.rules.measures import COUNTS, MEASURES, TIMES
from web.answers import as_json
from web.languages import text

RESOURCES = ("stats", "areas", "definitions")
STANDING = ("open", "overdue", "suspended", "life_danger", "unplaced")


async def on_index(request: web.Request) -> web.Response:
    """Lists the resources with a sentence on each."""
    said = text(request)
    listed = [{"href": f"/api/v1/{name}", "name": name, "summary": said(f"api.{name}")} for name in RESOURCES]
    return as_json(request, {"name": said("api.name"), "version": "v1", "resources": listed})


async def on_definitions(request: web.Request) -> web.Response:
    """Gives the name and the definition of every figure in the caller's language."""
    said = text(request)

    def defined(keys: dict[str, str]) -> dict[str, dict[str, str]]:
        return {code: {"name": said(key), "definition": said(f"{key}.definition")} for code, key in keys.items()}

    return as_json(
        request,
        {
            "period": said("board.period.definition"),
            "now": defined({code: f"now.{code}" for code in STANDING}),
            "counts": defined({code: f"count.{code}" for code in (*COUNTS, "cleared_in_period")}),
            "rates": {
                measure.code: words | {"formula": measure.formula}
                for measure in MEASURES
                for words in defined({measure.code: measure.name_key}).values()
            },
            "times": {
                code: words | {"from": start, "to": end}
                for code, (start, end) in TIMES.items()
                for words in defined({code: f"spread.{code}"}).values()
            },
        },
    )
