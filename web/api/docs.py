"""GET /api/v1/docs: the same document for people, as one plain page without a script."""

import html
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from config.texts import LANGUAGES, Text
from web.answers import as_bytes
from web.api.openapi import WRITTEN, document
from web.languages import TAGS, text

STYLE = Path(__file__).parent / "page" / "docs.css"


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses."""
    return [web.get("/api/v1/docs", on_docs), web.get("/api/v1/docs.css", on_style)]


async def on_docs(request: web.Request) -> web.Response:
    """Answers with the page in the caller's language."""
    said = text(request)

    async def written() -> bytes:
        return page(said).encode()

    body = await request.app[WRITTEN].get(f"docs {said.language}", written)
    answer = as_bytes(request, body, content_type="text/html")
    answer.headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
    return answer


async def on_style(request: web.Request) -> web.Response:
    """Answers with the style of the page."""
    return as_bytes(request, STYLE.read_bytes(), content_type="text/css")


def page(said: Text) -> str:
    """Writes the page."""
    described, language = document(said), said.language
    languages = "".join(f'<a href="?lang={TAGS[code]}" lang="{TAGS[code]}">{TAGS[code]}</a>' for code in LANGUAGES)
    sections = "".join(_section(tag, described, said) for tag in described["tags"])
    schemas = "".join(
        f'<details id="{_id(name)}"><summary><code>{html.escape(name)}</code></summary>{_json(schema)}</details>'
        for name, schema in sorted(described["components"]["schemas"].items())
    )
    title, about = html.escape(described["info"]["title"]), html.escape(described["info"]["description"])
    return (
        f'<!doctype html><html lang="{TAGS[language]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="stylesheet" href="/api/v1/docs.css"></head><body><main>'
        f'<nav>{languages}<a href="/api/v1/openapi.json">openapi.json</a></nav><h1>{title}</h1><p>{about}</p>'
        f"{sections}<h2>{_word(said, 'schemas')}</h2>{schemas}</main></body></html>"
    )


def _word(said: Text, name: str) -> str:
    return html.escape(said(f"api.docs.{name}"))


def _section(tag: dict[str, Any], described: dict[str, Any], said: Text) -> str:
    listed = "".join(
        _operation(method, address, operation, said)
        for address, methods in described["paths"].items()
        for method, operation in methods.items()
        if tag["name"] in operation["tags"]
    )
    return f"<h2>{html.escape(tag['name'])}</h2><p>{html.escape(tag['description'])}</p>{listed}"


def _operation(method: str, address: str, operation: dict[str, Any], said: Text) -> str:
    parameters = "".join(
        f"<tr><th><code>{html.escape(p['name'])}</code></th><td>{html.escape(p['in'])}</td>"
        f"<td>{html.escape(p['description'])}</td></tr>"
        for p in operation["parameters"]
    )
    summary = html.escape(operation["summary"])
    shown = [f"<h3>{_word(said, 'parameters')}</h3><table>{parameters}</table>"] if parameters else []
    if "requestBody" in operation:
        shown.append(f"<h3>{_word(said, 'body')}</h3>{_contents(operation['requestBody']['content'])}")
    given = [(status, answer) for status, answer in operation["responses"].items() if status.startswith("2")]
    shown += [f"<h3>{_word(said, 'answers')} {status}</h3>{_contents(a.get('content', {}))}" for status, a in given]
    return (
        f'<details id="{html.escape(operation["operationId"])}"><summary><span class="verb">{method.upper()}</span>'
        f'<code>{html.escape(address)}</code><span class="said">{summary}</span></summary>'
        f"<div>{''.join(shown)}</div></details>"
    )


def _contents(content: dict[str, Any]) -> str:
    return "".join(f"<p><code>{html.escape(kind)}</code> {_refs(of)}</p>" for kind, of in content.items())


def _refs(described: dict[str, Any]) -> str:
    names: Iterable[str] = sorted(set(_names(described)))
    return ", ".join(f'<a href="#{_id(name)}">{html.escape(name)}</a>' for name in names)


def _names(described: Any) -> Iterable[str]:
    match described:
        case {"$ref": str(ref)}:
            yield ref.rpartition("/")[2]
        case dict():
            for value in described.values():
                yield from _names(value)
        case list():
            for value in described:
                yield from _names(value)


def _id(name: str) -> str:
    return html.escape(f"schema-{name}")


def _json(schema: dict[str, Any]) -> str:
    return f"<pre>{html.escape(json.dumps(schema, ensure_ascii=False, indent=1))}</pre>"
