"""Which language does the caller read? The one asked for, else the one chosen before, the browser's, the city's."""

from collections.abc import Iterator

from aiohttp import web

from config.texts import LANGUAGES, Text, language_of
from web.parts import parts

COOKIE = "whistle_language"
TAGS = {"zh_CN": "zh-CN", "zh_TW": "zh-TW", "en": "en"}
"""Our languages as browsers name them."""
PRIMARY = frozenset(language.split("_")[0] for language in LANGUAGES)


def language(request: web.Request) -> str:
    """Names the language of ours to answer in."""
    for wish in (request.query.get("lang"), request.cookies.get(COOKIE)):
        if wish and _known(wish):
            return language_of(wish)
    for tag in _accepted(request.headers.get("Accept-Language", "")):
        if _known(tag):
            return language_of(tag)
    return parts(request).default_language


def text(request: web.Request) -> Text:
    """Gives the sentences in the caller's language."""
    return parts(request).texts.of(language(request))


def _known(tag: str) -> bool:
    return tag.replace("-", "_").lower().split("_")[0] in PRIMARY


def _accepted(header: str) -> Iterator[str]:
    """Yields the tags of an Accept-Language header, the most wanted first."""
    wishes: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            continue
        if tag.strip() and quality > 0:
            wishes.append((-quality, tag.strip()))
    # Sorting is stable: of equal weights the first one stays in front.
    yield from (tag for _, tag in sorted(wishes, key=lambda wish: wish[0]))
