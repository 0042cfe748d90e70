"""Discovery, the list of services and the definition of one: the catalogue in the words of the standard."""

from typing import Any

from aiohttp import web

from actions import open311
from models.rules.kinds import Field, FieldType
from web.languages import language, text
from web.open311.asking import jurisdiction
from web.open311.written import answer
from web.parts import parts

DATATYPES = {
    FieldType.NUMBER: "number",
    FieldType.CHOICE: "singlevaluelist",
    FieldType.MULTI: "multivaluelist",
    FieldType.TIME: "datetime",
    FieldType.DAY: "datetime",
    FieldType.TEXT: "text",
}
CHANGESET = "2026-11-24T00:00:00Z"
"""When these interfaces were last changed in a way that a client would notice."""


async def on_discovery(request: web.Request) -> web.Response:
    """Says where the interface is, and how a key is got."""
    said = text(request)
    root = parts(request).deps.city.web_url or f"{request.scheme}://{request.host}"
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{root}/open311/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": ["text/xml", "application/json"],
    }
    data = {
        "changeset": CHANGESET,
        "contact": said("open311.contact", city=parts(request).deps.city.name),
        "key_service": said("open311.key_service"),
        "endpoints": [endpoint],
    }
    return answer(request, "discovery", data)


async def on_services(request: web.Request) -> web.Response:
    """Lists the services."""
    jurisdiction(request, request.query.get("jurisdiction_id"))
    deps, chosen, said = parts(request).deps, language(request), text(request)
    listed = [
        {
            "service_code": kind.code,
            "service_name": kind.label.in_(chosen),
            "description": said("open311.service", name=kind.label.in_(chosen)),
            "metadata": bool(open311.attributes(kind)),
            "type": open311.how(kind),
            "keywords": ",".join(word for word, _ in kind.keywords[:12]),
            "group": said(f"board.group.{kind.group}"),
        }
        for kind in open311.services(deps)
    ]
    return answer(request, "services", listed)


async def on_definition(request: web.Request) -> web.Response:
    """Says what is asked about a service."""
    jurisdiction(request, request.query.get("jurisdiction_id"))
    kind = open311.service(parts(request).deps, request.match_info["code"])
    chosen = language(request)
    attributes = [_attribute(place, field, chosen) for place, field in enumerate(open311.attributes(kind), start=1)]
    return answer(request, "service_definition", {"service_code": kind.code, "attributes": attributes})


def _attribute(place: int, field: Field, chosen: str) -> dict[str, Any]:
    hints = [field.hint.in_(chosen)] if field.hint else []
    if field.unit is not None:
        hints.append(field.unit.label.in_(chosen))
    described = {
        "variable": True,
        "code": field.code,
        "datatype": DATATYPES[field.type],
        "required": field.required,
        "datatype_description": ", ".join(hints) or None,
        "order": place,
        "description": field.label.in_(chosen),
    }
    if field.choices:
        described["values"] = [{"key": c.code, "name": c.label.in_(chosen)} for c in field.choices]
    return described
