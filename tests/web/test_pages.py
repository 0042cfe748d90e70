"""The board's document: nothing runs in it that is not ours, in every language, and it is whole without network."""

import gzip
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from actions.ports import Deps
from actions.statistics import TOLERANCE_DEGREES
from config.settings import Settings
from config.texts import Texts
from geo.areas import Level
from geo.coarse import feature_collection
from geo.loaders import read_city
from tests.make import verifying
from tests.web.conftest import Client, NewClient
from web.board.pages import FOLDER, TYPES

CITY_FOLDER = Settings().city_folder
LANGUAGES = ("zh-CN", "zh-TW", "en")
PAGES = ("/board/", "/board/key")


class Seen(HTMLParser):
    """Notes every start tag and every text inside a script or style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags and self.tags[-1][0] in ("script", "style"):
            self.inline += data.strip()

    def attributes(self) -> Iterator[tuple[str, str]]:
        for _, attributes in self.tags:
            yield from ((name, value or "") for name, value in attributes.items())


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_board_runs_only_what_is_served_by_us(client: Client, language: str) -> None:
    response = await client.get("/board/", params={"lang": language})
    seen = Seen(await response.text())
    assert seen.inline == ""
    for name, value in seen.attributes():
        assert not name.startswith("on"), f"{name} would run a script"
        assert name != "style"
        assert name not in ("src", "href") or value.startswith(("/", "?", "#")), value
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_board_speaks_the_readers_language(client: Client, texts: Texts, language: str) -> None:
    seen = Seen(await (await client.get("/board/", params={"lang": language})).text())
    assert ("html", {"lang": language}) in seen.tags
    assert texts.of(language)("board.no_people") in seen.text
    assert "board." not in seen.text
    assert "{" not in seen.text


async def test_a_chosen_language_is_remembered(client: Client) -> None:
    assert 'lang="zh-CN"' in (await (await client.get("/board/")).text())[:60], "the city's language comes first"
    await client.get("/board/", params={"lang": "en"})
    assert 'lang="en"' in (await (await client.get("/board/")).text())[:60]
    answer = await client.get("/api/v1/stats", params={"period": "x"})
    assert "cannot be used" in (await answer.json())["detail"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_sentence_of_the_script_is_there(client: Client, language: str) -> None:
    found = await (await client.get("/board/texts", params={"lang": language})).json()
    assert found["language"] == language
    missing = [key for key, sentence in found["sentences"].items() if key == sentence]
    assert missing == []


def test_every_sentence_is_there_in_every_language(texts: Texts) -> None:
    assert texts.missing() == {}
    assert texts.disagreeing() == frozenset()


async def test_every_part_of_the_page_is_served_and_nothing_else(client: Client) -> None:
    for path in FOLDER.rglob("*"):
        if path.is_file():
            answer = await client.get(f"/board/static/{path.relative_to(FOLDER)}")
            assert answer.status == (200 if path.suffix in TYPES else 404), path
    for bad in ("../pages.py", "%2e%2e/pages.py", "..%2fpages.py", "board.html", "nothing.js", "a%00.js", "styles"):
        answer = await client.get(f"/board/static/{bad}")
        assert answer.status == 404, bad


async def test_a_browser_that_has_the_page_gets_it_no_second_time(client: Client) -> None:
    for address in (
        "/board/",
        "/board/texts",
        "/board/sw.js",
        "/board/static/board.js",
        "/api/v1/areas",
        "/api/v1/definitions",
    ):
        first = await client.get(address)
        again = await client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status, again.status) == (200, 304), address
        # A browser takes the headers of a 304 over for the copy that it has.
        for name in ("Content-Security-Policy", "Vary", "Cache-Control", "ETag"):
            assert again.headers[name] == first.headers[name], (address, name)
        assert "Content-Type" not in again.headers or again.headers["Content-Type"] == first.headers["Content-Type"]


async def test_the_map_is_small_and_says_that_it_is_invented(client: Client) -> None:
    answer = await client.get("/api/v1/areas")
    found = await answer.json(content_type="application/geo+json")
    assert [feature["id"] for feature in found["features"]] == ["120103009", "120103013"]
    assert {"code", "name", "parent", "synthetic"} == found["features"][0]["properties"].keys()
    assert (await client.get("/api/v1/areas", params={"level": "grid"})).status == 400


def test_the_whole_city_fits_into_a_small_map() -> None:
    shapes = [shape for shape in read_city(CITY_FOLDER) if shape.area.level is Level.STREET]
    drawn = feature_collection(shapes, TOLERANCE_DEGREES["street"])
    assert len(drawn["features"]) == len(shapes) == 252
    assert all(feature["properties"]["synthetic"] for feature in drawn["features"])
    assert len(gzip.compress(json.dumps(drawn, ensure_ascii=False).encode())) < 150_000


async def test_every_way_in_leads_to_the_board(client: Client) -> None:
    for address in ("/", "/board"):
        answer = await client.get(address)
        assert (answer.status, answer.url.path) == (200, "/board/")


async def test_wrong_addresses_and_methods_get_problem_documents(client: Client) -> None:
    nowhere = await client.get("/nowhere", headers={"Accept-Language": "en"})
    assert (nowhere.status, nowhere.content_type) == (404, "application/problem+json")
    refused = await client.post("/api/v1/stats")
    assert (refused.status, refused.headers["Allow"]) == (405, "GET,HEAD")
    assert (await refused.json(content_type="application/problem+json"))["allowed"] == "GET,HEAD"


async def test_the_names_of_the_index_are_there(client: Client) -> None:
    index = await (await client.get("/api/v1/")).json()
    assert {"cases", "reports", "stats", "areas", "definitions"} <= {entry["name"] for entry in index["resources"]}
    for entry in index["resources"]:
        if entry["name"] == "people":
            # The roster is for people of the roster.
            continue
        assert (await client.get(entry["href"])).status == 200


async def test_no_part_of_the_page_asks_elsewhere(new_client: NewClient) -> None:
    for path in (*FOLDER.rglob("*.js"), *FOLDER.rglob("*.css"), *FOLDER.rglob("*.html")):
        text = _without_names(path)
        assert "http://" not in text, path
        assert "https://" not in text, path
        assert "innerHTML" not in text, path
        assert "eval(" not in text, path


def _without_names(path: Path) -> str:
    """Reads a file without the names of schemas, which nobody fetches."""
    return (
        path.read_text(encoding="utf-8")
        .replace("https://vega.github.io/schema/vega-lite/v6.json", "")
        .replace("http://www.w3.org/2000/svg", "")
    )


async def test_the_news_of_the_board_name_nobody(client: Client, deps: Deps) -> None:
    case_no = await verifying(deps)
    answer = await client.get("/board/latest", headers={"Accept-Language": "en"})
    told = (await answer.json())["items"]
    assert [line["what"] for line in told[:2]] == ["Handed in", "Signed"]
    assert {(line["case_no"], line["street"]) for line in told} == {(case_no, "尖山街道")}
    assert set(told[0]) == {"at", "what", "case_no", "kind", "street", "life_danger"}
    again = await client.get(
        "/board/latest", headers={"If-None-Match": answer.headers["ETag"], "Accept-Language": "en"}
    )
    assert again.status == 304
