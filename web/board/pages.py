"""The page of the board: one document by language, filled on the server, and the files that belong to it.

All figures come later, by script, from the API; the document itself is there at once and holds no data of a case.
"""

import html
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aiohttp import web

from actions.statistics import PERIODS
from config.texts import LANGUAGES, Text
from models.rules.kinds import Group
from models.rules.measures import COUNTS, MEASURES, TIMES
from models.rules.states import Urgency
from web.answers import as_bytes, as_json
from web.api.index import STANDING
from web.board import charts
from web.languages import COOKIE, TAGS, language, text
from web.parts import Parts, parts

FOLDER = Path(__file__).parent / "page"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
"""What a page consists of; anything else in the folder stays there."""
COOKIE_S = 400 * 24 * 3600
LANGUAGE_NAMES = {"zh_CN": "简体中文", "zh_TW": "繁體中文", "en": "English"}
FACTS = (
    "city",
    "first",
    "last",
    "level",
    "n",
    "name",
    "open",
    "overdue",
    "percent",
    "suspended",
    "time",
    "why",
    "x",
    "y",
)
UNFILLED = {name: f"{{{name}}}" for name in FACTS}
"""Facts that leave their own place in a sentence, for the script to fill."""
_PLACE = re.compile(r"\{\{([a-z_.0-9A-Z:]+)\}\}")


def routes() -> list[web.AbstractRouteDef]:
    """Lists the addresses of the page."""
    return [
        web.get("/", on_bare),
        web.get("/board", on_bare),
        web.get("/board/", on_board),
        web.get("/board/texts", on_texts),
        web.get("/board/sw.js", on_worker),
        web.get("/board/static/{path:.+}", on_file),
    ]


async def on_bare(request: web.Request) -> web.StreamResponse:
    """Sends to the board."""
    raise web.HTTPFound("/board/")


async def on_board(request: web.Request) -> web.Response:
    """Answers with the document; a language that was asked for is remembered."""
    body = document("board.html", _board_parts(parts(request), text(request))).encode()
    answer = as_bytes(request, body, content_type="text/html")
    answer.headers["Vary"] = "Accept-Language, Cookie, Accept-Encoding"
    if request.query.get("lang"):
        answer.set_cookie(COOKIE, TAGS[language(request)], max_age=COOKIE_S, samesite="Lax", httponly=True, path="/")
    return answer


async def on_texts(request: web.Request) -> web.Response:
    """Answers with the sentences that the script shows, in which `{facts}` are still to be filled in."""
    said = text(request)
    keys = sorted(parts(request).texts.keys("board."))
    names = [f"now.{code}" for code in STANDING]
    names += [f"count.{code}" for code in (*COUNTS, "cleared_in_period")]
    names += [measure.name_key for measure in MEASURES] + [f"spread.{code}" for code in TIMES]
    every = (*keys, *names, *(f"{name}.definition" for name in names), "figure.x_of_y")
    sentences = {key: said(key, **UNFILLED) for key in every}
    return as_json(request, {"language": TAGS[said.language], "sentences": sentences})


async def on_worker(request: web.Request) -> web.Response:
    """Answers with the service worker, which must lie above everything it looks after."""
    return as_bytes(request, _content(FOLDER / "sw.js"), content_type="text/javascript")


async def on_file(request: web.Request) -> web.StreamResponse:
    """Answers with a part of the page."""
    found = _find(request.match_info["path"])
    if found is None:
        raise web.HTTPNotFound
    return as_bytes(request, _content(found), content_type=TYPES[found.suffix])


def document(name: str, fills: Mapping[str, str]) -> str:
    """Fills a document; every `{{place}}` must have its fill, which is markup already."""
    return _PLACE.sub(lambda place: fills[place.group(1)], _template(name))


class Fills(dict[str, str]):
    """What stands at the places of a document: given markup, else the sentence of that key, escaped."""

    def __init__(self, said: Text, markup: Mapping[str, str]) -> None:
        super().__init__(markup)
        self._said = said

    def __missing__(self, key: str) -> str:
        return html.escape(self._said(key))


def _board_parts(here: Parts, said: Text) -> Fills:
    """Gives what the document shows besides sentences: choices, names, addresses."""
    return Fills(
        said,
        {
            "lang": TAGS[said.language],
            "title": html.escape(said("board.title", city=here.deps.city.name)),
            "city": html.escape(here.deps.city.name),
            "charts": html.escape(charts.address()),
            "languages": _languages(said),
            "periods": _periods(said),
            "areas": _areas(here),
            "kinds": _kinds(here, said),
            "urgencies": "".join(_option(u, said(f"board.urgency.{u}")) for u in Urgency),
            "synthetic": "" if here.deps.city.synthetic else " hidden",
            "definitions": _definitions(said),
        },
    )


def _languages(said: Text) -> str:
    here = ' aria-current="true"'
    return "".join(
        f'<a href="?lang={TAGS[code]}" lang="{TAGS[code]}" hreflang="{TAGS[code]}" data-lang'
        f"{here if code == said.language else ''}>{LANGUAGE_NAMES[code]}</a>"
        for code in LANGUAGES
    )


def _periods(said: Text) -> str:
    return "".join(
        f'<a href="?period={name}" data-period="{name}">{html.escape(said(f"board.period.{name}"))}</a>'
        for name in PERIODS
    )


def _areas(here: Parts) -> str:
    """Lists the districts; streets are reached through the map and the table."""
    areas = here.deps.index.areas.values() if here.deps.index is not None else ()
    return "".join(_option(area.code, area.name) for area in areas if area.level.value == "district")


def _kinds(here: Parts, said: Text) -> str:
    groups = ((group, here.deps.catalogue.group(group)) for group in (Group.HAZARD, Group.DISASTER))
    return "".join(
        f'<optgroup label="{html.escape(said(f"board.group.{group}"))}">'
        + "".join(_option(kind.code, kind.label.in_(said.language)) for kind in kinds)
        + "</optgroup>"
        for group, kinds in groups
    )


def _definitions(said: Text) -> str:
    """Lists every figure with what it means."""
    keys = [f"now.{code}" for code in STANDING] + [f"count.{code}" for code in (*COUNTS, "cleared_in_period")]
    keys += [measure.name_key for measure in MEASURES] + [f"spread.{code}" for code in TIMES]
    return "".join(
        f'<div id="{key.replace(".", "-")}"><dt>{html.escape(said(key))}</dt>'
        f"<dd>{html.escape(said(f'{key}.definition'))}</dd></div>"
        for key in keys
    )


def _option(value: str, name: str) -> str:
    return f'<option value="{html.escape(value)}">{html.escape(name)}</option>'


@cache
def _template(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def _content(path: Path) -> bytes:
    return path.read_bytes()


def _find(path: str) -> Path | None:
    """Finds a part of the page; nothing outside of its folder and nothing that is no part."""
    if "\0" in path:
        return None
    found = (FOLDER / path).resolve()
    is_part = found.suffix in TYPES and found.is_relative_to(FOLDER.resolve()) and found.is_file()
    return found if is_part else None
