"""GET /api/v1/: what there is, and GET /api/v1/definitions: what each figure means."""

from aiohttp import web
from pydantic import Field

from models.rules.measures import COUNTS, MEASURES, TIMES
from web.answers import as_json
from web.api.operation import Operation, Shape
from web.languages import text

RESOURCES = ("cases", "reports", "people", "kinds", "stats", "areas", "definitions", "session", "openapi.json", "docs")
STANDING = ("open", "overdue", "suspended", "life_danger", "unplaced")


class ResourceOut(Shape):
    """Something there is, and where."""

    href: str
    name: str
    summary: str


class IndexOut(Shape):
    """What there is."""

    name: str
    version: str
    resources: list[ResourceOut]


class DefinedOut(Shape):
    """A figure in words."""

    name: str
    definition: str


class RateOut(DefinedOut):
    """A rate, with the counts that it is made of."""

    formula: str


class TimeOut(DefinedOut):
    """A time, with the two moments between which it is taken."""

    since: str = Field(alias="from")
    to: str


class DefinitionsOut(Shape):
    """What each figure means."""

    period: str
    now: dict[str, DefinedOut]
    counts: dict[str, DefinedOut]
    rates: dict[str, RateOut]
    times: dict[str, TimeOut]


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="get_definitions",
            tag="figures",
            method="GET",
            path="/api/v1/definitions",
            raw=on_definitions,
            answer=DefinitionsOut,
        ),
        Operation(name="get_index", tag="about", method="GET", path="/api/v1/", raw=on_index, answer=IndexOut),
    ]


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
